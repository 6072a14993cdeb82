import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import type { CallEntry } from '../../core/call-entry.ts'
import { openCallsHere, withCallFile } from '../../testing/calls-here.ts'
import { addEntries, entriesBegin, manyEntries, sampleEntry } from '../../testing/sample-entries.ts'
import type { CallStore } from '../call-store.ts'
import { callFile } from './call-tables.ts'
import { openForWriting } from './open-database.ts'

const hourMs = 3_600_000

const listOf = async (calls: CallStore): Promise<readonly CallEntry[]> =>
  (await calls.list({ from: 0, to: entriesBegin + hourMs, where: {}, limit: 10_000 })).entries

const plain = (entries: readonly CallEntry[]): CallEntry[] =>
  JSON.parse(JSON.stringify(entries.toSorted((one, other) => (one.id < other.id ? -1 : 1))))

/** A number that is read from the file. */
const numberIn = (path: string, sql: string): number => {
  const database = new Database(path, { readonly: true })
  try {
    return Number(database.prepare(sql).pluck().get())
  } finally {
    database.close()
  }
}

const blocksIn = (path: string): number => numberIn(path, 'SELECT count(*) FROM blocks')

/** A file as it was made before there were blocks, with calls in it. */
const makeOldFile = (path: string, entries: readonly CallEntry[]): void => {
  const database = openForWriting(path, { ...callFile, migrations: callFile.migrations.slice(0, 3) })
  const call = database.prepare(
    `INSERT INTO calls (started_at, id, duration_ms, model, key, outcome, targets, end_user)
     VALUES (?, ?, ?, ?, ?, ?, '', ?)`,
  )
  const entry = database.prepare('INSERT INTO entries (seq, entry) VALUES (?, ?)')
  database.transaction(() => {
    for (const each of entries) {
      const { startedAt, id, durationMs, model, key, outcome, endUser = null } = each
      const { lastInsertRowid } = call.run(startedAt, id, durationMs, model, key, outcome, endUser)
      entry.run(lastInsertRowid, JSON.stringify(each))
    }
    database.prepare('UPDATE progress SET through = ?').run(entries.length)
  })()
  database.close()
}

describe('entries of calls in blocks', { timeout: 60_000 }, () => {
  it(
    'are found and listed as they were written, one alone as well as many together',
    withCallFile(async (path) => {
      const calls = openCallsHere(path)
      const entries = manyEntries(40)
      for (const count of [1, 7, 0, 32]) if (count > 0) await addEntries(calls, entries.splice(0, count))
      assert.equal(blocksIn(path), 3)
      assert.deepEqual(plain(await listOf(calls)), plain(manyEntries(40)))
      for (const entry of manyEntries(40))
        assert.deepEqual(plain([(await calls.find(entry.id)) as CallEntry]), plain([entry]))
      await calls.close()
    }),
  )

  it(
    'stay until the last call of their block is gone, and go with it',
    withCallFile(async (path) => {
      const calls = openCallsHere(path)
      const at = (id: string, minute: number) => sampleEntry({ id, startedAt: entriesBegin + minute * 60_000 })
      await addEntries(calls, [at('a', 1), at('b', 40), at('c', 2)])
      await addEntries(calls, [at('d', 3), at('e', 4)])
      await addEntries(calls, [at('f', 50)])
      const retain = async (minute: number): Promise<void> => {
        while (await calls.retain(entriesBegin + hourMs + minute * 60_000)) {}
      }
      await retain(3.5)
      assert.deepEqual([blocksIn(path), (await listOf(calls)).map(({ id }) => id)], [3, ['f', 'b', 'e']])
      await retain(10)
      assert.deepEqual([blocksIn(path), (await listOf(calls)).map(({ id }) => id)], [2, ['f', 'b']])
      assert.equal((await calls.find('b'))?.id, 'b')
      await retain(60)
      assert.equal(blocksIn(path), 0)
      await calls.close()
    }),
  )

  it(
    'are read beside those that were written one by one, which are found by name, added up and taken away as well',
    withCallFile(async (path) => {
      const [old, fresh] = [manyEntries(9_000, { minutes: 30 }), manyEntries(200, { seed: 2, minutes: 30 })]
      makeOldFile(path, old)
      const calls = openCallsHere(path)
      await addEntries(calls, fresh.slice(0, 100))
      await addEntries(calls, fresh.slice(100))
      assert.deepEqual(plain(await listOf(calls)), plain([...old, ...fresh]))
      for (const id of ['call-1-0', 'call-1-8999', 'call-2-199']) assert.equal((await calls.find(id))?.id, id)
      const all = { from: entriesBegin, to: entriesBegin + hourMs }
      const { entries: named } = await calls.list({ ...all, where: { endUser: 'user-7' }, limit: 10_000 })
      assert.equal(named.length, [...old, ...fresh].filter(({ endUser }) => endUser === 'user-7').length)
      const { rows } = await calls.feedback.quality({ ...all, by: 'model', budgets: {} })
      assert.equal(
        rows.reduce((sum, { sums }) => sum + sums.calls, 0),
        9_200,
      )
      while (await calls.retain(entriesBegin + 2 * hourMs)) {}
      assert.deepEqual(await listOf(calls), [])
      assert.equal(numberIn(path, 'SELECT count(*) FROM entries'), 0)
      await calls.close()
    }),
  )

  it(
    'are whole, each with its call, when their process is killed while it writes',
    withCallFile(async (path) => {
      const program = `
        import { openCallsHere } from ${JSON.stringify(new URL('../../testing/calls-here.ts', import.meta.url))}
        import { addEntries, manyEntries } from ${JSON.stringify(new URL('../../testing/sample-entries.ts', import.meta.url))}
        const calls = openCallsHere(${JSON.stringify(path)})
        for (let seed = 1; ; seed++) {
          await addEntries(calls, manyEntries(100, { seed }))
          if (seed === 30) console.log('writing')
        }`
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
      const calls = openCallsHere(path)
      const count = numberIn(path, 'SELECT count(*) FROM calls')
      assert.ok(count >= 3_000 && count % 100 === 0, `${count} calls`)
      assert.equal(numberIn(path, 'SELECT sum(last_seq - first_seq + 1) FROM blocks'), count)
      const { entries } = await calls.list({ from: 0, to: entriesBegin + hourMs, where: {}, limit: count + 1 })
      assert.equal(new Set(entries.map(({ id }) => id)).size, count)
      await calls.close()
    }),
  )
})
