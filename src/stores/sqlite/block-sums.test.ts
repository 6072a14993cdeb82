import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { LedgerLine } from '../../core/ledger-line.ts'
import { randomLines, randomQueries, sampleLine, sampleStretch } from '../../testing/report-samples.ts'
import { addBlock, rollUpAll, type Sessions, withSessions } from '../../testing/sqlite-sessions.ts'
import { createLineSummer, readBlockSums } from './block-sums.ts'
import { reportReader } from './report-procedures.ts'

const now = Date.UTC(2026, 10, 24, 12)

const sumsOf = (lines: readonly LedgerLine[]): string => {
  const summer = createLineSummer()
  for (const line of lines) summer.add(line)
  return summer.take()
}

const kept = ({ writer }: Sessions): number =>
  Number(writer.database.prepare('SELECT count(*) FROM block_sums').pluck().get())

describe('the sums of a block', () => {
  it('make the same reports as its lines', () =>
    fc.assert(
      fc.property(fc.array(randomLines, { maxLength: 4 }), randomQueries, (blocks, query) => {
        const [told, read] = [true, false].map((isTold) => {
          let rows: unknown
          withSessions(now, (sessions) => {
            for (const lines of blocks) if (lines.length > 0) addBlock(sessions, lines, isTold ? sumsOf(lines) : '')
            rollUpAll(sessions)
            rows = reportReader(sessions.reader).report(query)
          })
          return rows
        })
        assert.deepEqual(told, read)
      }),
      { numRuns: 30 },
    ))

  it('are enough: lines are not read', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine()], sumsOf([sampleLine(), sampleLine()]))
      rollUpAll(sessions)
      const [total] = reportReader(sessions.reader).report({ ...sampleStretch, by: [], where: {}, limit: 1 })
      assert.equal(total?.attempts, 2)
    }))

  it('are gone when they are in the reports', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine()], sumsOf([sampleLine()]))
      assert.equal(kept(sessions), 1)
      rollUpAll(sessions)
      assert.equal(kept(sessions), 0)
    }))

  it('are left out where there are many', () => {
    const summer = createLineSummer()
    for (let index = 0; index < 2_000; index++) summer.add(sampleLine({ session: `s${index}` }))
    assert.equal(summer.take(), '')
    summer.add(sampleLine())
    assert.equal(readBlockSums(summer.take()).plain.length, 1)
  })

  it('of no lines are nothing', () => assert.equal(createLineSummer().take(), ''))
})
