import { count, duration, many, percent, usdNumber } from '../format.ts'
import { Figure, Figures } from '../parts/card.tsx'
import { Money } from '../parts/values.tsx'
import type { Percentiles, Totals } from '../types.ts'

interface FiguresProps {
  readonly totals: Totals
  readonly stretchMs: number
  readonly range: string
}

const perSecond = (calls: number, ms: number): string => {
  const each = (calls * 1_000) / ms
  return each >= 0.1 ? `${count(Math.round(each * 10) / 10)} per second` : `${count(Math.round(each * 3_600))} per hour`
}

const tailOf = ({ p95, p99 }: Percentiles): string => `p95 ${duration(p95)} · p99 ${duration(p99)}`

const inputOf = ({ inputTokens, cacheReadTokens, cacheWriteTokens }: Totals): number =>
  inputTokens + cacheReadTokens + cacheWriteTokens

/** The sums of a stretch of time. */
export const OverviewFigures = ({ totals, stretchMs, range }: FiguresProps) => {
  const { calls, errors, cancelled, hits, latencyMs, firstTokenMs, retries, fallbacks } = totals
  return (
    <section aria-label={`Figures of ${range}`}>
      <Figures most={4}>
        <Figure id="calls" label="Calls" value={count(calls)} note={perSecond(calls, stretchMs)} />
        <Figure
          id="error-rate"
          label="Errors"
          value={percent(errors, calls)}
          tone={errors / calls >= 0.05 ? 'bad' : errors / calls >= 0.01 ? 'warn' : undefined}
          note={`${count(errors)} failed${cancelled > 0 ? ` · ${count(cancelled)} cancelled` : ''}`}
        />
        <Figure
          id="latency"
          label="Latency, median"
          value={latencyMs ? duration(latencyMs.p50) : '–'}
          note={latencyMs ? tailOf(latencyMs) : 'no call has ended well'}
        />
        <Figure
          id="first-token"
          label="First token, median"
          value={firstTokenMs ? duration(firstTokenMs.p50) : '–'}
          note={firstTokenMs ? tailOf(firstTokenMs) : 'no streams'}
        />
        <Figure
          id="tokens"
          label="Tokens"
          value={count(inputOf(totals) + totals.outputTokens)}
          note={`${count(inputOf(totals))} in · ${count(totals.outputTokens)} out`}
        />
        <Figure
          id="spend"
          label="Spend"
          value={<Money amount={totals.costUsd} />}
          note={<SpendNote totals={totals} />}
        />
        <Figure
          id="hits"
          label="Answered from memory"
          value={percent(hits, calls)}
          note={
            <>
              {many(hits, 'hit')}, saved <Money amount={totals.savedUsd} />
            </>
          }
        />
        <Figure
          id="attempts"
          label="Attempts"
          value={count(totals.attempts)}
          note={`${many(retries, 'retry', 'retries')} · ${many(fallbacks, 'fallback')}`}
        />
      </Figures>
    </section>
  )
}

/** How sure the sum of money is. */
const SpendNote = ({ totals: { estimatedCostUsd, unknownCost } }: Pick<FiguresProps, 'totals'>) => {
  const estimated = usdNumber(estimatedCostUsd) ?? 0
  if (estimated === 0 && unknownCost === 0) return <>all of it measured</>
  return (
    <>
      {estimated > 0 && (
        <>
          of it <Money amount={estimatedCostUsd} isEstimated />
        </>
      )}
      {estimated > 0 && unknownCost > 0 && ' · '}
      {unknownCost > 0 && (
        <span class="warn" title="Attempts whose cost is not known; they are not in this sum.">
          {count(unknownCost)} of unknown cost
        </span>
      )}
    </>
  )
}
