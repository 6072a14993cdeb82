import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleLine } from '../../testing/report-samples.ts'
import { addBlock, rollUpAll, type Sessions, withSessions } from '../../testing/sqlite-sessions.ts'
import { reportReader } from './report-procedures.ts'
import { defaultRetention, retentionWriter } from './retention-procedures.ts'

const dayMs = 86_400_000
const now = Date.UTC(2026, 10, 24, 12)

/** Deletes until nothing is left to delete; the number of steps it took. */
const retainAll = ({ writer }: Sessions): number => {
  const { retain } = retentionWriter(writer)
  let steps = 1
  while (writer.transact(() => retain(defaultRetention))) steps++
  return steps
}

const attempts = (sessions: Sessions, daysAgo: number, scoped: boolean): number => {
  const from = now - (daysAgo + 1) * dayMs
  const where = scoped ? { session: 's' } : {}
  const query = { from, to: from + 2 * dayMs, by: [], where, limit: 1 }
  return reportReader(sessions.reader).report(query)[0]?.attempts ?? 0
}

const countOf = ({ reader }: Sessions, table: string): unknown =>
  reader.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()

describe('what is kept', () => {
  it('of lines ends after 90 days, of their sums after 400, of sums by day never', () =>
    withSessions(now, (sessions) => {
      for (const daysAgo of [500, 399, 91, 89, 0])
        addBlock(sessions, [sampleLine({ at: now - daysAgo * dayMs, session: 's' })])
      rollUpAll(sessions)
      assert.ok(retainAll(sessions) > 1)
      assert.equal(countOf(sessions, 'blocks'), 2)
      assert.equal(countOf(sessions, 'hours'), 4)
      assert.equal(countOf(sessions, 'days'), 5)
      assert.equal(countOf(sessions, 'scope_hours'), 4)
      assert.equal(countOf(sessions, 'scope_days'), 4)
      assert.equal(attempts(sessions, 500, false), 1)
      assert.equal(attempts(sessions, 91, false), 1)
      assert.equal(attempts(sessions, 91, true), 1)
    }))

  it('includes what was not summed up yet, and the newest block', () =>
    withSessions(now, (sessions) => {
      const old = sampleLine({ at: now - 200 * dayMs })
      for (let index = 0; index < 20; index++) addBlock(sessions, [old])
      retainAll(sessions)
      assert.equal(countOf(sessions, 'blocks'), 20)
      rollUpAll(sessions)
      assert.ok(retainAll(sessions) > 2, 'it takes several small steps')
      assert.equal(countOf(sessions, 'blocks'), 1)
      addBlock(sessions, [old])
      rollUpAll(sessions)
      assert.equal(attempts(sessions, 200, false), 21)
    }))

  it('of windows ends 60 days after their period, unless something of them is still leased', () =>
    withSessions(now, (sessions) => {
      const add = sessions.writer.database.prepare(
        'INSERT INTO windows (allowance, subject, period_start, period_end, ceiling, leased) VALUES (?, ?, ?, ?, 1, ?)',
      )
      add.run('total', 'team:a', 0, null, 0)
      add.run('old', 'team:a', 0, now - 61 * dayMs, 0)
      add.run('leased', 'team:a', 0, now - 61 * dayMs, 1)
      add.run('recent', 'team:a', 0, now - 59 * dayMs, 0)
      retainAll(sessions)
      const left = sessions.reader.database.prepare('SELECT allowance FROM windows ORDER BY 1').pluck().all()
      assert.deepEqual(left, ['leased', 'recent', 'total'])
    }))
})
