import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/request.ts'
import { listAt, nameAt, objectAt, optionalFlag, optionalText } from '../checks.ts'
import { wireName } from './name.ts'
import { cacheMarkOf, isGiven, memberOf, noteOthers, type Reading } from './reading.ts'

const mostTools = 1024

const specFields: ReadonlySet<string> = new Set(['name', 'description', 'inputSchema', 'strict'])
const schemaFields: ReadonlySet<string> = new Set(['json'])

const readSpec = (entry: JsonObject, path: string, reading: Reading): Tool => {
  const spec = objectAt(entry, 'toolSpec', path)
  const where = `${path}.toolSpec`
  noteOthers(spec, specFields, where, reading)
  const schema = objectAt(spec, 'inputSchema', where)
  noteOthers(schema, schemaFields, `${where}.inputSchema`, reading)
  return {
    name: nameAt(spec, 'name', where),
    description: optionalText(spec, 'description', where),
    parameters: objectAt(schema, 'json', `${where}.inputSchema`),
    strict: optionalFlag(spec, 'strict', where),
  }
}

/** A tool that Amazon or the model's maker runs. */
const hosted = (entry: JsonObject, member: string, path: string, reading: Reading): Tool => {
  const where = `${path}.${member}`
  reading.untranslatable.push(where)
  const { name } = objectAt(entry, member, path)
  return { name: typeof name === 'string' ? name : member, hosted: { wire: wireName, value: entry } }
}

const readEntries = (entries: readonly JsonValue[], reading: Reading): Tool[] => {
  const tools: Tool[] = []
  const names = new Set<string>()
  for (const [index, entry] of entries.entries()) {
    const path = `toolConfig.tools.${index}`
    if (!isObject(entry)) throw invalid(path, 'must be an object')
    const member = memberOf(entry, path)
    if (member === 'cachePoint') {
      const last = tools.at(-1)
      if (!last || last.cache || last.hosted) reading.untranslatable.push(`${path}.cachePoint`)
      else tools[tools.length - 1] = { ...last, cache: cacheMarkOf(entry, path, reading) }
      continue
    }
    const tool = member === 'toolSpec' ? readSpec(entry, path, reading) : hosted(entry, member, path, reading)
    if (names.has(tool.name)) throw invalid(path, `'${tool.name}' is the name of another tool`)
    names.add(tool.name)
    tools.push(tool)
  }
  return tools
}

const choices: ReadonlyMap<string, (choice: JsonObject) => ToolChoice> = new Map([
  ['auto', (): ToolChoice => ({ kind: 'auto' })],
  ['any', (): ToolChoice => ({ kind: 'required' })],
  [
    'tool',
    (tool: JsonObject): ToolChoice => ({ kind: 'tool', name: nameAt(tool, 'name', 'toolConfig.toolChoice.tool') }),
  ],
])

const readChoice = (config: JsonObject): ToolChoice | undefined => {
  if (!isGiven(config.toolChoice)) return undefined
  const path = 'toolConfig.toolChoice'
  const choice = objectAt(config, 'toolChoice', 'toolConfig')
  const member = memberOf(choice, path)
  const read = choices.get(member)
  if (!read) throw invalid(path, "must be 'auto', 'any' or 'tool'")
  return read(objectAt(choice, member, path))
}

export interface ToolUse {
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice | undefined
}

const configFields: ReadonlySet<string> = new Set(['tools', 'toolChoice'])

/** The tools a model may call, and which of them it must. */
export const readToolConfig = (value: JsonValue, reading: Reading): ToolUse => {
  if (!isObject(value)) throw invalid('toolConfig', 'must be an object')
  noteOthers(value, configFields, 'toolConfig', reading)
  const entries = listAt(value, 'tools', 'toolConfig')
  if (entries.length === 0) throw invalid('toolConfig.tools', 'must hold at least one tool')
  if (entries.length > mostTools) throw invalid('toolConfig.tools', `must hold at most ${mostTools} tools`)
  return { tools: readEntries(entries, reading), toolChoice: readChoice(value) }
}
