import type { Database } from 'better-sqlite3'
import { isTimeKey } from '../line-keys.ts'
import { noSums, rowOf } from '../line-sums.ts'
import { planReport, type ReportPlan } from '../report-plan.ts'
import { dayMs, hourMs, periodName } from '../report-time.ts'
import type { ReportKey, ReportQuery, ReportRow } from '../store.ts'
import { reportSql } from './report-sql.ts'
import { sumColumns } from './rollup-tables.ts'

type Value = bigint | string

const findName = 'SELECT id FROM names WHERE name = ?'

/** Reports from the sums, in the reading thread. Throws `invalid_request` for what they cannot tell. */
export const createReport = (db: Database) => {
  const find = db.prepare<[string], { id: number }>(findName)
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
    const rows = db.prepare<unknown[], Value[]>(text).raw().safeIntegers()
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
    if (field === 'measuredCost' || field === 'estimatedCost') sums[field] = value
    else sums[field] = Number(value)
  }
  return rowOf(group, sums)
}

const nameOf = (key: ReportKey, value: Value): string => {
  if (typeof value === 'string' || !isTimeKey(key)) return String(value)
  return periodName(key, Number(value) * (key === 'hour' ? hourMs : dayMs))
}
