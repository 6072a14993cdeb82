import type { Scope } from '../../core/scope.ts'
import { isTimeKey } from '../line-keys.ts'
import { noSums, rowOf } from '../line-sums.ts'
import { planReport, type ReportPlan } from '../report-plan.ts'
import { dayMs, hourMs, periodName } from '../report-time.ts'
import type { ReportKey, ReportQuery, ReportRow, Standing } from '../store.ts'
import { createFindLines } from './report-lines.ts'
import { reportSql } from './report-sql.ts'
import { sumColumns } from './rollup-tables.ts'
import type { Session } from './session.ts'
import { createStoreTime } from './store-time.ts'

type Value = bigint | string

const findName = 'SELECT id FROM names WHERE name = ?'

/** Reports from the sums. Throws `invalid_request` for what they cannot tell. */
const createReport = ({ database }: Session) => {
  const find = database.prepare<[string], { id: number }>(findName)
  return (query: ReportQuery): readonly ReportRow[] => {
    const plan = planReport(query)
    const ids: number[] = []
    for (const { name } of plan.conditions) {
      const id = find.get(name)?.id
      if (id === undefined) return []
      ids.push(id)
    }
    if (plan.stretch.from >= plan.stretch.to) return []
    const { text, values } = reportSql(plan, ids)
    const rows = database.prepare<unknown[], Value[]>(text).raw().safeIntegers()
    return rows.all(...values).map((row) => readRow(row, plan))
  }
}

const readRow = (row: readonly Value[], { by }: ReportPlan): ReportRow => {
  const group: Partial<Record<ReportKey, string>> = {}
  for (const [index, key] of by.entries()) {
    const name = nameOf(key, row[index] as Value)
    if (name !== '') group[key] = name
  }
  const sums = noSums()
  for (const [index, [field]] of sumColumns.entries()) {
    const value = row[by.length + index] as bigint
    if (field === 'measuredCost' || field === 'estimatedCost' || field === 'saved') sums[field] = value
    else sums[field] = Number(value)
  }
  return rowOf(group, sums)
}

const nameOf = (key: ReportKey, value: Value): string => {
  if (typeof value === 'string' || !isTimeKey(key)) return String(value)
  return periodName(key, Number(value) * (key === 'hour' ? hourMs : dayMs))
}

const findStandings = `
  SELECT allowance, subject, period_start, period_end, settled, leased, lost FROM windows
    WHERE counts_until IS NULL AND (period_end IS NULL OR period_end > $now OR leased <> 0 OR lost <> 0)
  UNION ALL
  SELECT allowance, subject, min(period_start), max(counts_until), sum(settled), sum(leased), sum(lost) FROM windows
    WHERE counts_until > $now GROUP BY allowance, subject
  ORDER BY 1, 2, 3`

type StandingRow = [string, Scope, bigint, bigint | null, bigint, bigint, bigint]

/** Where every allowance stands in the windows that count now, and in earlier ones where something is leased or lost. */
const createStandings = (session: Session) => {
  const { database } = session
  const time = createStoreTime(session)
  const find = database.prepare<[{ now: number }], StandingRow>(findStandings).raw().safeIntegers()
  return (): readonly Standing[] =>
    find.all({ now: time.now() }).map(([allowance, subject, start, end, settled, leased, lost]) => ({
      allowance,
      subject,
      start: Number(start),
      end: end === null ? Number.POSITIVE_INFINITY : Number(end),
      settled,
      leased,
      lost,
    }))
}

/** What people look at, in the reading thread. */
export const reportReader = (session: Session) => {
  // What a report sorts stays in memory: the disk belongs to the ledger.
  session.database.pragma('temp_store = memory')
  const report = createReport(session)
  const lines = createFindLines(session)
  const standings = createStandings(session)
  return { report, lines, standings: (_: undefined) => standings() }
}
