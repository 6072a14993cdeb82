import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/request.ts'
import { nameAt, objectAt, optionalFlag, optionalText, textAt } from '../checks.ts'
import { wireName } from './name.ts'
import { cacheMarkOf, noteOthers, type Reading } from './reading.ts'

const mostTools = 1024
const toolFields: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
])

const customTool = (tool: JsonObject, path: string, reading: Reading): Tool => {
  noteOthers(tool, toolFields, path, reading)
  // What everybody does anyway needs no word: false here, and how finely input streams either way.
  if (optionalFlag(tool, 'defer_loading', path)) reading.untranslatable.push(`${path}.defer_loading`)
  optionalFlag(tool, 'eager_input_streaming', path)
  return {
    name: nameAt(tool, 'name', path),
    description: optionalText(tool, 'description', path),
    parameters: objectAt(tool, 'input_schema', path),
    strict: optionalFlag(tool, 'strict', path),
    cache: cacheMarkOf(tool, path, reading),
  }
}

/** A tool that Anthropic defines, runs, or fetches from an MCP server. */
const hostedTool = (tool: JsonObject, path: string, reading: Reading): Tool => {
  const type = nameAt(tool, 'type', path)
  reading.untranslatable.push(path)
  return { name: optionalText(tool, 'name', path) ?? type, hosted: { wire: wireName, value: tool } }
}

/** The tools a model may call. */
export const readTools = (value: JsonValue, reading: Reading): Tool[] => {
  if (!Array.isArray(value)) throw invalid('tools', 'must be an array')
  if (value.length > mostTools) throw invalid('tools', `must hold at most ${mostTools} tools`)
  const tools: Tool[] = []
  const names = new Set<string>()
  for (let index = 0; index < value.length; index++) {
    const tool: JsonValue = value[index]
    const path = `tools.${index}`
    if (!isObject(tool)) throw invalid(path, 'must be an object')
    const custom = tool.type === undefined || tool.type === null || tool.type === 'custom'
    const read = custom ? customTool(tool, path, reading) : hostedTool(tool, path, reading)
    // Toolsets of several MCP servers share a type and have no name.
    if (typeof tool.name === 'string') {
      if (names.has(read.name)) throw invalid(`${path}.name`, `'${read.name}' is the name of another tool`)
      names.add(read.name)
    }
    tools.push(read)
  }
  return tools
}

const choiceFields: ReadonlySet<string> = new Set(['type', 'name', 'disable_parallel_tool_use'])
const choices: ReadonlyMap<string, (choice: JsonObject) => ToolChoice> = new Map([
  ['auto', (): ToolChoice => ({ kind: 'auto' })],
  ['any', (): ToolChoice => ({ kind: 'required' })],
  ['none', (): ToolChoice => ({ kind: 'none' })],
  ['tool', (choice: JsonObject): ToolChoice => ({ kind: 'tool', name: nameAt(choice, 'name', 'tool_choice') })],
])

export interface ToolUse {
  readonly toolChoice: ToolChoice
  readonly parallelTools: boolean | undefined
}

/** Which tools the model must or may call, and whether several at once. */
export const readToolChoice = (value: JsonValue, reading: Reading): ToolUse => {
  if (!isObject(value)) throw invalid('tool_choice', 'must be an object')
  const read = choices.get(textAt(value, 'type', 'tool_choice'))
  if (!read) throw invalid('tool_choice.type', "must be 'auto', 'any', 'tool' or 'none'")
  noteOthers(value, choiceFields, 'tool_choice', reading)
  const disabled = optionalFlag(value, 'disable_parallel_tool_use', 'tool_choice')
  return { toolChoice: read(value), parallelTools: disabled === undefined ? undefined : !disabled }
}
