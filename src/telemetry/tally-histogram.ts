interface Child {
  readonly labels: Readonly<Record<string, string>>
  /** How many observations fell into each bucket and not into a smaller one; the last is for all beyond. */
  readonly counts: Float64Array
  sum: number
}

/** What is done with one set of labels. */
export interface Observed {
  observe(value: number): void
}

interface Settings {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  /** Upper bounds, rising. */
  readonly buckets: readonly number[]
}

/** A histogram that only counts; the client library makes text of it when somebody looks. */
export class TallyHistogram {
  readonly name: string
  readonly help: string
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly #settings: Settings
  readonly #children: Child[] = []

  constructor(settings: Settings) {
    this.name = settings.name
    this.help = settings.help
    this.#settings = settings
  }

  labels(values: readonly string[]): Observed {
    const { buckets, labelNames } = this.#settings
    const child: Child = {
      labels: Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ''])),
      counts: new Float64Array(buckets.length + 1),
      sum: 0,
    }
    this.#children.push(child)
    return {
      observe: (value) => {
        let index = 0
        while (index < buckets.length && value > (buckets[index] as number)) index++
        child.counts[index] = (child.counts[index] as number) + 1
        child.sum += value
      },
    }
  }

  /** What the registry asks for: cumulative buckets, as the text format wants them. */
  get(): object {
    const values = this.#children.flatMap((child) => this.#valuesOf(child))
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values }
  }

  #valuesOf({ labels, counts, sum }: Child): object[] {
    let total = 0
    const buckets = [...this.#settings.buckets, '+Inf'].map((le, index) => {
      total += counts[index] as number
      return { labels: { le, ...labels }, value: total, metricName: `${this.name}_bucket` }
    })
    return [
      ...buckets,
      { labels, value: sum, metricName: `${this.name}_sum` },
      { labels, value: total, metricName: `${this.name}_count` },
    ]
  }

  /** Part of what a registry may ask of a metric. */
  reset(): void {
    this.#children.length = 0
  }
}
