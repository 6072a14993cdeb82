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
  /** The service tier that answered, when the provider tells. */
  readonly serviceTier?: string | undefined
}

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

/** Everything read, however it was billed. */
export const inputTokens = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWriteShort + usage.cacheWriteLong + usage.audioInput

/** Everything generated, seen or not. */
export const outputTokens = (usage: Usage): number => usage.output + usage.reasoning + usage.audioOutput
