import type { Registry } from 'prom-client'
import { type LabelValues, type MetricName, type MetricRow, metricTable } from './metric-table.ts'
import { LabelBounds, Series } from './series.ts'
import { type Observed, TallyHistogram } from './tally-histogram.ts'
import { TallyNumbers } from './tally-numbers.ts'

type NameOf<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: (typeof metricTable)[Name]['kind'] extends Kind ? Name : never
}[MetricName]
type CounterName = NameOf<'counter'>
type HistogramName = NameOf<'histogram'>
type GaugeName = NameOf<'gauge'>

/** The text format of Prometheus. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

/** The metrics of the table, with bounded labels, in a registry of their own. Nothing in it throws. */
export class MetricRegistry {
  readonly bounds = new LabelBounds()
  readonly #hasProcess: boolean
  readonly #metrics: (TallyNumbers | TallyHistogram)[] = []
  readonly #counters = new Map<string, TallyNumbers>()
  readonly #histograms = new Map<string, Series<Observed>>()
  readonly #gauges = new Map<string, TallyNumbers>()
  #registry: Promise<Registry> | undefined

  /** `hasProcess`: figures of the process too, from when somebody first looks. */
  constructor({ hasProcess }: { readonly hasProcess: boolean }) {
    this.#hasProcess = hasProcess
    for (const [name, row] of Object.entries<MetricRow>(metricTable)) this.#make[row.kind](name, row)
  }

  /** Adds to a counter; what is not a positive number is nothing. */
  add<Name extends CounterName>(name: Name, values: LabelValues<Name>, amount = 1): void {
    const standing = this.#counters.get(name)?.at(values)
    if (standing !== undefined && amount > 0 && amount < Number.POSITIVE_INFINITY) standing.value += amount
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
    if (!Number.isFinite(value)) return
    const standing = this.#gauges.get(name)?.at(values ?? [])
    if (standing) standing.value = value
  }

  /** Forgets what a gauge was set to, under whatever labels. */
  clear(name: GaugeName): void {
    this.#gauges.get(name)?.reset()
  }

  /** All metrics in the text format of Prometheus. */
  async text(): Promise<string> {
    this.#registry ??= this.#open()
    return (await this.#registry).metrics()
  }

  /** The client library is large, and needed for its text alone. */
  async #open(): Promise<Registry> {
    const { collectDefaultMetrics, Registry } = await import('prom-client')
    const registry = new Registry()
    for (const metric of this.#metrics) registry.registerMetric(metric as never)
    if (this.#hasProcess) collectDefaultMetrics({ register: registry })
    return registry
  }

  readonly #make: Readonly<Record<MetricRow['kind'], (name: string, row: MetricRow) => void>> = {
    counter: (name, row) => void this.#counters.set(name, this.#numbers('counter', name, row)),
    histogram: (name, row) => {
      const histogram = new TallyHistogram({ ...describe(name, row), buckets: row.buckets ?? [] })
      this.#metrics.push(histogram)
      this.#histograms.set(name, new Series(row.labels, this.bounds, (values) => histogram.labels(values)))
    },
    gauge: (name, row) => void this.#gauges.set(name, this.#numbers('gauge', name, row)),
  }

  #numbers(type: 'counter' | 'gauge', name: string, row: MetricRow): TallyNumbers {
    const numbers = new TallyNumbers({ ...describe(name, row), type }, this.bounds)
    this.#metrics.push(numbers)
    return numbers
  }
}

const describe = (name: string, row: MetricRow) => ({ name, help: row.help, labelNames: [...row.labels] })
