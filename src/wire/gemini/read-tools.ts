import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/request.ts'
import { nameAt, optionalText } from '../checks.ts'
import { fieldsOf, isUnsaid, listOf, noteOthers, objectOf, type Reading, textOf } from './fields.ts'
import { wireName } from './name.ts'
import { argumentsSchema } from './schema.ts'

const mostTools = 10_000

const declarationFields: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

const schemaIn = (declaration: JsonObject, path: string): JsonObject | undefined => {
  const { parameters, parametersJsonSchema } = declaration
  if (!isUnsaid(parametersJsonSchema)) return objectOf(parametersJsonSchema, `${path}.parametersJsonSchema`)
  return isUnsaid(parameters) ? undefined : argumentsSchema(objectOf(parameters, `${path}.parameters`))
}

const readDeclaration = (value: JsonValue, path: string, reading: Reading): Tool => {
  const declaration = fieldsOf(value, path)
  noteOthers(declaration, declarationFields, path, reading)
  return {
    name: nameAt(declaration, 'name', path),
    description: optionalText(declaration, 'description', path),
    parameters: schemaIn(declaration, path),
  }
}

/** `googleSearch` to `google_search`, the name that people know it by. */
const hostedName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Each kind of tool in an entry is one of its own; all but functions are run by Google. */
const readEntry = (value: JsonValue, path: string, reading: Reading): Tool[] => {
  const entry = fieldsOf(value, path)
  const tools: Tool[] = []
  for (const key in entry) {
    const inner = entry[key]
    if (inner === undefined || inner === null) continue
    if (key === 'functionDeclarations') {
      const where = `${path}.functionDeclarations`
      tools.push(...listOf(inner, where).map((each, index) => readDeclaration(each, `${where}.${index}`, reading)))
    } else tools.push({ name: hostedName(key), hosted: { wire: wireName, value: { [key]: inner } } })
  }
  return tools
}

/** The tools a model may call. */
export const readTools = (value: JsonValue, path: string, reading: Reading): Tool[] => {
  const tools = listOf(value, path).flatMap((entry, index) => readEntry(entry, `${path}.${index}`, reading))
  if (tools.length > mostTools) throw invalid(path, `must hold at most ${mostTools} tools`)
  const names = new Set<string>()
  for (const { name, hosted } of tools) {
    if (hosted) continue
    if (names.has(name)) throw invalid(path, `'${name}' is the name of two functions`)
    names.add(name)
  }
  return tools
}

/** Which functions the model may or must call; `strict` where their schemas are to be kept. */
export interface ToolUse {
  readonly toolChoice: ToolChoice | undefined
  readonly strict: boolean
}

const configFields: ReadonlySet<string> = new Set(['functionCallingConfig'])
const callingFields: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames'])
const plainModes: ReadonlyMap<string, 'auto' | 'none' | 'required' | undefined> = new Map([
  ['MODE_UNSPECIFIED', undefined],
  ['AUTO', 'auto'],
  ['NONE', 'none'],
  ['ANY', 'required'],
  ['VALIDATED', 'auto'],
])

const choiceOf = (mode: 'auto' | 'none' | 'required', names: readonly string[]): ToolChoice => {
  const [first, ...more] = names
  if (first === undefined || mode === 'none') return { kind: mode }
  return mode === 'required' && more.length === 0 ? { kind: 'tool', name: first } : { kind: 'allowed', mode, names }
}

/** `toolConfig`. */
export const readToolConfig = (value: JsonValue, path: string, reading: Reading): ToolUse => {
  const config = fieldsOf(value, path)
  noteOthers(config, configFields, path, reading)
  if (isUnsaid(config.functionCallingConfig)) return { toolChoice: undefined, strict: false }
  const where = `${path}.functionCallingConfig`
  const calling = fieldsOf(config.functionCallingConfig, where)
  noteOthers(calling, callingFields, where, reading)
  const word = optionalText(calling, 'mode', where) ?? 'MODE_UNSPECIFIED'
  if (!plainModes.has(word)) throw invalid(`${where}.mode`, "must be 'AUTO', 'ANY', 'NONE' or 'VALIDATED'")
  const mode = plainModes.get(word)
  const allowed = isUnsaid(calling.allowedFunctionNames) ? [] : calling.allowedFunctionNames
  const listed = listOf(allowed, `${where}.allowedFunctionNames`)
  const names = listed.map((name, index) => textOf(name, `${where}.allowedFunctionNames.${index}`))
  if (mode === undefined && names.length > 0) throw invalid(`${where}.mode`, 'is required beside allowedFunctionNames')
  return {
    toolChoice: mode && choiceOf(mode, names),
    strict: word === 'VALIDATED' && names.length === 0,
  }
}
