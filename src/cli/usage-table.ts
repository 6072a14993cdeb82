import { wholeUsage } from '../core/kept-usage.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import { usdFromNanos } from '../core/money.ts'
import { inputTokens, outputTokens, type Usage } from '../core/usage.ts'
import { retriesOf } from '../stores/line-sums.ts'
import type { ReportKey, ReportRow } from '../stores/store.ts'
import { momentText } from './moments.ts'
import { type Column, table } from './table.ts'

const counts = ['CALLS', 'FAILED', 'ATTEMPTS', 'RETRIES', 'TOKENS IN', 'CACHED', 'TOKENS OUT']

const figures: readonly Column[] = [
  ...counts.map((heading): Column => ({ heading, align: 'right' })),
  { heading: 'MEASURED $', align: 'point' },
  { heading: 'ESTIMATED $', align: 'point' },
  { heading: 'UNKNOWN', align: 'right' },
  { heading: 'HITS', align: 'right' },
  { heading: 'SAVED $', align: 'point' },
]

/** Sums by group, the sum of all below them. Attempts whose cost is unknown are counted, and in no sum of money. */
export const reportTable = (by: readonly ReportKey[], rows: readonly ReportRow[], total: ReportRow): string => {
  const headings = by.map((key) => key.replace('_', ' ').toUpperCase())
  // Who has no name under a key, such as a call without a team, is told from one whose name is a line.
  const named = rows.map((row) => [...by.map((key) => row.group[key] ?? '(none)'), ...figuresOf(row)])
  const sum = [...by.map((_, index) => (index === 0 ? 'total' : '')), ...figuresOf(total)]
  return table([...headings, ...figures], by.length === 0 ? [figuresOf(total)] : [...named, sum])
}

const figuresOf = (row: ReportRow): string[] => {
  const { inputTokens: fresh, cacheReadTokens, cacheWriteTokens } = row
  const isAllUnknown = row.attempts > 0 && row.unknownCost === row.attempts
  return [
    String(row.calls),
    String(row.failed),
    String(row.attempts),
    String(retriesOf(row)),
    String(fresh + cacheReadTokens + cacheWriteTokens),
    String(cacheReadTokens),
    String(row.outputTokens + row.reasoningTokens),
    isAllUnknown ? '?' : usdFromNanos(row.measuredCost),
    isAllUnknown ? '?' : usdFromNanos(row.estimatedCost),
    String(row.unknownCost),
    String(row.hits),
    isNoSavingKnown(row) ? '?' : usdFromNanos(row.saved),
  ]
}

const isNoSavingKnown = ({ hits, saved, unknownSaved }: ReportRow): boolean =>
  hits > 0 && unknownSaved === hits && saved === 0n

/** Attempts one by one, and answers from memory. */
export const linesTable = (lines: readonly LedgerLine[]): string =>
  table(
    [
      'ENDED (UTC)',
      'KEY',
      'MODEL',
      'TARGET',
      'OUTCOME',
      { heading: 'MS', align: 'right' },
      { heading: 'IN', align: 'right' },
      { heading: 'OUT', align: 'right' },
      'USAGE',
      { heading: 'COST $', align: 'point' },
      'CALL',
    ],
    lines.map(rowOf),
  )

/** Nothing is used for an answer from memory. */
const tokensOf = ({ memory, usage }: LedgerLine, count: (usage: Usage) => number): string =>
  memory === undefined ? (usage ? String(count(wholeUsage(usage))) : '?') : '0'

const rowOf = (line: LedgerLine): string[] => [
  momentText(line.at),
  line.key,
  line.model,
  line.target,
  line.outcome,
  line.durationMs.toFixed(0),
  tokensOf(line, inputTokens),
  tokensOf(line, outputTokens),
  line.memory ?? line.usage?.source ?? 'unknown',
  line.cost === undefined ? '?' : usdFromNanos(BigInt(line.cost)),
  `${line.call}#${line.ordinal}`,
]
