import type { Control } from '../control/control.ts'
import { wholeUsage } from '../core/kept-usage.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import { usdFromNanos } from '../core/money.ts'
import { noSums, retriesOf, rowOf } from '../stores/line-sums.ts'
import { readLine } from '../stores/matching-line.ts'
import type { ReportKey, ReportRow } from '../stores/store.ts'
import { Misuse } from './failure.ts'
import { momentJson, momentText, wholeHours } from './moments.ts'
import { type StoreOptions, withControl } from './open-control.ts'
import { inOrder } from './order.ts'
import { print, printJson, printJsonLine, tell } from './output.ts'
import { linesTable, reportTable } from './usage-table.ts'

export interface UsageOptions extends StoreOptions {
  readonly by: readonly ReportKey[]
  /** Unix milliseconds. */
  readonly from: number
  readonly to: number
  readonly where?: Readonly<Partial<Record<ReportKey, string>>>
  readonly limit: number
  readonly lines?: boolean
}

/** Tells what was used and what it cost: sums by group, or attempts one by one. */
export const usage = async (options: UsageOptions): Promise<void> => {
  if (options.from >= options.to) throw new Misuse('--from must be before --to.')
  await withControl(options, (control) => (options.lines ? tellLines(control, options) : tellSums(control, options)))
}

const tellSums = async (control: Control, options: UsageOptions): Promise<void> => {
  const { by, where = {}, limit, json } = options
  const stretch = wholeHours(options.from, options.to)
  const found = await control.usage({ ...stretch, by, where, limit: limit + 1 })
  const rows = arranged(by, found.slice(0, limit))
  const [total = nothing] = await control.usage({ ...stretch, by: [], where, limit: 1 })
  if (json) {
    const isCut = found.length > limit
    return printJson({ ...stretchJson(stretch), rows: rows.map(rowJson), isCut, total: rowJson(total) })
  }
  print(reportTable(by, rows, total))
  tell(`-- ${momentText(stretch.from)} to ${momentText(stretch.to)} UTC`)
  if (found.length > limit)
    tell(`-- only the ${limit} rows that cost most are shown; the total is of all. --limit shows more.`)
}

const nothing = rowOf({}, noSums())

const timeKeys: readonly ReportKey[] = ['hour', 'day', 'month']

/** Stores give what cost most first; where a time is asked for, time goes first. */
const arranged = (by: readonly ReportKey[], rows: readonly ReportRow[]): readonly ReportRow[] => {
  const time = by.find((key) => timeKeys.includes(key))
  if (time === undefined) return rows
  const nameOf = ({ group }: ReportRow): string => group[time] ?? ''
  return rows.toSorted((one, other) => inOrder(nameOf(one), nameOf(other)))
}

const stretchJson = ({ from, to }: { readonly from: number; readonly to: number }) => ({
  from: momentJson(from),
  to: momentJson(to),
})

const moneyJson = (nanos: bigint) => ({ usd: usdFromNanos(nanos), nanos: String(nanos) })

const rowJson = (row: ReportRow) => ({
  ...row,
  retries: retriesOf(row),
  cost: moneyJson(row.cost),
  measuredCost: moneyJson(row.measuredCost),
  estimatedCost: moneyJson(row.estimatedCost),
  saved: moneyJson(row.saved),
})

/** As JSON each line is an object on a line of its own. */
const tellLines = async (control: Control, { from, to, where = {}, limit, json }: UsageOptions): Promise<void> => {
  const found = await control.lines({ from, to, where, limit: limit + 1 })
  const lines = found
    .slice(0, limit)
    .map(readLine)
    .filter((line) => line !== undefined)
  if (json) {
    for (const line of lines) printJsonLine(lineJson(line))
    return
  }
  print(linesTable(lines))
  if (found.length > limit) tell(`-- only the newest ${limit} are shown; --limit shows more.`)
}

const lineJson = ({ at, usage, cost, held, saved, ...line }: LedgerLine) => ({
  ...line,
  usage: usage && wholeUsage(usage),
  at: momentJson(at),
  cost: cost === undefined ? undefined : moneyJson(BigInt(cost)),
  held: held === undefined ? undefined : moneyJson(BigInt(held)),
  saved: saved === undefined ? undefined : moneyJson(BigInt(saved)),
})
