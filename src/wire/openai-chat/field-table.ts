import { invalid } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import type { Chat } from '../../core/request.ts'
import { booleanAt, filledAt, integerAt, numberAt, objectAt, shortened, stringAt } from '../openai/fields.ts'
import {
  type FieldReader,
  mostTokens,
  readBiases,
  readEffort,
  readFormat,
  readModalities,
  readReasoningObject,
  readStop,
  readStreamOptions,
  readThinkingObject,
  readTopLogProbs,
} from './settings.ts'
import { readFunctions, readToolChoice, readTools } from './tools.ts'

type ValueReader<Result> = (value: JsonValue, field: string) => Result

/** A field that has a neutral word of its own. */
const into =
  <Name extends keyof Chat>(name: Name, read: ValueReader<Chat[Name]>): FieldReader =>
  (value, { chat }, field) => {
    chat[name] = read(value, field)
  }

const numberFrom =
  (least: number, most: number): ValueReader<number> =>
  (value, field) =>
    numberAt(value, field, { least, most })

const integerFrom =
  (least: number, most: number): ValueReader<number> =>
  (value, field) =>
    integerAt(value, field, { least, most })

const tokens = integerFrom(mostTokens.least, mostTokens.most)

const readStream: FieldReader = (value, draft, field) => {
  draft.stream = booleanAt(value, field)
}

const readLogProbs: FieldReader = (value, draft, field) => {
  draft.logProbs = booleanAt(value, field)
}

const readToolList: FieldReader = (value, { chat, untranslatable }) => {
  chat.tools = readTools(value, untranslatable)
}

/** `max_completion_tokens` replaced this, and wins. */
const readOldMaxOutput: FieldReader = (value, { chat }, field) => {
  const given = tokens(value, field)
  chat.maxOutput ??= given
}

/** `user` names the same person, and wins. */
const readSafetyIdentifier: FieldReader = (value, { chat }, field) => {
  const given = stringAt(value, field)
  chat.user ??= given
}

/** Minus one and nought mean all tokens, at the servers that know this field: the same as not saying it. */
const readTopK: FieldReader = (value, { chat }, field) => {
  const given = integerAt(value, field, { least: -1, most: 2 ** 31 })
  if (given > 0) chat.topK = given
}

const readOldTools: FieldReader = (value, { chat, untranslatable }, field) => {
  chat.tools = readFunctions(value, untranslatable)
  untranslatable.push(field)
}

/** A cache lifetime or layout, for a provider that knows it: another loses nothing but speed. */
const hint: FieldReader = () => {}

/** No word of ours says this, so that only a target of this language can be asked. */
const ownWord: FieldReader = (_value, { untranslatable }, field) => {
  untranslatable.push(shortened(field))
}

/** What would let a caller choose where a request goes, or with whose key. */
const override: FieldReader = (_value, _draft, field) => {
  throw invalid(field, 'is not accepted from callers.')
}

/** Every field of a request that is known, save `model` and `messages`. */
const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ...[...overrides].map((field): [string, FieldReader] => [field, override]),
  ['stream', readStream],
  ['stream_options', readStreamOptions],
  ['tools', readToolList],
  ['tool_choice', into('toolChoice', readToolChoice)],
  ['parallel_tool_calls', into('parallelTools', booleanAt)],
  ['response_format', readFormat],
  ['max_completion_tokens', into('maxOutput', tokens)],
  ['max_tokens', readOldMaxOutput],
  ['n', into('choices', integerFrom(1, 128))],
  ['temperature', into('temperature', numberFrom(0, 2))],
  ['top_p', into('topP', numberFrom(0, 1))],
  ['top_k', readTopK],
  ['seed', into('seed', integerFrom(-(2 ** 53), 2 ** 53))],
  ['frequency_penalty', into('frequencyPenalty', numberFrom(-2, 2))],
  ['presence_penalty', into('presencePenalty', numberFrom(-2, 2))],
  ['stop', readStop],
  ['logit_bias', readBiases],
  ['logprobs', readLogProbs],
  ['top_logprobs', readTopLogProbs],
  ['reasoning_effort', readEffort],
  ['reasoning', readReasoningObject],
  ['thinking', readThinkingObject],
  ['service_tier', into('serviceTier', filledAt)],
  ['user', into('user', stringAt)],
  ['safety_identifier', readSafetyIdentifier],
  ['metadata', into('metadata', objectAt)],
  ['store', into('store', booleanAt)],
  ['modalities', readModalities],
  ['audio', into('audio', objectAt)],
  ['prompt_cache_key', into('cacheKey', stringAt)],
  ['prompt_cache_retention', hint],
  ['prompt_cache_options', hint],
  ['functions', readOldTools],
])

/**
 * The reader of a field. `function_call`, `verbosity`, `prediction`, `web_search_options`, `moderation` and fields that
 * are not known have no neutral word: they pass to targets of this language and keep others away.
 */
export const readerOf = (field: string): FieldReader => readers.get(field) ?? ownWord
