import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { inputTokens, outputTokens, type Usage } from '../../core/usage.ts'

/** A number of tokens as an upstream may tell it; anything that cannot be one is as good as not told. */
const tokens = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** Tokens written to the prompt cache with the long life. */
const writtenLong = (details: JsonValue | undefined): number => {
  if (!Array.isArray(details)) return 0
  let long = 0
  for (const detail of details) if (isObject(detail) && detail.ttl === '1h') long += tokens(detail.inputTokens) ?? 0
  return long
}

/** The tier that answered, of a metadata event or a whole answer. */
const tierOf = ({ serviceTier }: JsonObject): string | undefined =>
  isObject(serviceTier) && typeof serviceTier.type === 'string' ? serviceTier.type : undefined

/**
 * Amazon's usage in disjoint parts; undefined when it counts nothing. What was read from the cache or written to it is
 * not in `inputTokens`; thinking is in `outputTokens`, untold apart.
 */
export const readUsage = (answer: JsonObject): Usage | undefined => {
  const told = isObject(answer.usage) ? answer.usage : {}
  const input = tokens(told.inputTokens)
  const output = tokens(told.outputTokens)
  if (input === undefined && output === undefined) return undefined
  const written = tokens(told.cacheWriteInputTokens) ?? 0
  const long = Math.min(written, writtenLong(told.cacheDetails))
  return {
    input: input ?? 0,
    cacheRead: tokens(told.cacheReadInputTokens) ?? 0,
    cacheWriteShort: written - long,
    cacheWriteLong: long,
    audioInput: 0,
    output: output ?? 0,
    reasoning: 0,
    audioOutput: 0,
    source: 'measured',
    serviceTier: tierOf(answer),
  }
}

/** Cache writes by their life, the longer one first. */
const detailsOf = ({ cacheWriteLong, cacheWriteShort }: Usage): JsonObject[] => {
  const details: JsonObject[] = []
  if (cacheWriteLong > 0) details.push({ ttl: '1h', inputTokens: cacheWriteLong })
  if (cacheWriteShort > 0) details.push({ ttl: '5m', inputTokens: cacheWriteShort })
  return details
}

/** Usage as Amazon tells it. Unknown counts are zero, as the field must be there. */
export const writeUsage = (usage: Usage | undefined): JsonObject => {
  if (!usage) return { inputTokens: 0, outputTokens: 0, totalTokens: 0 }
  const written = usage.cacheWriteShort + usage.cacheWriteLong
  const told = {
    inputTokens: usage.input + usage.audioInput,
    outputTokens: outputTokens(usage),
    totalTokens: inputTokens(usage) + outputTokens(usage),
    cacheReadInputTokens: usage.cacheRead,
    cacheWriteInputTokens: written,
  }
  return written === 0 ? told : { ...told, cacheDetails: detailsOf(usage) }
}

const tiers: ReadonlySet<string> = new Set(['priority', 'default', 'flex', 'reserved'])

/** The tier that answered, where Amazon has a word for it. */
export const writeTier = (usage: Usage | undefined): JsonObject => {
  const { serviceTier = '' } = usage ?? {}
  return tiers.has(serviceTier) ? { serviceTier: { type: serviceTier } } : {}
}
