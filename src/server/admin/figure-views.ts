import { z } from '@hono/zod-openapi'
import { usdFromNanos } from '../../core/money.ts'
import type { CallFigures } from '../../stores/call-figures.ts'
import type { LogHistogram } from '../../stores/log-histogram.ts'

export const count = z.number().openapi({ type: 'integer' })

export const usdView = z.string().openapi({ description: 'US dollars, exactly.', example: '1.25' })

export const percentilesView = z
  .strictObject({ p50: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .openapi('Percentiles', { description: 'Milliseconds, within 1 %; null: there were none.' })

/** Hundredths of a millisecond are enough. */
const rounded = (ms: number): number => Math.round(ms * 100) / 100

export const viewOfTimes = (times: LogHistogram): z.output<typeof percentilesView> => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => times.percentile(share))
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null
  return { p50: rounded(p50), p95: rounded(p95), p99: rounded(p99) }
}

/** What calls add up to. */
export const totalsFields = {
  calls: count,
  ok: count,
  errors: count,
  cancelled: count,
  attempts: count.openapi({ description: 'What was sent to providers, also for what the gateway asks for itself.' }),
  retries: count,
  fallbacks: count,
  hits: count.openapi({ description: 'Calls that were answered from memory, or together with an equal one.' }),
  inputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  costUsd: usdView,
  unknownCost: count.openapi({ description: 'Attempts whose cost is not known; they are in no sum.' }),
  estimatedCostUsd: usdView.openapi({ description: 'The part of the cost that was estimated.' }),
  savedUsd: usdView.openapi({ description: 'What memory saved.' }),
  latencyMs: percentilesView,
  firstTokenMs: percentilesView,
}

const totals = z.strictObject(totalsFields)

export const viewOfTotals = ({ counts, ...figures }: CallFigures): z.output<typeof totals> => {
  const { failed: _, spokenMs: __, spokenTokens: ___, ...shown } = counts
  return {
    ...shown,
    costUsd: usdFromNanos(figures.cost),
    estimatedCostUsd: usdFromNanos(figures.estimated),
    savedUsd: usdFromNanos(figures.saved),
    latencyMs: viewOfTimes(figures.latency),
    firstTokenMs: viewOfTimes(figures.firstToken),
  }
}

/** What attempts at one target add up to. */
export const targetFields = {
  attempts: count,
  failed: count,
  latencyMs: percentilesView,
  firstTokenMs: percentilesView,
  costUsd: usdView,
  unknownCost: count,
  outputTokensPerSecond: z.number().nullable().openapi({ description: 'Of streams, after their first token.' }),
}

const target = z.strictObject(targetFields)

export const viewOfTarget = (figures: CallFigures): z.output<typeof target> => {
  const { attempts, failed, unknownCost, spokenTokens, spokenMs } = figures.counts
  return {
    attempts,
    failed,
    latencyMs: viewOfTimes(figures.attemptTime),
    firstTokenMs: viewOfTimes(figures.firstToken),
    costUsd: usdFromNanos(figures.cost),
    unknownCost,
    outputTokensPerSecond: spokenMs > 0 ? rounded((1_000 * spokenTokens) / spokenMs) : null,
  }
}
