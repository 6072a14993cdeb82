import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sampleLine, sampleRecord } from '../testing/sample-records.ts'
import { entryOf } from './call-entry.ts'

const plain = { known: (text: string) => text, fresh: (text: string) => text }

describe('what is kept of a call', () => {
  test('is JSON, with money and limits as digits and times in hundredths of a millisecond', () => {
    const record = sampleRecord({
      notes: {
        limits: [{ unit: 'tokens', limit: 10n ** 18n, remaining: 7n, resetsAt: undefined }],
        cache: { outcome: 'hit', savedNanos: 5n },
      },
    })
    const entry = JSON.parse(JSON.stringify(entryOf(record, plain)))
    assert.deepEqual([entry.cost, entry.durationMs], ['1000000001', 102.35])
    assert.deepEqual(entry.decisions.limits, [{ unit: 'tokens', limit: '1000000000000000000', remaining: '7' }])
    assert.deepEqual(entry.decisions.cache, { outcome: 'hit', saved: '5' })
  })

  test('leaves out what is unknown, and is never zero in its place', () => {
    const attempts = [sampleLine({ usage: undefined, costNanos: undefined })]
    const entry = JSON.parse(
      JSON.stringify(entryOf(sampleRecord({ attempts, costNanos: undefined, usage: undefined }), plain)),
    )
    assert.ok(!('cost' in entry) && !('usage' in entry) && !('cost' in entry.attempts[0]))
  })

  test('tells attempts apart that never left, as the ledger does', () => {
    const unsent = (more: Parameters<typeof sampleLine>[0], operation: 'chat' | 'count_tokens' = 'chat') =>
      entryOf(sampleRecord({ operation, attempts: [sampleLine(more)] }), plain).attempts[0]?.isUnsent
    assert.equal(unsent({}), undefined)
    assert.equal(unsent({ sent: false }), true)
    assert.equal(unsent({ outcome: 'incapable' }), true)
    assert.equal(unsent({ ended: undefined }), true)
    assert.equal(unsent({ sent: undefined }, 'count_tokens'), true)
  })

  test('masks what callers make up', () => {
    const masked = { known: (text: string) => text, fresh: () => 'masked' }
    const caller = { key: 'web', endUser: 'a', session: 'b', tags: { c: 'd' } }
    const entry = entryOf(sampleRecord({ caller, notes: { parent: 'e', replayOf: 'f' } }), masked)
    assert.deepEqual(
      [entry.endUser, entry.session, { ...entry.tags }, entry.parent, entry.decisions.replayOf],
      ['masked', 'masked', { masked: 'masked' }, 'masked', 'masked'],
    )
  })
})
