import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Message, Request } from '../../core/request.ts'
import { modelOf, newChatDraft } from '../openai/draft.ts'
import { maybe, stringAt } from '../openai/fields.ts'
import type { Door } from '../wire.ts'
import { readerOf } from './field-table.ts'
import { saysMore } from './held.ts'
import { readInput } from './input-items.ts'
import { wireName } from './name.ts'
import type { Draft } from './settings.ts'

const newDraft = (): Draft => ({ ...newChatDraft(), probabilities: false })

/** The conversation may be kept where it is answered, and then nothing need be said here. */
const keptElsewhere = ['prompt', 'previous_response_id', 'conversation'] as const

const messagesOf = (body: JsonObject, { untranslatable }: Draft): readonly Message[] => {
  const { input, instructions } = body
  const messages: Message[] = []
  const system = maybe(instructions, 'instructions', stringAt)
  if (system !== undefined) messages.push({ role: 'system', parts: [{ kind: 'text', text: system }] })
  const absent = input === undefined || input === null
  if (!absent || !keptElsewhere.some((field) => body[field])) messages.push(...readInput(input, untranslatable))
  return messages
}

const spoken: ReadonlySet<string> = new Set(['model', 'input', 'instructions'])

/** A caller's body as a request. Reading is checking: each part is read once, by the one function that knows it. */
export const readRequest = (body: JsonObject, door: Door): Request => {
  if (!isObject(body)) throw invalid('', 'The body must be a JSON object.')
  const model = modelOf(body)
  const draft = newDraft()
  const { chat, untranslatable } = draft
  chat.messages = messagesOf(body, draft)
  for (const field in body) {
    const value = body[field]
    if (!spoken.has(field) && value !== null && value !== undefined) readerOf(field)(value, draft, field)
  }
  if (draft.probabilities) chat.logProbs ??= { top: 0 }
  const foreignReasoning = hasForeignReasoning(chat.messages) || undefined
  const read = { operation: door.operation, wire: wireName, model, stream: draft.stream, wantsUsage: true, body, chat }
  return { ...read, untranslatable, foreignReasoning, saysMore }
}

const hasForeignReasoning = (messages: readonly Message[]): boolean =>
  messages.some(({ parts }) => parts.some((part) => part.kind === 'reasoning' && part.origin !== wireName))
