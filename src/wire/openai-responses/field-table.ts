import { invalid } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import type { Chat } from '../../core/request.ts'
import { booleanAt, filledAt, integerAt, numberAt, objectAt, shortened, stringAt } from '../openai/fields.ts'
import {
  type FieldReader,
  readInclude,
  readMetadata,
  readReasoning,
  readText,
  readTopLogProbs,
  unless,
} from './settings.ts'
import { readToolChoice, readTools } from './tools.ts'

/** A field that has a neutral word of its own. */
const into =
  <Name extends keyof Chat>(name: Name, read: (value: JsonValue, field: string) => Chat[Name]): FieldReader =>
  (value, { chat }, field) => {
    chat[name] = read(value, field)
  }

const numberUpTo =
  (most: number) =>
  (value: JsonValue, field: string): number =>
    numberAt(value, field, { least: 0, most })

const tokens = (value: JsonValue, field: string): number => integerAt(value, field, { least: 1, most: 2 ** 31 })

const readStream: FieldReader = (value, draft, field) => {
  draft.stream = booleanAt(value, field)
}

const readToolList: FieldReader = (value, { chat, untranslatable }) => {
  chat.tools = readTools(value, untranslatable)
}

const readChoice: FieldReader = (value, { chat, untranslatable }) => {
  chat.toolChoice = readToolChoice(value, untranslatable)
}

/** `user` names the same person, and wins. */
const readSafetyIdentifier: FieldReader = (value, { chat }, field) => {
  const given = stringAt(value, field)
  chat.user ??= given
}

/**
 * Keeping is what this language does unless told otherwise, so that a wish for it says nothing: where nobody keeps the
 * answer, it is not kept.
 */
const readStore: FieldReader = (value, { chat }, field) => {
  if (!booleanAt(value, field)) chat.store = false
}

/** Changes nothing in what is answered. */
const hint: FieldReader = () => {}

/** Bounds calls of tools that the provider runs; where there are none it bounds nothing. */
const readMostCalls: FieldReader = (value, _draft, field) => void integerAt(value, field, { least: 0, most: 2 ** 31 })

/** No word of ours says this, so that only a target of this language can be asked. */
const ownWord: FieldReader = (_value, { untranslatable }, field) => {
  untranslatable.push(shortened(field))
}

/** What would let a caller choose where a request goes, or with whose key. */
const override: FieldReader = (_value, _draft, field) => {
  throw invalid(field, 'is not accepted from callers.')
}

/** Every field of a request that is known, save `model`, `instructions` and `input`. */
const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ...[...overrides].map((field): [string, FieldReader] => [field, override]),
  ['stream', readStream],
  ['stream_options', (value, _draft, field) => void objectAt(value, field)],
  ['tools', readToolList],
  ['tool_choice', readChoice],
  ['parallel_tool_calls', into('parallelTools', booleanAt)],
  ['max_output_tokens', into('maxOutput', tokens)],
  ['max_tool_calls', readMostCalls],
  ['temperature', into('temperature', numberUpTo(2))],
  ['top_p', into('topP', numberUpTo(1))],
  ['top_logprobs', readTopLogProbs],
  ['include', readInclude],
  ['text', readText],
  ['reasoning', readReasoning],
  ['service_tier', into('serviceTier', filledAt)],
  ['user', into('user', stringAt)],
  ['safety_identifier', readSafetyIdentifier],
  ['metadata', readMetadata],
  ['store', readStore],
  ['background', unless(false, booleanAt)],
  ['truncation', unless('disabled', stringAt)],
  ['prompt_cache_key', into('cacheKey', stringAt)],
  ['prompt_cache_retention', hint],
  ['prompt_cache_options', hint],
])

/**
 * The reader of a field. `previous_response_id`, `conversation`, `prompt`, `moderation`, `context_management` and fields
 * that are not known have no neutral word: they pass to targets of this language and keep others away.
 */
export const readerOf = (field: string): FieldReader => readers.get(field) ?? ownWord
