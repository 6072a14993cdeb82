import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import type { Chat, Message, ReasoningRequest, Request } from '../../core/request.ts'
import type { Door } from '../wire.ts'
import { countedIn } from './counting.ts'
import { saysMore } from './held.ts'
import { wireName } from './name.ts'
import { readAdditional } from './read-additional.ts'
import { readMessages, readSystem } from './read-messages.ts'
import { readInference, readOutputConfig, readServiceTier } from './read-settings.ts'
import { readToolConfig } from './read-tools.ts'
import { isGiven, type Reading } from './reading.ts'

/** A request while it is read, field by field in the caller's order. */
class Draft implements Reading {
  readonly untranslatable: string[] = []
  foreignReasoning = false
  system: Message | undefined
  thinking: ReasoningRequest | undefined
  effort: ReasoningRequest['effort']
  readonly chat: { -readonly [Field in keyof Chat]: Chat[Field] } = { messages: [], tools: [], stop: [] }
}

type FieldReader = (value: JsonValue, draft: Draft) => void

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['messages', (value, draft) => (draft.chat.messages = readMessages(value, draft))],
  ['system', (value, draft) => (draft.system = readSystem(value, draft))],
  ['inferenceConfig', (value, draft) => Object.assign(draft.chat, readInference(value, draft))],
  ['toolConfig', (value, draft) => Object.assign(draft.chat, readToolConfig(value, draft))],
  ['outputConfig', (value, draft) => applyOutputConfig(value, draft)],
  ['serviceTier', (value, draft) => (draft.chat.serviceTier = readServiceTier(value, draft))],
  ['requestMetadata', (value, draft) => (draft.chat.metadata = readMetadata(value))],
  ['additionalModelRequestFields', (value, draft) => applyAdditional(value, draft)],
])

const applyOutputConfig = (value: JsonValue, draft: Draft): void => {
  const { effort, format } = readOutputConfig(value, draft)
  draft.effort = effort
  if (format) draft.chat.format = format
}

const applyAdditional = (value: JsonValue, draft: Draft): void => {
  const { reasoning, topK } = readAdditional(value, draft)
  draft.thinking = reasoning
  if (topK !== undefined) draft.chat.topK = topK
}

const readMetadata = (value: JsonValue): JsonObject => {
  if (!isObject(value)) throw invalid('requestMetadata', 'must be an object')
  for (const key in value)
    if (typeof value[key] !== 'string') throw invalid(`requestMetadata.${key}`, 'must be a string')
  return value
}

const readFields = (body: JsonObject): Draft => {
  const draft = new Draft()
  for (const field in body) {
    const value = body[field]
    if (overrides.has(field)) throw invalid(field, 'is not accepted from callers')
    if (!isGiven(value)) continue
    const read = readers.get(field)
    if (read) read(value, draft)
    else draft.untranslatable.push(field)
  }
  return draft
}

const longestModel = 2048

/** Caller → us. Reading it is checking it: each field is looked at once, by the function that knows it. */
export const readRequest = (given: JsonObject, { operation, model = '', stream = false }: Door): Request => {
  if (model.length > longestModel) throw invalid('modelId', `must not be longer than ${longestModel} characters`)
  const body = operation === 'count_tokens' ? countedIn(given) : given
  if (!isGiven(body.messages)) throw invalid('messages', 'is required')
  const draft = readFields(body)
  const { chat, system, thinking, effort } = draft
  return {
    operation,
    wire: wireName,
    model,
    stream,
    wantsUsage: true,
    body,
    chat: {
      ...chat,
      messages: system ? [system, ...chat.messages] : chat.messages,
      reasoning: effort ? { ...thinking, effort } : thinking,
    },
    untranslatable: draft.untranslatable,
    foreignReasoning: draft.foreignReasoning || undefined,
    saysMore,
  }
}
