/**
 * Tokens of one attempt in disjoint parts: their sum is everything that was processed, nothing is counted twice.
 * A part that the provider reports as zero is zero; when nothing is known there is no Usage at all.
 */
export interface Usage {
  /** Prompt tokens that were neither read from nor written to a provider's prompt cache, without audio. */
  readonly input: number
  readonly cacheRead: number
  /** Written to the provider's prompt cache with its short life (five minutes at Anthropic). */
  readonly cacheWriteShort: number
  /** Written with the long life (one hour at Anthropic). */
  readonly cacheWriteLong: number
  readonly audioInput: number
  /** Generated tokens that the caller sees, without reasoning and audio. */
  readonly output: number
  readonly reasoning: number
  readonly audioOutput: number
  /** measured: the provider said so; counted: by a tokenizer; estimated: from sizes. */
  readonly source: 'measured' | 'counted' | 'estimated'
  /** The service tier that answered, when the provider tells; Anthropic's fast mode is one: `fast`. */
  readonly serviceTier?: string | undefined
  /** Where it was answered, when the provider tells and it is not just anywhere: `us`. */
  readonly region?: string | undefined
  /** Searches of the web that the provider made for it; absent: none. */
  readonly searches?: number | undefined
  /** What the provider itself says it charged, in whole nano-dollars, rounded up. Who is believed is a matter of quirks. */
  readonly statedNanos?: number | undefined
}

/** A part of a usage that counts tokens. */
export type TokenPart = Exclude<keyof Usage, 'source' | 'serviceTier' | 'region' | 'searches' | 'statedNanos'>

export const noUsage: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWriteShort: 0,
  cacheWriteLong: 0,
  audioInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  source: 'measured',
}

/** More than any model reads or writes in one call: a figure above this is a mistake, not a measurement. */
const mostTokens = 20_000_000

/** Can a value be a number of tokens? */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Can these figures be true? Each is a whole number from 0, and together they are no more than a model can process. */
export const isPlausible = (usage: Usage): boolean =>
  isCount(usage.input) &&
  isCount(usage.output) &&
  isCount(usage.cacheRead) &&
  isCount(usage.cacheWriteShort) &&
  isCount(usage.cacheWriteLong) &&
  isCount(usage.audioInput) &&
  isCount(usage.reasoning) &&
  isCount(usage.audioOutput) &&
  inputTokens(usage) + outputTokens(usage) <= mostTokens

/** The last is known best. */
const sources: readonly Usage['source'][] = ['estimated', 'counted', 'measured']

/** The tokens of both, known as well as those that are known worse. What each of them has for itself, such as a tier, is left out. */
export const addUsage = (one: Usage, other: Usage): Usage => ({
  input: one.input + other.input,
  cacheRead: one.cacheRead + other.cacheRead,
  cacheWriteShort: one.cacheWriteShort + other.cacheWriteShort,
  cacheWriteLong: one.cacheWriteLong + other.cacheWriteLong,
  audioInput: one.audioInput + other.audioInput,
  output: one.output + other.output,
  reasoning: one.reasoning + other.reasoning,
  audioOutput: one.audioOutput + other.audioOutput,
  source: sources[Math.min(sources.indexOf(one.source), sources.indexOf(other.source))] ?? 'estimated',
})

/** Everything read, however it was billed. */
export const inputTokens = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWriteShort + usage.cacheWriteLong + usage.audioInput

/** Everything generated, seen or not. */
export const outputTokens = (usage: Usage): number => usage.output + usage.reasoning + usage.audioOutput
