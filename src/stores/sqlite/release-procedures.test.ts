import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Sessions, withSessions } from '../../testing/sqlite-sessions.ts'
import { controlReader } from './control-procedures.ts'
import { releaseWriter } from './release-procedures.ts'
import { reportReader } from './report-procedures.ts'

const now = Date.UTC(2026, 10, 24, 12)
const audit = { actor: 'admin', action: 'lost.release', subject: 'budget', detail: '{}' }

interface Row {
  readonly allowance: string
  readonly subject?: string
  readonly start?: number
  readonly end?: number | null
  readonly until?: number | null
  readonly settled?: number
  readonly leased?: number
  readonly lost?: number
}

const addWindow = ({ writer }: Sessions, row: Row): void => {
  const given = { subject: 'team:a', start: 0, end: null, until: null, settled: 0, leased: 0, lost: 0, ...row }
  const add = `INSERT INTO windows (allowance, subject, period_start, period_end, counts_until, ceiling, settled, leased, lost)
    VALUES (@allowance, @subject, @start, @end, @until, 100, @settled, @leased, @lost)`
  writer.database.prepare(add).run(given)
}

const standings = ({ reader }: Sessions) => reportReader(reader).standings(undefined)

describe('where allowances stand', () => {
  it('is told of periods that are not over, and of earlier ones where something is leased or lost', () =>
    withSessions(now, (sessions) => {
      addWindow(sessions, { allowance: 'total', settled: 5 })
      addWindow(sessions, { allowance: 'day', start: 1, end: now - 1, settled: 1 })
      addWindow(sessions, { allowance: 'day', start: 2, end: now - 1, leased: 1 })
      addWindow(sessions, { allowance: 'day', start: 3, end: now - 1, settled: 2, lost: 2 })
      addWindow(sessions, { allowance: 'day', start: 4, end: now + 1, settled: 4 })
      assert.deepEqual(
        standings(sessions).map(({ allowance, start, end }) => [allowance, start, end]),
        [
          ['day', 2, now - 1],
          ['day', 3, now - 1],
          ['day', 4, now + 1],
          ['total', 0, Number.POSITIVE_INFINITY],
        ],
      )
    }))

  it('is one figure for a rolling window: all slots that count', () =>
    withSessions(now, (sessions) => {
      for (const [start, until] of [
        [1, now],
        [2, now + 10],
        [3, now + 20],
      ] as const)
        addWindow(sessions, { allowance: 'rate', start, end: start + 1, until, settled: start, leased: 1 })
      assert.deepEqual(standings(sessions), [
        { allowance: 'rate', subject: 'team:a', start: 2, end: now + 20, settled: 5n, leased: 2n, lost: 0n },
      ])
    }))
})

describe('releasing what was lost', () => {
  it('frees it once, of this subject alone, and writes down who did it', () =>
    withSessions(now, (sessions) => {
      addWindow(sessions, { allowance: 'budget', settled: 50, lost: 20 })
      addWindow(sessions, { allowance: 'budget', subject: 'team:b', settled: 9, lost: 9 })
      const { releaseLost } = releaseWriter(sessions.writer)
      const release = (): bigint =>
        sessions.writer.transact(() => releaseLost({ allowance: 'budget', subject: 'team:a', audit }))
      assert.equal(release(), 20n)
      assert.equal(release(), 0n)
      assert.deepEqual(
        standings(sessions).map(({ subject, settled, lost }) => [subject, settled, lost]),
        [
          ['team:a', 30n, 0n],
          ['team:b', 9n, 9n],
        ],
      )
      assert.deepEqual(controlReader(sessions.reader).auditLines({ limit: 10 }), [{ at: now, ...audit }])
    }))

  it('lets what is booked late for it count anew', () =>
    withSessions(now, (sessions) => {
      addWindow(sessions, { allowance: 'budget', settled: 20, lost: 20 })
      sessions.writer.database.exec(
        "INSERT INTO slices (process, allowance, subject, period_start, amount, on_loss, is_lost, leased_at) VALUES (1, 'budget', 'team:a', 0, 20, 'charge', 1, 0)",
      )
      const { releaseLost } = releaseWriter(sessions.writer)
      sessions.writer.transact(() => releaseLost({ allowance: 'budget', subject: 'team:a', audit }))
      assert.equal(sessions.reader.database.prepare('SELECT amount FROM slices').pluck().get(), 0)
    }))
})
