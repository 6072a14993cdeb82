import type { Database } from 'better-sqlite3'

const parameter = /(?<![\w+])(\?|[@$]\w+)/g

/**
 * While SQLite plans a statement it looks at the values of its parameters, and then plans it anew whenever one that it looked at has
 * changed: 10 to 60 µs for a row that costs 3. Behind a sign a value is out of its sight (docs/decisions/0036-plans-that-stay.md).
 */
export const keepPlans = (database: Database): void => {
  const prepare: Database['prepare'] = database.prepare.bind(database)
  database.prepare = ((text: string) => prepare(text.replace(parameter, '+$1'))) as Database['prepare']
}
