import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import type { CacheMark, Chat, Message, ReasoningRequest, Request } from '../../core/request.ts'
import { fraction, nameAt, optionalText, wholeNumber } from '../checks.ts'
import type { Door } from '../wire.ts'
import { saysMore } from './held.ts'
import { wireName } from './name.ts'
import { markLastBlock, readMessages, readSystem } from './read-messages.ts'
import { readFormat, readOutputConfig, readServiceTier, readStop, readThinking } from './read-settings.ts'
import { readToolChoice, readTools } from './read-tools.ts'
import { cacheMarkOf, type Reading } from './reading.ts'

/** A request while it is read, field by field in the caller's order. */
class Draft implements Reading {
  readonly untranslatable: string[] = []
  foreignReasoning = false
  system: Message | undefined
  cache: CacheMark | undefined
  thinking: ReasoningRequest | undefined
  effort: ReasoningRequest['effort']
  stream = false
  readonly chat: { -readonly [Field in keyof Chat]: Chat[Field] } & { messages: Message[] } = {
    messages: [],
    tools: noTools,
    stop: noStop,
  }
}

const noTools: Chat['tools'] = []
const noStop: Chat['stop'] = []

type FieldReader = (value: JsonValue, draft: Draft, body: JsonObject) => void

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['model', (_, __, body) => checkModel(body)],
  ['messages', (value, draft) => (draft.chat.messages = readMessages(value, draft))],
  ['system', (value, draft) => (draft.system = readSystem(value, draft))],
  ['max_tokens', (value, draft) => readMaxTokens(value, draft)],
  ['stream', (value, draft) => readStream(value, draft)],
  ['tools', (value, draft) => (draft.chat.tools = readTools(value, draft))],
  ['tool_choice', (value, draft) => Object.assign(draft.chat, readToolChoice(value, draft))],
  ['temperature', (value, draft) => (draft.chat.temperature = fraction(value, 'temperature'))],
  ['top_p', (value, draft) => (draft.chat.topP = fraction(value, 'top_p'))],
  ['top_k', (value, draft) => (draft.chat.topK = wholeNumber(value, 'top_k', 0))],
  ['stop_sequences', (value, draft) => (draft.chat.stop = readStop(value))],
  ['thinking', (value, draft) => (draft.thinking = readThinking(value, draft))],
  ['output_config', (value, draft) => applyOutputConfig(value, draft)],
  ['output_format', (value, draft) => (draft.chat.format = readFormat(value, 'output_format', draft))],
  ['metadata', (value, draft) => readMetadata(value, draft)],
  ['service_tier', (value, draft) => (draft.chat.serviceTier = readServiceTier(value))],
  ['thread', () => refuseThread()],
  ['cache_control', (_, draft, body) => (draft.cache = cacheMarkOf(body, '', draft))],
])

/** The next message may go to another provider, key or model, so nobody could go on with what one of them keeps. */
const refuseThread = (): never => {
  throw invalid('thread', 'message threads are not kept here; send the whole conversation')
}

const longestModel = 256

const checkModel = (body: JsonObject): void => {
  if (nameAt(body, 'model', '').length > longestModel)
    throw invalid('model', `must not be longer than ${longestModel} characters`)
}

const readMaxTokens = (value: JsonValue, draft: Draft): void => {
  draft.chat.maxOutput = wholeNumber(value, 'max_tokens', 0)
  // Zero fills the provider's prompt cache and answers nothing, which only this language can ask.
  if (draft.chat.maxOutput === 0) draft.untranslatable.push('max_tokens')
}

const readStream = (value: JsonValue, draft: Draft): void => {
  if (typeof value !== 'boolean') throw invalid('stream', 'must be true or false')
  draft.stream = value
}

const applyOutputConfig = (value: JsonValue, draft: Draft): void => {
  const { effort, format } = readOutputConfig(value, draft)
  draft.effort = effort
  if (format) draft.chat.format = format
}

const readMetadata = (value: JsonValue, draft: Draft): void => {
  if (!isObject(value)) throw invalid('metadata', 'must be an object')
  draft.chat.metadata = value
  draft.chat.user = optionalText(value, 'user_id', 'metadata')
}

const readFields = (body: JsonObject): Draft => {
  const draft = new Draft()
  for (const field in body) {
    const value = body[field]
    if (overrides.has(field)) throw invalid(field, 'is not accepted from callers')
    if (value === undefined || value === null) continue
    const read = readers.get(field)
    if (read) read(value, draft, body)
    else draft.untranslatable.push(field)
  }
  return draft
}

const conversation = ({ chat, system, cache }: Draft): readonly Message[] => {
  if (cache) markLastBlock(chat.messages, cache)
  return system ? [system, ...chat.messages] : chat.messages
}

const requiredFields = ['model', 'messages', 'max_tokens'] as const

/** Caller → us. Reading it is checking it: each field is looked at once, by the function that knows it. */
export const readRequest = (body: JsonObject, { operation }: Door): Request => {
  const counting = operation === 'count_tokens'
  for (const field of requiredFields) {
    const missing = body[field] === undefined || body[field] === null
    if (missing && !(counting && field === 'max_tokens')) throw invalid(field, 'is required')
  }
  const draft = readFields(body)
  const { chat, thinking, effort } = draft
  return {
    operation,
    wire: wireName,
    model: body.model as string,
    stream: draft.stream && !counting,
    wantsUsage: true,
    body,
    chat: { ...chat, messages: conversation(draft), reasoning: effort ? { ...thinking, effort } : thinking },
    untranslatable: draft.untranslatable,
    foreignReasoning: draft.foreignReasoning || undefined,
    saysMore,
  }
}
