import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { callStoreSuite } from '../../testing/call-store-suite.ts'
import { addEntries, entriesBegin, sampleEntry } from '../../testing/sample-entries.ts'
import { createMemoryCalls } from './calls.ts'

callStoreSuite('A memory', async () => {
  const calls = createMemoryCalls({ keepMs: 3_600_000 })
  return { calls, close: () => calls.close() }
})

describe('calls in memory', () => {
  it('are ten thousand at most, the newest, while sums go on counting', async () => {
    const calls = createMemoryCalls({ keepMs: 3_600_000 })
    for (let index = 0; index < 10_100; index++)
      await addEntries(calls, [sampleEntry({ id: `call-${index}`, startedAt: entriesBegin + index })])
    assert.equal(await calls.find('call-99'), undefined)
    assert.equal((await calls.find('call-100'))?.id, 'call-100')
    const { total } = await calls.figures({ from: entriesBegin, to: entriesBegin + 1, step: 'hour', where: {} })
    assert.equal(total.counts.calls, 10_100)
  })
})
