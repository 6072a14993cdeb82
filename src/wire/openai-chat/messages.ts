import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message, Part, ToolCallPart } from '../../core/request.ts'
import { arrayAt, filledAt, maybe, noteUnknown, objectAt, stringAt } from '../openai/fields.ts'
import { wireName } from './name.ts'
import { readContent, type Untranslatable } from './parts.ts'
import { readDetails } from './reasoning.ts'

type MessageReader = (message: JsonObject, path: string, untranslatable: Untranslatable) => Message

const saidFields: ReadonlySet<string> = new Set(['role', 'content', 'name'])
const resultFields: ReadonlySet<string> = new Set(['role', 'content', 'name', 'tool_call_id'])
/** `annotations` comes back when a client repeats an answer as it got it; the model does not read it. */
const answerFields: ReadonlySet<string> = new Set([
  'role',
  'content',
  'name',
  'refusal',
  'audio',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'annotations',
])

const nameOf = (message: JsonObject, path: string): string | undefined => maybe(message.name, `${path}.name`, stringAt)

const instructions =
  (role: 'system' | 'developer'): MessageReader =>
  (message, path, untranslatable) => {
    noteUnknown(message, saidFields, (field) => untranslatable.push(`${path}.${field}`))
    const parts = readContent(message.content, `${path}.content`, untranslatable)
    const other = parts.findIndex((part) => part.kind !== 'text')
    if (other !== -1) throw invalid(`${path}.content[${other}]`, 'must be text.')
    return { role, name: nameOf(message, path), parts }
  }

const readUser: MessageReader = (message, path, untranslatable) => {
  noteUnknown(message, saidFields, (field) => untranslatable.push(`${path}.${field}`))
  const parts = readContent(message.content, `${path}.content`, untranslatable)
  return { role: 'user', name: nameOf(message, path), parts }
}

const readToolCall = (value: JsonValue, path: string): ToolCallPart => {
  const call = objectAt(value, path)
  const id = filledAt(call.id, `${path}.id`)
  if (call.type === 'custom') {
    const custom = objectAt(call.custom, `${path}.custom`)
    const input = stringAt(custom.input, `${path}.custom.input`)
    return { kind: 'tool_call', id, name: filledAt(custom.name, `${path}.custom.name`), arguments: input, custom: true }
  }
  if (call.type !== undefined && call.type !== 'function') throw invalid(`${path}.type`, 'must be function or custom.')
  return readFunctionCall(call.function, `${path}.function`, id)
}

const readFunctionCall = (value: JsonValue | undefined, path: string, id: string): ToolCallPart => {
  const called = objectAt(value, path)
  const name = filledAt(called.name, `${path}.name`)
  return { kind: 'tool_call', id, name, arguments: stringAt(called.arguments, `${path}.arguments`) }
}

const addReasoning = (message: JsonObject, path: string, parts: Part[]): void => {
  const details = maybe(message.reasoning_details, `${path}.reasoning_details`, arrayAt)
  if (details && details.length > 0) {
    parts.push(...readDetails(details))
    return
  }
  const text =
    maybe(message.reasoning_content, `${path}.reasoning_content`, stringAt) ??
    maybe(message.reasoning, `${path}.reasoning`, stringAt)
  if (text) parts.push({ kind: 'reasoning', text, origin: wireName })
}

const addCalls = (message: JsonObject, path: string, parts: Part[]): void => {
  const calls = maybe(message.tool_calls, `${path}.tool_calls`, arrayAt) ?? []
  for (const [index, call] of calls.entries()) parts.push(readToolCall(call, `${path}.tool_calls[${index}]`))
}

/** Reads what came before `tool_calls`: a call without an id, for which its function's name stands. */
const addFunctionCall = (message: JsonObject, path: string, parts: Part[]): boolean => {
  if (message.function_call === undefined || message.function_call === null) return false
  const part = readFunctionCall(message.function_call, `${path}.function_call`, '')
  parts.push({ ...part, id: part.name })
  return true
}

const readAssistant: MessageReader = (message, path, untranslatable) => {
  noteUnknown(message, answerFields, (field) => untranslatable.push(`${path}.${field}`))
  const parts: Part[] = []
  addReasoning(message, path, parts)
  const { content } = message
  // Clients write '' beside tool calls where they mean that nothing was said.
  if (content !== undefined && content !== null && content !== '') {
    parts.push(...readContent(content, `${path}.content`, untranslatable))
  }
  const refusal = maybe(message.refusal, `${path}.refusal`, stringAt)
  if (refusal) parts.push({ kind: 'refusal', text: refusal })
  const audio = maybe(message.audio, `${path}.audio`, objectAt)
  if (audio) parts.push({ kind: 'audio', source: { kind: 'id', id: filledAt(audio.id, `${path}.audio.id`) } })
  addCalls(message, path, parts)
  if (addFunctionCall(message, path, parts)) untranslatable.push(`${path}.function_call`)
  if (parts.length === 0) {
    if (typeof content !== 'string')
      throw invalid(`${path}.content`, 'must say something, or tool_calls must be there.')
    parts.push({ kind: 'text', text: '' })
  }
  return { role: 'assistant', name: nameOf(message, path), parts }
}

const readResult: MessageReader = (message, path, untranslatable) => {
  noteUnknown(message, resultFields, (field) => untranslatable.push(`${path}.${field}`))
  const id = filledAt(message.tool_call_id, `${path}.tool_call_id`)
  const parts = readContent(message.content, `${path}.content`, untranslatable)
  return { role: 'tool', parts: [{ kind: 'tool_result', id, parts }] }
}

const readFunctionResult: MessageReader = (message, path, untranslatable) => {
  untranslatable.push(path)
  const id = filledAt(message.name, `${path}.name`)
  const parts = readContent(message.content ?? '', `${path}.content`, untranslatable)
  return { role: 'tool', parts: [{ kind: 'tool_result', id, parts }] }
}

const readers: ReadonlyMap<unknown, MessageReader> = new Map<unknown, MessageReader>([
  ['system', instructions('system')],
  ['developer', instructions('developer')],
  ['user', readUser],
  ['assistant', readAssistant],
  ['tool', readResult],
  ['function', readFunctionResult],
])

/** The field `messages`. */
export const readMessages = (value: JsonValue | undefined, untranslatable: Untranslatable): readonly Message[] => {
  if (!Array.isArray(value) || value.length === 0) throw invalid('messages', 'must be an array that is not empty.')
  const messages: Message[] = []
  for (let index = 0; index < value.length; index++) {
    const path = `messages[${index}]`
    const message = objectAt(value[index], path)
    const read = readers.get(message.role)
    if (!read) throw invalid(`${path}.role`, 'must be system, developer, user, assistant or tool.')
    messages.push(read(message, path, untranslatable))
  }
  return messages
}
