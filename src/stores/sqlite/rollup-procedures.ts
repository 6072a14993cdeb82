import type { Database, Statement } from 'better-sqlite3'
import { plainKeys } from '../line-keys.ts'
import type { Sums } from '../line-sums.ts'
import type { Gathered, Mark } from './rollup-gather.ts'
import { plainColumns, scopedNumbers, sumColumns } from './rollup-tables.ts'
import type { Session } from './session.ts'

/** Sums stay at the largest number there is instead of passing it, which would make the row unreadable. */
const added = sumColumns
  .map(([, column]) => `${column} = min(${column}, 9223372036854775807 - excluded.${column}) + excluded.${column}`)
  .join(', ')

const upsert = (table: string, keys: readonly string[]): string => {
  const columns = [...keys, ...sumColumns.map(([, column]) => column)]
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${added}`
}

const idColumns = plainKeys.map((key) => plainColumns[key])
const readMark = 'SELECT block, line FROM rollup_mark WHERE id = 1'
const moveMark = 'UPDATE rollup_mark SET block = ?, line = ?, owner = ?, at = ? WHERE id = 1'
const dropBlockSums = 'DELETE FROM block_sums WHERE block < ?'
const findName = 'SELECT id FROM names WHERE name = ?'
const addName = 'INSERT INTO names (name) VALUES (?)'

type Values = (number | bigint | string)[]

export interface AddGathered {
  readonly gathered: Gathered
  readonly owner: string
}

/** Adding sums to what reports read, in the writing thread. */
export const rollupWriter = ({ database, wall }: Session) => {
  const mark = database.prepare<[], Mark>(readMark)
  const move = database.prepare<[number, number, string, number]>(moveMark)
  const drop = database.prepare<[number]>(dropBlockSums)
  const number = createNumberOf(database)
  const add = createAdd(database)
  return {
    /**
     * Moves the mark in the same transaction: each line is counted once, whoever else sums up at the same time, and
     * whenever one is killed. False when the mark is elsewhere by now: another was faster, and nothing was done.
     */
    addGathered: ({ gathered, owner }: AddGathered): boolean => {
      const found = mark.get()
      const { after, upTo } = gathered
      if (found?.block !== after.block || found.line !== after.line) return false
      add(gathered, gathered.names.map(number))
      move.run(upTo.block, upTo.line, owner, wall())
      drop.run(upTo.block)
      return true
    },
  }
}

const createAdd = (database: Database): ((gathered: Gathered, ids: readonly number[]) => void) => {
  const hours = database.prepare<Values>(upsert('hours', ['hour', ...idColumns]))
  const days = database.prepare<Values>(upsert('days', ['day', ...idColumns]))
  const scopeHours = database.prepare<Values>(upsert('scope_hours', ['kind', 'hour', 'name']))
  const scopeDays = database.prepare<Values>(upsert('scope_days', ['kind', 'day', 'name']))
  return (gathered, ids) => {
    for (const { hour, names, sums } of gathered.plain) {
      const values = [...names.map((name) => ids[name] as number), ...valuesOf(sums)]
      hours.run(hour, ...values)
      days.run(Math.floor(hour / 24), ...values)
    }
    for (const { hour, kind, name, sums } of gathered.scoped) {
      const values = valuesOf(sums)
      scopeHours.run(scopedNumbers[kind], hour, name, ...values)
      scopeDays.run(scopedNumbers[kind], Math.floor(hour / 24), name, ...values)
    }
  }
}

const valuesOf = (sums: Sums): (number | bigint)[] => sumColumns.map(([field]) => sums[field])

const createNumberOf = (db: Database): ((name: string) => number) => {
  const find: Statement<[string], { id: number }> = db.prepare(findName)
  const insert = db.prepare<[string]>(addName)
  return (name) => find.get(name)?.id ?? Number(insert.run(name).lastInsertRowid)
}
