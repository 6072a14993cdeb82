import { type LabelBounds, Series } from './series.ts'

/** Where a counter or a gauge stands under one set of labels. */
export interface Standing {
  value: number
}

interface Settings {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly type: 'counter' | 'gauge'
}

/** A counter or a gauge that is only numbers; the client library makes text of it when somebody looks. */
export class TallyNumbers {
  readonly name: string
  readonly help: string
  readonly type: Settings['type']
  readonly aggregator = 'sum'
  readonly #labelNames: readonly string[]
  readonly #bounds: LabelBounds
  #values: { readonly labels: Readonly<Record<string, string>>; value: number }[] = []
  #series: Series<Standing> | undefined

  constructor({ name, help, labelNames, type }: Settings, bounds: LabelBounds) {
    this.name = name
    this.help = help
    this.type = type
    this.#labelNames = labelNames
    this.#bounds = bounds
    // What has no labels is shown from the start.
    if (labelNames.length === 0) this.at([])
  }

  /** Where it stands for these values, in the order of the labels; 0 when nobody asked before. */
  at(values: readonly string[]): Standing {
    this.#series ??= new Series(this.#labelNames, this.#bounds, (bounded) => this.#begin(bounded))
    return this.#series.at(values)
  }

  /** What the registry asks for. */
  get(): object {
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values: this.#values }
  }

  /** Forgets what it stood at, under whatever labels. */
  reset(): void {
    this.#values = []
    this.#series = undefined
    if (this.#labelNames.length === 0) this.at([])
  }

  #begin(values: readonly string[]): Standing {
    const labels = Object.fromEntries(this.#labelNames.map((label, index) => [label, values[index] ?? '']))
    const standing = { labels, value: 0 }
    this.#values.push(standing)
    return standing
  }
}
