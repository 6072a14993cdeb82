import { Counter, Gauge, Registry } from 'prom-client'
import { type LabelValues, type MetricName, type MetricRow, metricTable } from './metric-table.ts'
import { LabelBounds, Series } from './series.ts'
import { type Observed, TallyHistogram } from './tally-histogram.ts'

/** A counter's child. Adding to a number costs a hundredth of what the client's own child costs, so it waits here. */
interface Tally {
  pending: number
  readonly child: { inc(value: number): void }
}

type NameOf<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: (typeof metricTable)[Name]['kind'] extends Kind ? Name : never
}[MetricName]
type CounterName = NameOf<'counter'>
type HistogramName = NameOf<'histogram'>
type GaugeName = NameOf<'gauge'>

/** The metrics of the table, with bounded labels, in a registry of their own. Nothing in it throws. */
export class MetricRegistry {
  readonly registry = new Registry()
  readonly bounds = new LabelBounds()
  readonly #tallies: Tally[] = []
  readonly #counters = new Map<string, Series<Tally>>()
  readonly #histograms = new Map<string, Series<Observed>>()
  readonly #gauges = new Map<string, Gauge>()

  constructor() {
    for (const [name, row] of Object.entries<MetricRow>(metricTable)) this.#make[row.kind](name, row)
  }

  /** Adds to a counter; what is not a positive number is nothing. */
  add<Name extends CounterName>(name: Name, values: LabelValues<Name>, amount = 1): void {
    const tally = this.#counters.get(name)?.at(values)
    if (tally !== undefined && amount > 0 && amount < Number.POSITIVE_INFINITY) tally.pending += amount
  }

  /** Notes a duration given in milliseconds; what is not a number is nothing. */
  observeMs<Name extends HistogramName>(name: Name, values: LabelValues<Name>, durationMs: number): void {
    if (Number.isFinite(durationMs))
      this.#histograms
        .get(name)
        ?.at(values)
        .observe(durationMs / 1_000)
  }

  set<Name extends GaugeName>(name: Name, value: number, values?: LabelValues<Name>): void {
    const gauge = this.#gauges.get(name)
    if (!gauge || !Number.isFinite(value)) return
    const { labels }: MetricRow = metricTable[name]
    if (labels.length === 0) gauge.set(value)
    else if (values) {
      const bounded = labels.map((label, index) => this.bounds.bounded(label, values[index] as string))
      gauge.labels(...bounded).set(value)
    }
  }

  /** Forgets what a gauge was set to, under whatever labels. */
  clear(name: GaugeName): void {
    this.#gauges.get(name)?.reset()
  }

  /** All metrics in the text format of Prometheus. */
  text(): Promise<string> {
    for (const tally of this.#tallies) {
      if (tally.pending === 0) continue
      tally.child.inc(tally.pending)
      tally.pending = 0
    }
    return this.registry.metrics()
  }

  readonly #make: Readonly<Record<MetricRow['kind'], (name: string, row: MetricRow) => void>> = {
    counter: (name, row) => {
      const counter = new Counter({ ...describe(name, row), registers: [this.registry] })
      const series = new Series(row.labels, this.bounds, (values) => {
        const tally = { pending: 0, child: values.length === 0 ? counter : counter.labels(...values) }
        this.#tallies.push(tally)
        return tally
      })
      this.#counters.set(name, series)
    },
    histogram: (name, row) => {
      const histogram = new TallyHistogram({ ...describe(name, row), buckets: row.buckets ?? [] }, this.registry)
      this.#histograms.set(name, new Series(row.labels, this.bounds, (values) => histogram.labels(values)))
    },
    gauge: (name, row) => {
      this.#gauges.set(name, new Gauge({ ...describe(name, row), registers: [this.registry] }))
    },
  }
}

const describe = (name: string, row: MetricRow) => ({ name, help: row.help, labelNames: [...row.labels] })
