import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import type { Abilities } from '../claude-abilities.ts'
import { familyOf } from './families.ts'
import { wireName } from './name.ts'

/** What other languages can ask and this one cannot, by the name callers know. Values that change nothing are fine. */
const inexpressible: readonly (readonly [name: string, asked: (chat: Chat) => boolean])[] = [
  ['n', ({ choices }) => choices !== undefined && choices > 1],
  ['logprobs', ({ logProbs }) => logProbs !== undefined],
  ['logit_bias', ({ logitBias }) => logitBias !== undefined && Object.keys(logitBias).length > 0],
  ['frequency_penalty', ({ frequencyPenalty }) => frequencyPenalty !== undefined && frequencyPenalty !== 0],
  ['presence_penalty', ({ presencePenalty }) => presencePenalty !== undefined && presencePenalty !== 0],
  ['seed', ({ seed }) => seed !== undefined],
  ['audio', ({ audio }) => audio !== undefined],
  ['modalities', ({ modalities }) => modalities?.some((modality) => modality !== 'text') ?? false],
  ['response_format json_object', ({ format }) => format?.kind === 'json'],
  ['store', ({ store }) => store === true],
  ['temperature > 1', ({ temperature }) => temperature !== undefined && temperature > 1],
]

/** Refuses what this language has no words for, so that another target may be asked. */
export const refuseInexpressible = ({ chat, untranslatable }: Request): void => {
  const [lost] = untranslatable
  if (lost !== undefined) throw incapable(lost, wireName)
  for (const [name, asked] of inexpressible) if (asked(chat)) throw incapable(name, wireName)
}

/** How the answer is sampled and where it ends; undefined where nothing is said. */
export const writeInference = (
  chat: Chat,
  maxTokens: number | undefined,
  abilities: Abilities,
): JsonObject | undefined => {
  const { temperature, topP, stop } = chat
  if (!abilities.sampling) {
    if (temperature !== undefined && temperature !== 1) throw incapable('temperature', wireName)
    if (topP !== undefined && topP !== 1) throw incapable('top_p', wireName)
  }
  const config = {
    maxTokens,
    temperature: abilities.sampling ? temperature : undefined,
    topP: abilities.sampling ? topP : undefined,
    stopSequences: stop.length > 0 ? stop : undefined,
  }
  return Object.values(config).some((value) => value !== undefined) ? config : undefined
}

/** How many tokens are looked at, in the words of the model's maker. */
export const writeTopK = ({ topK }: Chat, target: Target, abilities: Abilities): JsonObject => {
  if (topK === undefined) return {}
  const family = familyOf(target)
  if (family === 'nova') return { inferenceConfig: { topK } }
  if (!abilities.sampling || family === 'openai' || family === 'plain') throw incapable('top_k', wireName)
  return { top_k: topK }
}

/** Which text ended the answer is told only where it is asked for; a whole answer and a stream have it in two places. */
export const stopSequencePaths = ({ stop }: Chat, target: Target): readonly string[] | undefined =>
  stop.length > 0 && familyOf(target) === 'claude' ? ['/stop_sequence', '/delta/stop_sequence'] : undefined

const tiers: ReadonlyMap<string, string | undefined> = new Map([
  ['auto', undefined],
  ['default', 'default'],
  ['standard_only', 'default'],
  ['priority', 'priority'],
  ['flex', 'flex'],
  ['reserved', 'reserved'],
])

export const writeTier = ({ serviceTier }: Chat): JsonObject | undefined => {
  if (serviceTier === undefined) return undefined
  if (!tiers.has(serviceTier)) throw incapable(`service_tier ${serviceTier}`, wireName)
  const type = tiers.get(serviceTier)
  return type === undefined ? undefined : { type }
}

/** The schema of the answer, as text. */
export const writeFormat = ({ format }: Chat): JsonObject | undefined => {
  if (format?.kind !== 'schema') return undefined
  const { name, schema, description } = format
  return { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema), name, description } } }
}

const mostEntries = 16
const acceptedValue = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/
const acceptedKey = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/

/** The caller's labels for Amazon's log of calls, as far as it takes them; they change no answer. */
export const writeMetadata = ({ metadata }: Chat): JsonObject | undefined => {
  const entries = Object.entries(metadata ?? {}).filter(
    ([key, value]) =>
      key !== 'tollgate' && acceptedKey.test(key) && typeof value === 'string' && acceptedValue.test(value),
  )
  return entries.length > 0 ? Object.fromEntries(entries.slice(0, mostEntries)) : undefined
}
