import type { Row } from './rig.ts'

/** The middle of the samples. */
export const median = (samples: readonly number[]): number => {
  const sorted = samples.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Three digits that count. */
const short = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

const ratio = (row: Row, other: 'nginx' | 'floor'): string => {
  const { tollgate, [other]: compared } = row.samples
  return tollgate && compared ? (median(tollgate) / median(compared)).toFixed(2) : ''
}

const figure = (samples: readonly number[] | undefined): string => (samples ? short(median(samples)) : '')

const withSpread = (samples: readonly number[] | undefined): string => {
  if (!samples || samples.length < 2) return figure(samples)
  return `${figure(samples)} (${short(Math.min(...samples))}–${short(Math.max(...samples))})`
}

const titles = ['measure', '× nginx', '× floor', 'tollgate (least–most)', 'floor', 'nginx', 'unit', 'target']

const cells = (row: Row): string[] => [
  row.measure,
  ratio(row, 'nginx'),
  ratio(row, 'floor'),
  withSpread(row.samples.tollgate),
  figure(row.samples.floor),
  figure(row.samples.nginx),
  row.unit,
  row.target ?? '',
]

/** The rows as a Markdown table that is aligned for readers of the text, too. Figures are medians. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [titles, ...rows.map(cells)]
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const aligned = lines.map(
    (line) => `| ${line.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`,
  )
  const rule = `| ${widths.map((width, column) => (isNumeric(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  return [aligned[0], rule, ...aligned.slice(1)].join('\n')
}

const isNumeric = (column: number): boolean => column > 0 && column < 6

const pad = (cell: string, width: number, column: number): string =>
  isNumeric(column) ? cell.padStart(width) : cell.padEnd(width)
