import type { ComponentChildren } from 'preact'

/** One line or layer of a chart. */
export interface Series {
  readonly label: string
  /** One for each moment; null: nothing is known of it. */
  readonly values: readonly (number | null)[]
  /** Which colour of the palette; a tone where it means something. */
  readonly colour: number | 'good' | 'warn' | 'bad'
}

export interface ChartProps {
  /** What it shows, in one sentence, for those who do not see it. */
  readonly title: string
  /** Unix milliseconds. */
  readonly moments: readonly number[]
  readonly series: readonly Series[]
  readonly format: (value: number) => string
  /** `bars` stand on each other; `lines` cross. */
  readonly kind: 'bars' | 'lines'
  /** Told of a series as long as nobody points at the chart. Default: its sum for bars, its last value for lines. */
  readonly total?: (series: Series, index: number) => ComponentChildren
}
