import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Request } from '../../core/request.ts'
import type { Abilities } from '../claude-abilities.ts'
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

/** `standard_only` is the default tier of other languages; `auto` uses priority where it was bought. */
const tiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['priority', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
])

const writeTier = (tier: string | undefined): string | undefined => {
  if (tier === undefined) return undefined
  const word = tiers.get(tier)
  if (!word) throw incapable(`service_tier ${tier}`, wireName)
  return word
}

const writeSampling = ({ temperature, topP, topK }: Chat, abilities: Abilities): JsonObject => {
  // One is the default of both, which newer models accept only in silence.
  if (abilities.sampling) return { temperature, top_p: topP === 1 ? undefined : topP, top_k: topK }
  if (temperature !== undefined && temperature !== 1) throw incapable('temperature', wireName)
  if (topP !== undefined && topP !== 1) throw incapable('top_p', wireName)
  if (topK !== undefined) throw incapable('top_k', wireName)
  return {}
}

/** How the answer is sampled and accounted. Metadata beside the user, and hints about caching, change no answer. */
export const writeSettings = ({ chat, stream }: Request, abilities: Abilities): JsonObject => ({
  ...writeSampling(chat, abilities),
  stop_sequences: chat.stop.length > 0 ? chat.stop : undefined,
  metadata: chat.user === undefined ? undefined : { user_id: chat.user },
  service_tier: writeTier(chat.serviceTier),
  stream: stream || undefined,
})

/** The schema of the answer; a description belongs into it, for there is no other place. */
export const writeFormat = ({ format }: Chat): JsonObject | undefined => {
  if (format?.kind !== 'schema') return undefined
  const { schema, description } = format
  const described = description === undefined || schema.description !== undefined ? schema : { ...schema, description }
  return { type: 'json_schema', schema: described }
}
