import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { isCount, type Usage } from '../../core/usage.ts'

const tokens = (value: JsonValue | undefined): number => (isCount(value) ? value : 0)

/** The tokens of one kind of content in a breakdown. */
const ofKind = (details: JsonValue | undefined, kind: string): number => {
  if (!Array.isArray(details)) return 0
  let sum = 0
  for (const entry of details as readonly JsonValue[])
    if (isObject(entry) && entry.modality === kind) sum += tokens(entry.tokenCount)
  return sum
}

/** Vertex tells the tier as a kind of traffic. */
const traffics: ReadonlyMap<string, string> = new Map([
  ['ON_DEMAND', 'standard'],
  ['ON_DEMAND_FLEX', 'flex'],
  ['ON_DEMAND_PRIORITY', 'priority'],
])

const tierOf = ({ serviceTier, trafficType }: JsonObject): string | undefined => {
  if (typeof serviceTier === 'string' && serviceTier !== '') return serviceTier.toLowerCase()
  return typeof trafficType === 'string' ? traffics.get(trafficType) : undefined
}

/**
 * Google's usage in disjoint parts; undefined when it counts nothing. What its own tools brought in is read like the
 * prompt. Sound that comes from a cache counts as read from the cache.
 */
export const readUsage = (usage: JsonObject, searches = 0): Usage | undefined => {
  if (!isCount(usage.promptTokenCount) && !isCount(usage.candidatesTokenCount) && !isCount(usage.thoughtsTokenCount))
    return undefined
  const prompt = tokens(usage.promptTokenCount)
  const cacheRead = Math.min(prompt, tokens(usage.cachedContentTokenCount))
  const sound = ofKind(usage.promptTokensDetails, 'AUDIO') - ofKind(usage.cacheTokensDetails, 'AUDIO')
  const audioInput = Math.min(prompt - cacheRead, Math.max(0, sound))
  const said = tokens(usage.candidatesTokenCount)
  const audioOutput = Math.min(said, ofKind(usage.candidatesTokensDetails, 'AUDIO'))
  const tier = tierOf(usage)
  return {
    input: prompt - cacheRead - audioInput + tokens(usage.toolUsePromptTokenCount),
    cacheRead,
    cacheWriteShort: 0,
    cacheWriteLong: 0,
    audioInput,
    output: said - audioOutput,
    reasoning: tokens(usage.thoughtsTokenCount),
    audioOutput,
    source: 'measured',
    ...(tier !== undefined && { serviceTier: tier }),
    ...(searches > 0 && { searches }),
  }
}

const details = (text: number, sound: number): JsonValue | undefined =>
  sound === 0
    ? undefined
    : [
        { modality: 'TEXT', tokenCount: text },
        { modality: 'AUDIO', tokenCount: sound },
      ]

const ownTiers: ReadonlyMap<string | undefined, string> = new Map([
  ['standard', 'standard'],
  ['default', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])

/** Usage as Google tells it. */
export const writeUsage = (usage: Usage): JsonObject => {
  const prompt = usage.input + usage.cacheRead + usage.cacheWriteShort + usage.cacheWriteLong + usage.audioInput
  const said = usage.output + usage.audioOutput
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: said,
    totalTokenCount: prompt + said + usage.reasoning,
    cachedContentTokenCount: usage.cacheRead || undefined,
    thoughtsTokenCount: usage.reasoning || undefined,
    promptTokensDetails: details(prompt - usage.audioInput, usage.audioInput),
    candidatesTokensDetails: details(usage.output, usage.audioOutput),
    serviceTier: ownTiers.get(usage.serviceTier),
  }
}
