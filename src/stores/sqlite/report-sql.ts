import { isPlainKey, isScopedKey } from '../line-keys.ts'
import type { ReportPlan } from '../report-plan.ts'
import { dayMs, hourMs } from '../report-time.ts'
import type { ReportKey } from '../store.ts'
import { plainColumns, scopedNumbers, sumColumns } from './rollup-tables.ts'

/** A statement and what goes into it. */
export interface Sql {
  readonly text: string
  readonly values: readonly (number | string)[]
}

interface Piece {
  readonly time: 'hour' | 'day'
  /** Hours or days since 1970, from inclusive, to exclusive. */
  readonly from: number
  readonly to: number
}

/** Whole days are read from the sums by day, what sticks out at both ends from those by hour. */
const piecesOf = ({ stretch, by }: ReportPlan): Piece[] => {
  const [from, to] = [stretch.from / hourMs, stretch.to / hourMs]
  const [fromDay, toDay] = [Math.ceil(stretch.from / dayMs), Math.floor(stretch.to / dayMs)]
  if (by.includes('hour') || fromDay >= toDay) return [{ time: 'hour', from, to }]
  const pieces: Piece[] = [
    { time: 'hour', from, to: fromDay * 24 },
    { time: 'day', from: fromDay, to: toDay },
    { time: 'hour', from: toDay * 24, to },
  ]
  return pieces.filter((piece) => piece.from < piece.to)
}

const timeExpressions = {
  hour: { hour: 'hour', day: 'hour / 24', month: "strftime('%Y-%m', hour * 3600, 'unixepoch')" },
  day: { hour: 'day * 24', day: 'day', month: "strftime('%Y-%m', day * 86400, 'unixepoch')" },
} as const

const expression = (key: ReportKey, time: Piece['time']): string => {
  if (isPlainKey(key)) return plainColumns[key]
  return isScopedKey(key) ? 'name' : timeExpressions[time][key]
}

const columns = sumColumns.map(([, column]) => column)
const totals = columns.map((column) => `sum(${column}) AS ${column}`).join(', ')

/** A name for each key of the group. */
const groups = (by: readonly ReportKey[]): string[] => by.map((_, index) => `g${index}`)
const grouped = (by: readonly ReportKey[]): string => (by.length === 0 ? '' : `GROUP BY ${groups(by).join(', ')}`)

const armOf = (plan: ReportPlan, piece: Piece, ids: readonly number[]): Sql => {
  const { time } = piece
  const table = plan.scoped === undefined ? `${time}s` : `scope_${time}s`
  const selected = plan.by.map((key, index) => `${expression(key, time)} AS g${index}, `).join('')
  const conditions = [`${time} >= ?`, `${time} < ?`]
  const values: (number | string)[] = [piece.from, piece.to]
  for (const [index, { key }] of plan.conditions.entries()) {
    conditions.push(`${plainColumns[key]} = ?`)
    values.push(ids[index] as number)
  }
  if (plan.scoped !== undefined) {
    conditions.push('kind = ?')
    values.push(scopedNumbers[plan.scoped])
  }
  if (plan.scopedName !== undefined) {
    conditions.push('name = ?')
    values.push(plan.scopedName)
  }
  const where = conditions.join(' AND ')
  return { text: `SELECT ${selected}${totals} FROM ${table} WHERE ${where} ${grouped(plan.by)}`, values }
}

/** Sums of sums; a single arm needs none, which saves as much time again. */
const summed = (arms: readonly Sql[], by: readonly ReportKey[]): string =>
  `SELECT ${[...groups(by), totals].join(', ')} FROM (${arms.map(({ text }) => text).join(' UNION ALL ')}) ${grouped(by)}`

/**
 * The statement of a report; `ids` are the numbers of the names in its conditions. Its text is put together from the
 * names in our own tables alone; whatever somebody asks for is a value.
 */
export const reportSql = (plan: ReportPlan, ids: readonly number[]): Sql => {
  const arms = piecesOf(plan).map((piece) => armOf(plan, piece, ids))
  const { by } = plan
  const named = by.map((key, index) => (isPlainKey(key) ? `n${index}.name` : `g${index}`))
  const joins = by.map((key, index) => (isPlainKey(key) ? `JOIN names n${index} ON n${index}.id = g${index}` : ''))
  const inner = arms.length === 1 ? arms[0]?.text : summed(arms, by)
  const order = ['measured_cost + estimated_cost DESC', ...named].join(', ')
  const text = `SELECT ${[...named, ...columns].join(', ')} FROM (${inner} HAVING sum(attempts) + sum(hits) > 0) ${joins.join(' ')} ORDER BY ${order} LIMIT ?`
  return { text, values: [...arms.flatMap(({ values }) => values), plan.limit] }
}
