import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { inputTokens, outputTokens, type Usage } from '../../core/usage.ts'
import { readStatedCost } from '../openai/stated-cost.ts'

/** Absent is zero; anything that cannot be a count of tokens is unknown. */
const countOf = (value: JsonValue | undefined): number | undefined => {
  if (value === undefined || value === null) return 0
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

const nothing: JsonObject = {}
const detailsOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : nothing)

/** At most what is left, so that parts that overlap (cached audio) never add up to more than their whole. */
const takeFrom = (left: number, value: JsonValue | undefined): number => Math.min(left, countOf(value) ?? 0)

/**
 * xAI and some others count thinking beside `completion_tokens`; the total, or thinking that is more than everything,
 * gives it away.
 */
const reasoningIsApart = (given: JsonObject, prompt: number, completion: number, reasoning: number): boolean =>
  reasoning > completion || (reasoning > 0 && given.total_tokens === prompt + completion + reasoning)

/** Gemini tells thinking only in the total: what is more than the parts was generated, and is charged. */
const unseen = (all: JsonValue | undefined, told: number): number => Math.max(0, (countOf(all) ?? 0) - told)

/** A usage object in disjoint parts; undefined when it does not say plausible numbers. */
export const readUsage = (given: JsonObject, serviceTier: JsonValue | undefined): Usage | undefined => {
  const usage = readTokens(given, serviceTier)
  if (usage === undefined) return undefined
  const statedNanos = readStatedCost(given)
  return statedNanos === undefined ? usage : { ...usage, statedNanos }
}

const readTokens = (given: JsonObject, serviceTier: JsonValue | undefined): Usage | undefined => {
  if (given.prompt_tokens === undefined && given.completion_tokens === undefined) return undefined
  const prompt = countOf(given.prompt_tokens)
  const completion = countOf(given.completion_tokens)
  if (prompt === undefined || completion === undefined) return undefined
  const read = detailsOf(given.prompt_tokens_details)
  const said = detailsOf(given.completion_tokens_details)
  // DeepSeek names what its cache gave without details.
  const cacheRead = takeFrom(prompt, read.cached_tokens ?? given.prompt_cache_hit_tokens)
  const cacheWriteShort = takeFrom(prompt - cacheRead, read.cache_write_tokens)
  const audioInput = takeFrom(prompt - cacheRead - cacheWriteShort, read.audio_tokens)
  const thought = countOf(said.reasoning_tokens) ?? 0
  const apart = reasoningIsApart(given, prompt, completion, thought)
  const known = apart ? thought : Math.min(completion, thought)
  const rest = apart ? completion : completion - known
  const reasoning = known + unseen(given.total_tokens, prompt + rest + known)
  const audioOutput = takeFrom(rest, said.audio_tokens)
  return {
    input: prompt - cacheRead - cacheWriteShort - audioInput,
    cacheRead,
    cacheWriteShort,
    cacheWriteLong: 0,
    audioInput,
    output: rest - audioOutput,
    reasoning,
    audioOutput,
    source: 'measured',
    serviceTier: typeof serviceTier === 'string' ? serviceTier : undefined,
  }
}

/** A usage in this language's nested form: details are counted inside their wholes. */
export const writeUsage = (usage: Usage): JsonObject => {
  const prompt = inputTokens(usage)
  const completion = outputTokens(usage)
  const written = usage.cacheWriteShort + usage.cacheWriteLong
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      audio_tokens: usage.audioInput,
      cache_write_tokens: written > 0 ? written : undefined,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: usage.audioOutput,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
