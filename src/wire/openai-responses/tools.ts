import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/request.ts'
import {
  arrayAt,
  booleanAt,
  filledAt,
  maybe,
  nameAt,
  noteUnknown,
  objectAt,
  stringAt,
  wordAt,
} from '../openai/fields.ts'
import type { Untranslatable } from './content.ts'
import { wireName } from './name.ts'

const mostTools = 1024
const longestName = 128

type ToolReader = (tool: JsonObject, path: string, untranslatable: Untranslatable) => Tool

const functionFields: ReadonlySet<string> = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const readFunction: ToolReader = (tool, path, untranslatable) => {
  noteUnknown(tool, functionFields, (field) => untranslatable.push(`${path}.${field}`))
  return {
    name: nameAt(tool.name, `${path}.name`, longestName),
    description: maybe(tool.description, `${path}.description`, stringAt),
    parameters: maybe(tool.parameters, `${path}.parameters`, objectAt),
    strict: maybe(tool.strict, `${path}.strict`, booleanAt),
  }
}

const customFields: ReadonlySet<string> = new Set(['type', 'name', 'description', 'format'])
const readCustom: ToolReader = (tool, path, untranslatable) => {
  noteUnknown(tool, customFields, (field) => untranslatable.push(`${path}.${field}`))
  return {
    name: nameAt(tool.name, `${path}.name`, longestName),
    description: maybe(tool.description, `${path}.description`, stringAt),
    custom: maybe(tool.format, `${path}.format`, objectAt) ?? { type: 'text' },
  }
}

/** A tool that the provider runs itself, in words that only this language's providers know. */
const readHosted: ToolReader = (tool, path, untranslatable) => {
  const name = filledAt(tool.type, `${path}.type`)
  untranslatable.push(`${path} (${name})`)
  return { name, hosted: { wire: wireName, value: tool } }
}

const readTool = (value: JsonValue, path: string, untranslatable: Untranslatable): Tool => {
  const tool = objectAt(value, path)
  if (tool.type === 'function') return readFunction(tool, path, untranslatable)
  return tool.type === 'custom' ? readCustom(tool, path, untranslatable) : readHosted(tool, path, untranslatable)
}

/** The field `tools`. */
export const readTools = (value: JsonValue, untranslatable: Untranslatable): readonly Tool[] => {
  const list = arrayAt(value, 'tools')
  if (list.length > mostTools) throw invalid('tools', `must not have more than ${mostTools} entries.`)
  const tools = list.map((tool, index) => readTool(tool, `tools[${index}]`, untranslatable))
  const names = new Set<string>()
  for (const [index, { name, hosted }] of tools.entries()) {
    if (hosted) continue
    if (names.has(name)) throw invalid(`tools[${index}]`, `is the second tool named ${name}.`)
    names.add(name)
  }
  return tools
}

const callable: ReadonlySet<unknown> = new Set(['function', 'custom'])

const readAllowed = (choice: JsonObject, untranslatable: Untranslatable): ToolChoice => {
  const mode = wordAt(choice.mode, 'tool_choice.mode', ['auto', 'required'])
  const names: string[] = []
  for (const [index, value] of arrayAt(choice.tools, 'tool_choice.tools').entries()) {
    const path = `tool_choice.tools[${index}]`
    const tool = objectAt(value, path)
    if (callable.has(tool.type)) names.push(filledAt(tool.name, `${path}.name`))
    else untranslatable.push(path)
  }
  return { kind: 'allowed', mode, names }
}

/** The field `tool_choice`; undefined for tools that the provider runs. */
export const readToolChoice = (value: JsonValue, untranslatable: Untranslatable): ToolChoice | undefined => {
  if (!isObject(value)) return { kind: wordAt(value, 'tool_choice', ['auto', 'none', 'required']) }
  if (value.type === 'allowed_tools') return readAllowed(value, untranslatable)
  if (callable.has(value.type)) return { kind: 'tool', name: filledAt(value.name, 'tool_choice.name') }
  filledAt(value.type, 'tool_choice.type')
  untranslatable.push('tool_choice')
  return undefined
}
