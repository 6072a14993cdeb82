import type { Job } from '../core/job.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Usage } from '../core/usage.ts'

/** What all attempts of a job took, as its owner and webhooks are told: null until one has ended, and as soon as that of one is unknown. */
export const spendingOf = ({ attempts, costNanos, unknownCosts, usage }: Job) => ({
  cost_usd: attempts === 0 || unknownCosts > 0 ? null : usdFromNanos(costNanos),
  usage: attempts === 0 || usage === undefined ? null : usageView(usage),
})

/** Tokens in disjoint parts. */
const usageView = (usage: Usage) => ({
  input: usage.input,
  cache_read: usage.cacheRead,
  cache_write_short: usage.cacheWriteShort,
  cache_write_long: usage.cacheWriteLong,
  audio_input: usage.audioInput,
  output: usage.output,
  reasoning: usage.reasoning,
  audio_output: usage.audioOutput,
  source: usage.source,
})
