import { queryOf } from '../api.ts'
import { shortUsd, usdNumber } from '../format.ts'
import { Chart } from '../parts/chart.tsx'
import { Show } from '../parts/states.tsx'
import { Time } from '../parts/values.tsx'
import { stepsMs } from '../stretches.ts'
import { useLoad } from '../use-load.ts'
import { type Placed, usedUpAt } from './standing.tsx'
import type { UsageReport } from './usage-report.ts'

const kinds = new Set(['org', 'team', 'user', 'key', 'end_user', 'session', 'tag', 'provider'])
const shortMs = 3 * stepsMs.day

/** What is left of a budget over its time, and what will be if it goes on like this. */
export const BurnDown = ({ placed }: { readonly placed: Placed }) => {
  const { allowance, standing } = placed
  const from = Date.parse(standing.from ?? '')
  const to = standing.to === undefined ? Date.now() : Date.parse(standing.to)
  const time = to - from > shortMs ? 'day' : 'hour'
  const colon = standing.subject.indexOf(':')
  const kind = standing.subject.slice(0, colon)
  const who = kinds.has(kind) ? { [kind]: standing.subject.slice(colon + 1) } : {}
  const query = queryOf({
    from: standing.from,
    to: new Date(to).toISOString(),
    by: time,
    model: allowance.model,
    limit: 10_000,
    ...who,
  })
  const report = useLoad<UsageReport>(`/usage${query}`)
  return (
    <Show of={report}>{({ rows }) => <Line placed={placed} rows={rows} time={time} stretch={{ from, to }} />}</Show>
  )
}

interface LineProps {
  readonly placed: Placed
  readonly rows: UsageReport['rows']
  readonly time: 'hour' | 'day'
  readonly stretch: { readonly from: number; readonly to: number }
}

const Line = ({ placed, rows, time, stretch: { from, to } }: LineProps) => {
  const limit = Number(placed.allowance.limit)
  const now = Date.now()
  const step = stepsMs[time]
  const known = new Map(rows.map(({ group, cost }) => [Date.parse(group[time] ?? ''), usdNumber(cost) ?? 0]))
  const moments: number[] = [from]
  const left: (number | null)[] = [limit]
  let rest = limit
  for (let at = Math.floor(from / step) * step; at < to; at += step) {
    rest -= known.get(at) ?? 0
    moments.push(Math.min(at + step, to))
    left.push(at <= now ? Math.max(0, rest) : null)
  }
  const used = Number(placed.standing.settled)
  const rate = now > from ? used / (now - from) : 0
  const forecast = moments.map((at) =>
    at + step < now ? null : Math.max(0, limit - used - rate * Math.max(0, at - now)),
  )
  const end = usedUpAt(placed, now)
  return (
    <>
      <Chart
        title={`What is left of ${placed.allowance.id}`}
        kind="lines"
        moments={moments}
        format={shortUsd}
        series={[
          { label: 'left', values: left, colour: 0 },
          { label: 'at this rate', values: forecast, colour: 1 },
        ]}
      />
      <p>
        {end === undefined ? (
          'At this rate it lasts until its time is over.'
        ) : (
          <>
            At this rate it is used up on <Time at={end} />.
          </>
        )}
      </p>
    </>
  )
}
