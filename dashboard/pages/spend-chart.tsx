import { shortUsd, usdNumber } from '../format.ts'
import { Chart } from '../parts/chart.tsx'
import { stepsMs } from '../stretches.ts'
import { nameOf, sumUsd, type UsageReport, type UsageRow } from './usage-report.ts'

const mostSeries = 7

interface SpendChartProps {
  readonly report: UsageReport
  /** What layers are. */
  readonly by: string
  /** What steps are. */
  readonly time: 'hour' | 'day'
  readonly title: string
}

/** Money over time, a layer for each of those that cost most, and one for all others. */
export const SpendChart = ({ report, by, time, title }: SpendChartProps) => {
  const moments: number[] = []
  for (let at = Date.parse(report.from); at < Date.parse(report.to); at += stepsMs[time]) moments.push(at)
  const byName = Map.groupBy(report.rows, (row) => nameOf(row, by))
  const sums = [...byName]
    .map(([name, rows]) => ({ name, rows, sum: Number(sumUsd(rows.map(({ cost }) => cost))) }))
    .sort((one, other) => other.sum - one.sum)
  const rest = sums.slice(mostSeries).flatMap(({ rows }) => rows)
  const layers = sums.slice(0, mostSeries).map(({ name, rows }) => ({ name, rows }))
  if (rest.length > 0) layers.push({ name: 'all others', rows: rest })
  const valuesOf = (rows: readonly UsageRow[]): number[] => {
    const at = new Map<number, number>()
    for (const row of rows) {
      const moment = Date.parse(row.group[time] ?? '')
      at.set(moment, (at.get(moment) ?? 0) + (usdNumber(row.cost) ?? 0))
    }
    return moments.map((moment) => at.get(moment) ?? 0)
  }
  return (
    <>
      <Chart
        title={title}
        kind="bars"
        moments={moments}
        format={shortUsd}
        series={layers.map(({ name, rows }, index) => ({ label: name, values: valuesOf(rows), colour: index }))}
      />
      {report.isCut && <p class="warn">There is more than this chart shows: choose a shorter time.</p>}
    </>
  )
}
