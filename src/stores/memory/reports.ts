import { setImmediate } from 'node:timers/promises'
import type { LedgerLine } from '../../core/ledger-line.ts'
import type { Scope } from '../../core/scope.ts'
import { plainName, scopedNames } from '../line-keys.ts'
import { addLine, noSums, rowOf, type Sums } from '../line-sums.ts'
import { matches, readLine } from '../matching-line.ts'
import { planLines, planReport, type ReportPlan } from '../report-plan.ts'
import { periodName } from '../report-time.ts'
import type {
  AuditEntry,
  Batch,
  LineQuery,
  ReportKey,
  ReportQuery,
  ReportRow,
  ReportStore,
  Standing,
} from '../store.ts'

/** Where allowances stand: the ledger beside these reports. */
export interface StandingsSource {
  standings(): readonly Standing[]
  /** Takes what is `lost` off `settled` and returns it. What is booked late for it is then counted anew. */
  releaseLost(allowance: string, subject: Scope): bigint
  /** Writes the audit line of a release. */
  note(audit: Omit<AuditEntry, 'at'>): void
}

/** The reports of one process, and how the ledger beside them tells what happened. */
export interface MemoryReports extends ReportStore {
  /** Takes in the lines of a batch that was settled; each batch once. */
  book(batch: Pick<Batch, 'lines' | 'count'>): void
  /** Says where allowances stand. Without it there are none. */
  follow(source: StandingsSource): void
}

/**
 * Reports over the newest lines of this process, about `mostLines` (default 50,000): what is older is forgotten, also in
 * sums. Lines are kept as text and read when somebody asks, so that a call costs next to nothing.
 */
export const createMemoryReports = ({ mostLines = 50_000 } = {}): MemoryReports => {
  const blocks: Block[] = []
  let kept = 0
  let source: StandingsSource | undefined

  const book = ({ lines, count }: Block): void => {
    if (count === 0) return
    blocks.push({ lines, count })
    kept += count
    while (kept > mostLines && blocks.length > 1) kept -= blocks.shift()?.count ?? 0
  }

  return {
    book,
    follow: (given) => {
      source = given
    },
    report: (query) => report([...blocks], query),
    lines: (query) => find([...blocks], query),
    standings: async () => source?.standings() ?? [],
    releaseLost: async (allowance, subject, audit) => {
      const amount = source?.releaseLost(allowance, subject) ?? 0n
      if (amount > 0n) source?.note(audit)
      return amount
    },
  }
}

type Block = Pick<Batch, 'lines' | 'count'>

/** Calls back with every line, and lets calls go on in between. */
const readAll = async (blocks: readonly Block[], see: (line: LedgerLine, text: string) => void): Promise<void> => {
  let read = 0
  for (const { lines } of blocks) {
    for (const text of lines.split('\n')) {
      const line = text === '' ? undefined : readLine(text)
      if (line) see(line, text)
      if (++read % linesPerTurn === 0) await setImmediate()
    }
  }
}

const linesPerTurn = 500

const find = async (blocks: readonly Block[], query: LineQuery): Promise<string[]> => {
  const plan = planLines(query)
  const found: { at: number; text: string }[] = []
  await readAll(blocks, (line, text) => {
    if (matches(line, plan)) found.push({ at: line.at, text })
  })
  return found
    .reverse()
    .sort((one, other) => other.at - one.at)
    .slice(0, plan.limit)
    .map(({ text }) => text)
}

interface Group {
  readonly names: readonly string[]
  readonly sums: Sums
}

const report = async (blocks: readonly Block[], query: ReportQuery): Promise<ReportRow[]> => {
  const plan = planReport(query)
  const groups = new Map<string, Group>()
  await readAll(blocks, (line) => {
    if (!isMeant(line, plan)) return
    for (const scopedName of scopedOf(line, plan)) {
      const names = plan.by.map((key) => nameUnder(key, line, scopedName))
      const id = JSON.stringify(names)
      const group = groups.get(id) ?? { names, sums: noSums() }
      groups.set(id, group)
      addLine(group.sums, line)
    }
  })
  return [...groups.values()]
    .sort(byCostThenNames)
    .slice(0, plan.limit)
    .map(({ names, sums }) => rowOf(groupOf(plan.by, names), sums))
}

const isMeant = (line: LedgerLine, { stretch, conditions }: ReportPlan): boolean =>
  line.at >= stretch.from && line.at < stretch.to && conditions.every(({ key, name }) => plainName(line, key) === name)

/** A report about tags counts a line once under each of its tags; one about nothing of the kind counts it once. */
const scopedOf = (line: LedgerLine, { scoped, scopedName }: ReportPlan): readonly string[] => {
  if (scoped === undefined) return ['']
  const names = scopedNames(line, scoped)
  return scopedName === undefined ? names : names.filter((name) => name === scopedName)
}

const nameUnder = (key: ReportKey, line: LedgerLine, scopedName: string): string => {
  if (key === 'hour' || key === 'day' || key === 'month') return periodName(key, line.at)
  if (key === 'end_user' || key === 'session' || key === 'tag') return scopedName
  return plainName(line, key)
}

const groupOf = (by: readonly ReportKey[], names: readonly string[]): ReportRow['group'] =>
  Object.fromEntries(by.map((key, index) => [key, names[index]]).filter(([, name]) => name !== ''))

const costOf = ({ sums }: Group): bigint => sums.measuredCost + sums.estimatedCost

const byCostThenNames = (one: Group, other: Group): number => {
  const difference = costOf(other) - costOf(one)
  if (difference !== 0n) return difference > 0n ? 1 : -1
  for (const [index, name] of one.names.entries()) {
    const order = Buffer.compare(Buffer.from(name), Buffer.from(other.names[index] ?? ''))
    if (order !== 0) return order
  }
  return 0
}
