import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
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
import { wireName } from './name.ts'
import { cacheMarkOf, type Untranslatable } from './parts.ts'

const mostTools = 1024
const longestName = 128

const toolFields: ReadonlySet<string> = new Set(['type', 'function', 'cache_control', 'prompt_cache_breakpoint'])
const functionFields: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict'])

const readDefinition = (given: JsonObject, path: string, untranslatable: Untranslatable): Tool => {
  noteUnknown(given, functionFields, (field) => untranslatable.push(`${path}.${field}`))
  return {
    name: nameAt(given.name, `${path}.name`, longestName),
    description: maybe(given.description, `${path}.description`, stringAt),
    parameters: maybe(given.parameters, `${path}.parameters`, objectAt),
    strict: maybe(given.strict, `${path}.strict`, booleanAt),
  }
}

const readFunction = (tool: JsonObject, path: string, untranslatable: Untranslatable): Tool => {
  noteUnknown(tool, toolFields, (field) => untranslatable.push(`${path}.${field}`))
  const definition = readDefinition(objectAt(tool.function, `${path}.function`), `${path}.function`, untranslatable)
  const cache = cacheMarkOf(tool, path)
  return cache ? { ...definition, cache } : definition
}

const readCustom = (tool: JsonObject, path: string): Tool => {
  const custom = objectAt(tool.custom, `${path}.custom`)
  return {
    name: nameAt(custom.name, `${path}.custom.name`, longestName),
    description: maybe(custom.description, `${path}.custom.description`, stringAt),
    custom: maybe(custom.format, `${path}.custom.format`, objectAt) ?? { type: 'text' },
  }
}

/** A tool that the provider runs itself, in words that only this language's providers know. */
const readHosted = (tool: JsonObject, path: string): Tool => ({
  name: filledAt(tool.type, `${path}.type`),
  hosted: { wire: wireName, value: tool },
})

const readTool = (value: JsonValue, path: string, untranslatable: Untranslatable): Tool => {
  const tool = objectAt(value, path)
  if (tool.type === 'function') return readFunction(tool, path, untranslatable)
  return tool.type === 'custom' ? readCustom(tool, path) : readHosted(tool, path)
}

const refuseDuplicates = (tools: readonly Tool[], path: string): void => {
  const names = new Set<string>()
  for (const [index, { name, hosted }] of tools.entries()) {
    if (hosted) continue
    if (names.has(name)) throw invalid(`${path}[${index}]`, `is the second tool named ${name}.`)
    names.add(name)
  }
}

const toolsAt = (value: JsonValue, path: string): readonly JsonValue[] => {
  const list = arrayAt(value, path)
  if (list.length > mostTools) throw invalid(path, `must not have more than ${mostTools} entries.`)
  return list
}

/** The field `tools`. */
export const readTools = (value: JsonValue, untranslatable: Untranslatable): readonly Tool[] => {
  const tools = toolsAt(value, 'tools').map((tool, index) => readTool(tool, `tools[${index}]`, untranslatable))
  refuseDuplicates(tools, 'tools')
  return tools
}

/** The field `functions`, which came before `tools`. */
export const readFunctions = (value: JsonValue, untranslatable: Untranslatable): readonly Tool[] => {
  const tools = toolsAt(value, 'functions').map((given, index) => {
    const path = `functions[${index}]`
    return readDefinition(objectAt(given, path), path, untranslatable)
  })
  refuseDuplicates(tools, 'functions')
  return tools
}

const namedAt = (value: JsonValue | undefined, path: string): string => {
  const choice = objectAt(value, path)
  const type = wordAt(choice.type, `${path}.type`, ['function', 'custom'])
  return filledAt(objectAt(choice[type], `${path}.${type}`).name, `${path}.${type}.name`)
}

const readAllowed = (choice: JsonObject): ToolChoice => {
  const path = 'tool_choice.allowed_tools'
  const allowed = objectAt(choice.allowed_tools, path)
  return {
    kind: 'allowed',
    mode: wordAt(allowed.mode, `${path}.mode`, ['auto', 'required']),
    names: arrayAt(allowed.tools, `${path}.tools`).map((tool, index) => namedAt(tool, `${path}.tools[${index}]`)),
  }
}

/** The field `tool_choice`. */
export const readToolChoice = (value: JsonValue): ToolChoice => {
  if (typeof value === 'string') return { kind: wordAt(value, 'tool_choice', ['auto', 'none', 'required']) }
  const choice = objectAt(value, 'tool_choice')
  if (choice.type === 'allowed_tools') return readAllowed(choice)
  return { kind: 'tool', name: namedAt(choice, 'tool_choice') }
}
