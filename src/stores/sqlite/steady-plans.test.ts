import assert from 'node:assert/strict'
import { test } from 'node:test'
import Database, { type Statement } from 'better-sqlite3'
import { keepPlans } from './steady-plans.ts'

const filled = (): Database.Database => {
  const database = new Database(':memory:')
  database.exec(`CREATE TABLE rows (number INTEGER PRIMARY KEY, owner TEXT NOT NULL, due INTEGER NOT NULL) STRICT;
    CREATE INDEX rows_due ON rows (owner, due); CREATE INDEX rows_owned ON rows (owner)`)
  const add = database.prepare('INSERT INTO rows (owner, due) VALUES (?, ?)')
  for (let index = 0; index < 1_000; index++) add.run(`owner-${index % 10}`, index)
  return database
}

const least = (statement: Statement): number => {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 50; turn++) {
    const began = performance.now()
    for (let index = 0; index < 20; index++) statement.get(`owner-${index % 10}`)
    least = Math.min(least, performance.now() - began)
  }
  return least
}

test('parameters of every kind are given as before', () => {
  const database = filled()
  keepPlans(database)
  const find = (text: string, ...values: unknown[]): unknown =>
    database
      .prepare(text)
      .pluck()
      .get(...values)
  assert.equal(find('SELECT count(*) FROM rows WHERE owner = ? AND due >= ?', 'owner-3', 500), 50)
  assert.equal(
    find('SELECT count(*) FROM rows WHERE owner = @owner AND due BETWEEN @from AND $to', {
      owner: 'owner-3',
      from: 0,
      to: 99,
    }),
    10,
  )
  assert.equal(find('SELECT 1+@one', { one: 1 }), 2)
  assert.equal(find("SELECT json_extract(?, '$.a')", '{"a":5}'), 5)
  // A column gives its type to what it is compared with.
  assert.equal(find('SELECT count(*) FROM rows WHERE due = ?', '7'), 1)
  assert.throws(() => database.prepare('INSERT INTO rows (owner, due) VALUES (?, ?)').run('owner-1', 'soon'), /INTEGER/)
})

test('a statement is planned once, and not for every value', () => {
  const text = 'SELECT number FROM rows WHERE owner = ? ORDER BY due, number LIMIT 1'
  const plain = filled()
  const steady = filled()
  keepPlans(steady)
  const withoutIt = least(plain.prepare(text))
  const withIt = least(steady.prepare(text))
  assert.ok(withIt * 2 < withoutIt, `${withIt} ms with it, ${withoutIt} ms without`)
})
