import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleLine, sampleStretch } from '../../testing/report-samples.ts'
import { addBlock, rollUpAll, type Sessions, withSessions } from '../../testing/sqlite-sessions.ts'
import { reportReader } from './report-procedures.ts'
import { rollupReader } from './rollup-gather.ts'
import { rollupWriter } from './rollup-procedures.ts'

const now = Date.UTC(2026, 10, 24, 12)

const total = ({ reader }: Sessions) =>
  reportReader(reader).report({ ...sampleStretch, by: [], where: {}, limit: 1 })[0]

describe('summing up', () => {
  it('stops within a block when there is much, and goes on there', () =>
    withSessions(now, (sessions) => {
      const lines = Array.from({ length: 3_500 }, (_, index) => sampleLine({ session: `s${index}`, cost: '2' }))
      addBlock(sessions, lines)
      const steps = rollUpAll(sessions)
      assert.ok(steps.length >= 3)
      for (const { plain, scoped } of steps) assert.ok(plain.length + scoped.length <= 1_002)
      assert.equal(total(sessions)?.attempts, 3_500)
      assert.equal(total(sessions)?.cost, 7_000n)
    }))

  it('of the same lines a second time changes nothing', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine()])
      const gathered = rollupReader(sessions.reader).gather(undefined)
      assert.ok(gathered)
      const { addGathered } = rollupWriter(sessions.writer)
      assert.equal(
        sessions.writer.transact(() => addGathered({ gathered, owner: 'one' })),
        true,
      )
      assert.equal(
        sessions.writer.transact(() => addGathered({ gathered, owner: 'other' })),
        false,
      )
      assert.equal(total(sessions)?.attempts, 1)
    }))

  it('that failed halfway left nothing behind', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine({ key: 'new' })])
      const gathered = rollupReader(sessions.reader).gather(undefined)
      assert.ok(gathered)
      const { addGathered } = rollupWriter(sessions.writer)
      const failing = (): void => {
        addGathered({ gathered, owner: 'one' })
        throw new Error('power failure')
      }
      assert.throws(() => sessions.writer.transact(failing), /power failure/)
      assert.equal(total(sessions), undefined)
      rollUpAll(sessions)
      assert.equal(total(sessions)?.attempts, 1)
    }))

  it('is left to the process that did it last, but not for reports', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine()])
      rollUpAll(sessions)
      addBlock(sessions, [sampleLine()])
      const { gather } = rollupReader(sessions.reader)
      assert.equal(gather('another'), undefined)
      assert.ok(gather('test'))
      assert.ok(gather(undefined))
    }))

  it('goes over lines that cannot be read', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine()])
      const spoil =
        "UPDATE blocks SET lines = 'null' || char(10) || '{\"at\":' || char(10) || '[1]' || char(10) || lines"
      sessions.writer.database.exec(spoil)
      rollUpAll(sessions)
      assert.equal(total(sessions)?.attempts, 1)
    }))

  it('keeps sums that would not fit 64 bits at the largest number there is', () =>
    withSessions(now, (sessions) => {
      addBlock(sessions, [sampleLine()])
      rollUpAll(sessions)
      sessions.writer.database.exec('UPDATE hours SET measured_cost = 9223372036854775807 - 10')
      addBlock(sessions, [sampleLine()])
      rollUpAll(sessions)
      assert.equal(total(sessions)?.measuredCost, 2n ** 63n - 1n)
    }))
})
