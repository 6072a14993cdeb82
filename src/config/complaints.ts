/** Where something stands in the configuration: `['models', 'chat', 'targets', 1]`. */
export type Path = readonly (string | number)[]

/** One thing that is wrong with a configuration, and where. */
export interface Complaint {
  /** The file as it was named; undefined when the configuration came as a value. */
  readonly file?: string | undefined
  /** From 1. Undefined when the configuration came as a value, or when nothing in the file is to blame. */
  readonly line?: number | undefined
  readonly column?: number | undefined
  /** As people write it: `models.chat.targets[1]`; empty when the whole is meant. */
  readonly path: string
  readonly problem: string
}

const mostPrinted = 100

/** A configuration that cannot be used, with everything that is wrong with it, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly complaints: readonly Complaint[]

  constructor(complaints: readonly Complaint[]) {
    const sorted = complaints.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    const more = sorted.length > mostPrinted ? [`… and ${sorted.length - mostPrinted} more`] : []
    super([...sorted.slice(0, mostPrinted).map(complaintText), ...more].join('\n'))
    this.complaints = sorted
  }
}

const complaintText = ({ file, line, column, path, problem }: Complaint): string => {
  const place = file === undefined ? '' : line === undefined ? file : `${file}:${line}:${column}`
  return `${[place, path].filter((part) => part !== '').join(' ') || 'configuration'}: ${problem}`
}

/** A path as people write it; a name that would be ambiguous stands in brackets: `prices["openai/gpt-5"].input`. */
export const pathText = (path: Path): string => {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!/^[A-Za-z_$][\w$-]{0,59}$/.test(step)) text += `[${shown(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

const longestShown = 60

/** A value as a complaint shows it: quoted, on one line, cut when it is long. */
export const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  if (value === null || value === undefined) return 'nothing'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value)
}
