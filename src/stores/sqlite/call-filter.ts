import type { CallFilter } from '../call-store.ts'
import { between } from './call-tables.ts'

/** A condition of SQL. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

const plain = {
  model: 'model',
  key: 'key',
  team: 'team',
  user: 'user',
  endUser: 'end_user',
  session: 'session',
  outcome: 'outcome',
  error: 'error',
  purpose: 'purpose',
  prompt: 'prompt',
  parent: 'parent',
} as const

/** A filter for a row of the table of calls; it says no where something is absent. */
export const conditionOf = (where: CallFilter): Condition => {
  const { minDurationMs } = where
  const conditions: Condition[] = (Object.keys(plain) as (keyof typeof plain)[]).flatMap((field) => {
    const value = where[field]
    return value === undefined ? [] : [{ sql: `${plain[field]} IS ?`, values: [value] }]
  })
  conditions.push(...holding('targets', where.target, between), ...holding('targets', where.provider, '/'))
  conditions.push(...holding('tags', where.tag, between))
  if (minDurationMs !== undefined) conditions.push({ sql: 'duration_ms >= ?', values: [minDurationMs] })
  return {
    sql: conditions.length === 0 ? '1' : `(${conditions.map(({ sql }) => sql).join(' AND ')})`,
    values: conditions.flatMap(({ values }) => values),
  }
}

const holding = (column: string, name: string | undefined, end: string): Condition[] =>
  name === undefined ? [] : [{ sql: `instr(coalesce(${column}, ''), ?) > 0`, values: [`${between}${name}${end}`] }]
