import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { wireName } from './name.ts'
import { writeThinking } from './write-thinking.ts'

/** What other languages can ask and this one cannot, by the name callers know. Values that change nothing are fine. */
const inexpressible: readonly (readonly [name: string, asked: (chat: Chat) => boolean])[] = [
  ['logit_bias', ({ logitBias }) => logitBias !== undefined && Object.keys(logitBias).length > 0],
  ['audio', ({ audio }) => audio !== undefined],
  ['store', ({ store }) => store === true],
]

/** Refuses what this language has no words for, so that another target may be asked. */
export const refuseInexpressible = ({ chat, untranslatable }: Request): void => {
  const [lost] = untranslatable
  if (lost !== undefined) throw incapable(lost, wireName)
  for (const [name, asked] of inexpressible) if (asked(chat)) throw incapable(name, wireName)
}

const tiers: ReadonlyMap<string, string | undefined> = new Map([
  ['auto', undefined],
  ['default', 'standard'],
  ['standard_only', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])

/** `serviceTier`. */
export const writeTier = (tier: string | undefined): string | undefined => {
  if (tier === undefined) return undefined
  if (!tiers.has(tier)) throw incapable(`service_tier ${tier}`, wireName)
  return tiers.get(tier)
}

/** The form of the answer; a description belongs into its schema, for there is no other place. */
const writeFormat = ({ format }: Chat): JsonObject => {
  if (format === undefined) return {}
  if (format.kind !== 'schema') return { responseMimeType: format.kind === 'json' ? 'application/json' : 'text/plain' }
  const { schema, description } = format
  const described = description === undefined || schema.description !== undefined ? schema : { ...schema, description }
  return { responseMimeType: 'application/json', responseJsonSchema: described }
}

const writeSampling = (chat: Chat): JsonObject => ({
  temperature: chat.temperature,
  topP: chat.topP,
  topK: chat.topK,
  candidateCount: chat.choices,
  maxOutputTokens: chat.maxOutput,
  stopSequences: chat.stop.length > 0 ? chat.stop : undefined,
  presencePenalty: chat.presencePenalty,
  frequencyPenalty: chat.frequencyPenalty,
  seed: chat.seed,
  responseLogprobs: chat.logProbs ? true : undefined,
  logprobs: chat.logProbs?.top || undefined,
  responseModalities: chat.modalities?.map((modality) => modality.toUpperCase()),
})

/** `generationConfig`; undefined where nothing is said. Who asks, and hints about caching, change no answer. */
export const writeConfig = (request: Request, target: Target): JsonObject | undefined => {
  const { chat } = request
  const config: JsonObject = {
    ...writeSampling(chat),
    ...writeFormat(chat),
    thinkingConfig: writeThinking(request, target),
  }
  return Object.values(config).some((value) => value !== undefined) ? config : undefined
}
