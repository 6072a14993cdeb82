import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/** A number of tokens as an upstream may tell it; anything that cannot be one is as good as not told. */
const tokens = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

const nested = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})

/**
 * Later usage over earlier usage: counts are totals of the whole message so far, and those that do not change may be
 * missing or null.
 */
export const mergeUsage = (earlier: JsonObject, later: JsonObject): JsonObject => {
  const merged: Record<string, JsonValue | undefined> = { ...earlier }
  for (const key in later) if (later[key] !== null && later[key] !== undefined) merged[key] = later[key]
  return merged
}

const plus = (left: Usage, right: Usage): Usage => ({
  ...left,
  input: left.input + right.input,
  cacheRead: left.cacheRead + right.cacheRead,
  cacheWriteShort: left.cacheWriteShort + right.cacheWriteShort,
  cacheWriteLong: left.cacheWriteLong + right.cacheWriteLong,
  output: left.output + right.output,
  reasoning: left.reasoning + right.reasoning,
})

const inTotal: ReadonlySet<unknown> = new Set(['message', 'fallback_message'])

/** Steps such as a compaction are billed beside the totals, and told only in the list of steps. */
const besideTotal = (iterations: JsonValue | undefined): Usage[] => {
  if (!Array.isArray(iterations)) return []
  return iterations
    .filter((step: JsonValue): step is JsonObject => isObject(step) && !inTotal.has(step.type))
    .map(readCounts)
    .filter((usage) => usage !== undefined)
}

const readCounts = (usage: JsonObject): Usage | undefined => {
  const input = tokens(usage.input_tokens)
  const output = tokens(usage.output_tokens)
  if (input === undefined && output === undefined) return undefined
  const written = tokens(usage.cache_creation_input_tokens)
  const lives = nested(usage.cache_creation)
  const long = tokens(lives.ephemeral_1h_input_tokens) ?? 0
  const short = written === undefined ? (tokens(lives.ephemeral_5m_input_tokens) ?? 0) : Math.max(0, written - long)
  const thought = tokens(nested(usage.output_tokens_details).thinking_tokens) ?? 0
  const reasoning = Math.min(thought, output ?? 0)
  return {
    input: input ?? 0,
    cacheRead: tokens(usage.cache_read_input_tokens) ?? 0,
    cacheWriteShort: short,
    cacheWriteLong: long,
    audioInput: 0,
    output: (output ?? 0) - reasoning,
    reasoning,
    audioOutput: 0,
    source: 'measured',
    // Fast mode is not to be had in the other tiers, so it is one of them.
    serviceTier: usage.speed === 'fast' ? 'fast' : textOf(usage.service_tier),
  }
}

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** Said of answers that ran wherever there was room. */
const anywhere: ReadonlySet<string> = new Set(['', 'global', 'not_available'])

/** What is a matter of price beside the tokens; nothing where nothing is told. */
const readExtras = (usage: JsonObject): Pick<Usage, 'region' | 'searches'> | undefined => {
  const place = textOf(usage.inference_geo) ?? ''
  const region = anywhere.has(place) ? undefined : place
  const searches = tokens(nested(usage.server_tool_use).web_search_requests) || undefined
  if (region === undefined && searches === undefined) return undefined
  return { ...(region && { region }), ...(searches && { searches }) }
}

/** Anthropic's usage in disjoint parts; undefined when it counts nothing. */
export const readUsage = (usage: JsonObject): Usage | undefined => {
  const counts = readCounts(usage)
  const total = counts && besideTotal(usage.iterations).reduce(plus, counts)
  const extras = total && readExtras(usage)
  return extras ? { ...total, ...extras } : total
}

const tiers: ReadonlyMap<string | undefined, string> = new Map([
  ['standard', 'standard'],
  ['default', 'standard'],
  ['priority', 'priority'],
  ['batch', 'batch'],
])

/** Usage as Anthropic tells it when a message begins, and in a whole message. Unknown counts are zero, as the field must be there. */
export const writeUsage = (usage: Usage | undefined): JsonObject => ({
  ...writeTotals(usage),
  cache_creation: {
    ephemeral_5m_input_tokens: usage?.cacheWriteShort ?? 0,
    ephemeral_1h_input_tokens: usage?.cacheWriteLong ?? 0,
  },
  service_tier: tiers.get(usage?.serviceTier) ?? null,
})

/** The totals of a message, as Anthropic tells them when it ends. */
export const writeTotals = (usage: Usage | undefined): JsonObject => {
  const totals = {
    input_tokens: usage ? usage.input + usage.audioInput : 0,
    cache_creation_input_tokens: usage ? usage.cacheWriteShort + usage.cacheWriteLong : 0,
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    output_tokens: usage ? usage.output + usage.reasoning + usage.audioOutput : 0,
  }
  if (!usage || usage.reasoning === 0) return totals
  return { ...totals, output_tokens_details: { thinking_tokens: usage.reasoning } }
}
