import { noUsage, type Usage } from './usage.ts'

/** A usage as it is written down: what is zero may be left out, and mostly is. */
export type KeptUsage = Partial<Usage> & Pick<Usage, 'source'>

/** A usage without what is zero in it. */
export const keptUsage = (usage: Usage): KeptUsage => ({
  input: usage.input || undefined,
  cacheRead: usage.cacheRead || undefined,
  cacheWriteShort: usage.cacheWriteShort || undefined,
  cacheWriteLong: usage.cacheWriteLong || undefined,
  audioInput: usage.audioInput || undefined,
  output: usage.output || undefined,
  reasoning: usage.reasoning || undefined,
  audioOutput: usage.audioOutput || undefined,
  source: usage.source,
  serviceTier: usage.serviceTier,
  region: usage.region,
  searches: usage.searches,
  statedNanos: usage.statedNanos,
})

/** The usage that was written down. */
export const wholeUsage = (kept: KeptUsage): Usage => ({ ...noUsage, ...kept })
