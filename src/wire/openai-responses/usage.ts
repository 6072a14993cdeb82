import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { inputTokens, outputTokens, type Usage } from '../../core/usage.ts'
import { readStatedCost } from '../openai/stated-cost.ts'

/** Absent is zero; anything that cannot be a count of tokens is unknown. */
const countOf = (value: JsonValue | undefined): number | undefined => {
  if (value === undefined || value === null) return 0
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

const nothing: JsonObject = {}
const nested = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : nothing)

/** At most what is left, so that parts never add up to more than their whole. */
const takeFrom = (left: number, value: JsonValue | undefined): number => Math.min(left, countOf(value) ?? 0)

/** Some compatible servers count thinking beside the output; the total gives it away. */
const splitOutput = (given: JsonObject, input: number, output: number): Pick<Usage, 'output' | 'reasoning'> => {
  const thought = countOf(nested(given.output_tokens_details).reasoning_tokens) ?? 0
  const apart = thought > output || (thought > 0 && given.total_tokens === input + output + thought)
  return apart ? { output, reasoning: thought } : { output: output - thought, reasoning: thought }
}

/** Searches of the web are told beside the tokens. */
const searchesOf = (response: JsonObject): number | undefined =>
  countOf(nested(nested(response.tool_usage).web_search).num_requests) || undefined

/** The usage of a response in disjoint parts; undefined when it does not say plausible numbers. */
export const readUsage = (response: JsonObject): Usage | undefined => {
  const given = nested(response.usage)
  if (given.input_tokens === undefined && given.output_tokens === undefined) return undefined
  const input = countOf(given.input_tokens)
  const output = countOf(given.output_tokens)
  if (input === undefined || output === undefined) return undefined
  const details = nested(given.input_tokens_details)
  const cacheRead = takeFrom(input, details.cached_tokens)
  const written = takeFrom(input - cacheRead, details.cache_write_tokens)
  const cacheWriteLong = takeFrom(written, nested(details.cache_write_tokens_details).ttl_12h_tokens)
  const searches = searchesOf(response)
  const statedNanos = readStatedCost(given)
  return {
    input: input - cacheRead - written,
    cacheRead,
    cacheWriteShort: written - cacheWriteLong,
    cacheWriteLong,
    audioInput: 0,
    ...splitOutput(given, input, output),
    audioOutput: 0,
    source: 'measured',
    serviceTier: typeof response.service_tier === 'string' ? response.service_tier : undefined,
    ...(searches === undefined ? {} : { searches }),
    ...(statedNanos === undefined ? {} : { statedNanos }),
  }
}

/** A usage in this language's nested form: details are counted inside their wholes. */
export const writeUsage = (usage: Usage): JsonObject => {
  const input = inputTokens(usage)
  const output = outputTokens(usage)
  const { cacheWriteShort: short, cacheWriteLong: long } = usage
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: short + long,
      cache_write_tokens_details: long > 0 ? { ttl_12h_tokens: long, ttl_30m_tokens: short } : undefined,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + output,
  }
}
