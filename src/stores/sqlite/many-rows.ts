import type { Database } from 'better-sqlite3'

type Row = readonly (string | number | Uint8Array | null)[]

/** So many rows go into a table with one statement; more of them would save nothing. */
const together = 16

/**
 * Puts rows into a table, many with one statement, as each costs about as much as a row itself. `into` is the beginning of the
 * statement, up to the values. Gives the number of the last row.
 */
export const createInsert = (database: Database, into: string, columns: number): ((rows: readonly Row[]) => number) => {
  const row = `(${new Array(columns).fill('?').join(', ')})`
  const many = database.prepare(`${into} VALUES ${new Array(together).fill(row).join(', ')}`)
  const one = database.prepare(`${into} VALUES ${row}`)
  return (rows) => {
    let last: number | bigint = 0
    let from = 0
    for (; from + together <= rows.length; from += together)
      last = many.run(rows.slice(from, from + together).flat()).lastInsertRowid
    for (const each of rows.slice(from)) last = one.run(each).lastInsertRowid
    return Number(last)
  }
}
