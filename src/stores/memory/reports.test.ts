import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleLine, sampleStretch } from '../../testing/report-samples.ts'
import { reportStoreSuite } from '../../testing/report-store-suite.ts'
import type { AuditEntry, Standing } from '../store.ts'
import { createMemoryReports } from './reports.ts'

reportStoreSuite('memory', async () => {
  const reports = createMemoryReports()
  const book = async (lines: readonly unknown[]): Promise<void> =>
    reports.book({ lines: lines.map((line) => `${JSON.stringify(line)}\n`).join(''), count: lines.length })
  return { reports, book, close: async () => {} }
})

const standing: Standing = {
  allowance: 'a',
  subject: 'team:shop',
  start: 0,
  end: Number.POSITIVE_INFINITY,
  settled: 5n,
  leased: 0n,
  lost: 3n,
}

describe('reports in memory', () => {
  it('forget the oldest lines instead of growing', async () => {
    const reports = createMemoryReports({ mostLines: 10 })
    for (let index = 0; index < 30; index++)
      reports.book({ lines: `${JSON.stringify(sampleLine({ call: `c${index}` }))}\n`, count: 1 })
    const lines = await reports.lines({ ...sampleStretch, where: {}, limit: 100 })
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).call),
      ['c29', 'c28', 'c27', 'c26', 'c25', 'c24', 'c23', 'c22', 'c21', 'c20'],
    )
  })

  it('tell where allowances stand, and write down who released what was lost', async () => {
    const reports = createMemoryReports()
    assert.deepEqual(await reports.standings(), [])
    const notes: Omit<AuditEntry, 'at'>[] = []
    let lost = 3n
    const releaseLost = (): bigint => {
      const amount = lost
      lost = 0n
      return amount
    }
    reports.follow({ standings: () => [standing], releaseLost, note: (line) => notes.push(line) })
    const audit = { actor: 'admin', action: 'lost.release', subject: 'a', detail: '{}' }
    assert.deepEqual(await reports.standings(), [standing])
    assert.equal(await reports.releaseLost('a', 'team:shop', audit), 3n)
    assert.equal(await reports.releaseLost('a', 'team:shop', audit), 0n)
    assert.deepEqual(notes, [audit])
  })
})
