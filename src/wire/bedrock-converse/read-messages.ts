import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Message, Part } from '../../core/request.ts'
import { listAt } from '../checks.ts'
import { readBlocks } from './read-blocks.ts'
import { noteOthers, type Reading } from './reading.ts'

const mostMessages = 100_000
const messageFields: ReadonlySet<string> = new Set(['role', 'content'])

/** The system prompt as a first message; undefined when it says nothing. */
export const readSystem = (value: JsonValue, reading: Reading): Message | undefined => {
  if (!Array.isArray(value)) throw invalid('system', 'must be an array')
  if (value.length === 0) return undefined
  return { role: 'system', parts: readBlocks(value, { path: 'system', place: 'system', reading }) }
}

/** A user turn holds results of tools beside what the user says; neutral words keep the two apart. */
const pushUserTurn = (parts: readonly Part[], into: Message[]): void => {
  let said: Part[] = []
  for (const part of parts) {
    if (part.kind !== 'tool_result') {
      said.push(part)
      continue
    }
    if (said.length > 0) into.push({ role: 'user', parts: said })
    said = []
    into.push({ role: 'tool', parts: [part] })
  }
  if (said.length > 0 || parts.length === 0) into.push({ role: 'user', parts: said })
}

const readMessage = (message: JsonObject, path: string, into: Message[], reading: Reading): void => {
  noteOthers(message, messageFields, path, reading)
  const { role } = message
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid(`${path}.role`, "must be 'user', 'assistant' or 'system'")
  }
  const parts = readBlocks(listAt(message, 'content', path), { path: `${path}.content`, place: role, reading })
  if (role === 'user') pushUserTurn(parts, into)
  else into.push({ role, parts })
}

/** The conversation, in neutral words. */
export const readMessages = (value: JsonValue, reading: Reading): Message[] => {
  if (!Array.isArray(value)) throw invalid('messages', 'must be an array')
  if (value.length === 0) throw invalid('messages', 'must hold at least one message')
  if (value.length > mostMessages) throw invalid('messages', `must hold at most ${mostMessages} messages`)
  const messages: Message[] = []
  for (let index = 0; index < value.length; index++) {
    const message: JsonValue = value[index]
    if (!isObject(message)) throw invalid(`messages.${index}`, 'must be an object')
    readMessage(message, `messages.${index}`, messages, reading)
  }
  return messages
}
