import { count, duration, momentMs, shortUsd, usdNumber } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { stepsMs } from '../stretches.ts'
import type { Overview, Percentiles, Totals } from '../types.ts'

interface ChartsProps {
  readonly overview: Overview
  readonly range: string
}

type Point = Overview['points'][number]

/** Every step of the stretch; those in which nothing happened are not told. */
const wholeOf = ({ from, to, step, points }: Overview) => {
  const stepMs = stepsMs[step]
  const known = new Map(points.map((point) => [momentMs(point.at), point]))
  const moments: number[] = []
  for (let at = momentMs(from); at < momentMs(to); at += stepMs) moments.push(at)
  return { moments, points: moments.map((at) => known.get(at)) }
}

/** Traffic, time, tokens and money over time. */
export const OverviewCharts = ({ overview, range }: ChartsProps) => {
  const { totals } = overview
  const { moments, points } = wholeOf(overview)
  const of = (read: (point: Point) => number | null | undefined) =>
    points.map((point) => (point && (read(point) ?? null)) ?? null)
  return (
    <div class="grid">
      <Card title="Calls">
        <Chart
          title={`Calls in ${range} by how they ended`}
          kind="bars"
          moments={moments}
          format={count}
          series={[
            { label: 'ok', values: of(({ ok }) => ok), colour: 'good' },
            { label: 'cancelled', values: of(({ cancelled }) => cancelled), colour: 'warn' },
            { label: 'errors', values: of(({ errors }) => errors), colour: 'bad' },
          ]}
        />
      </Card>
      <Card title="Latency">
        <Percentages
          title={`Latency in ${range}`}
          moments={moments}
          all={totals.latencyMs}
          of={of}
          read={(point) => point.latencyMs}
        />
      </Card>
      <Card title="First token">
        <Percentages
          title={`Time to the first token in ${range}`}
          moments={moments}
          all={totals.firstTokenMs}
          of={of}
          read={(point) => point.firstTokenMs}
        />
      </Card>
      <Card title="Tokens">
        <Chart
          title={`Tokens in ${range}`}
          kind="bars"
          moments={moments}
          format={count}
          series={[
            { label: 'input', values: of(({ inputTokens }) => inputTokens), colour: 0 },
            { label: 'cached input', values: of((point) => point.cacheReadTokens + point.cacheWriteTokens), colour: 2 },
            { label: 'output', values: of(({ outputTokens }) => outputTokens), colour: 1 },
          ]}
        />
      </Card>
      <Card title="Spend">
        <Chart
          title={`Spend in ${range}`}
          kind="bars"
          moments={moments}
          format={shortUsd}
          series={[{ label: 'cost', values: of(({ costUsd }) => usdNumber(costUsd)), colour: 3 }]}
          total={() => shortUsd(totals.costUsd)}
        />
      </Card>
      <Card title="Answered from memory">
        <Chart
          title={`Calls answered from memory in ${range}`}
          kind="bars"
          moments={moments}
          format={count}
          series={[{ label: 'hits', values: of(({ hits }) => hits), colour: 2 }]}
        />
      </Card>
    </div>
  )
}

interface PercentagesProps {
  readonly title: string
  readonly moments: readonly number[]
  readonly all: Percentiles | null | undefined
  readonly of: (read: (point: Point) => number | null | undefined) => (number | null)[]
  readonly read: (point: Totals) => Percentiles | null | undefined
}

const names = ['p50', 'p95', 'p99'] as const

const Percentages = ({ title, moments, all, of, read }: PercentagesProps) => (
  <Chart
    title={title}
    kind="lines"
    moments={moments}
    format={duration}
    series={names.map((name, colour) => ({ label: name, values: of((point) => read(point)?.[name]), colour }))}
    total={(_series, index) => (all ? duration(all[names[index] ?? 'p50']) : '–')}
  />
)
