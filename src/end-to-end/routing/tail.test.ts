import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { measureTail } from './tail.ts'

describe('hedging after the 95th percentile, for at most one call in twenty', () => {
  test('cuts the time of the slowest hundredth by a third or more, for less than a twentieth more money', async () => {
    const asked = { calls: 3_000, atOnce: 60, latencyMs: { p50: 30, p99: 900 } }
    const [plain, hedged] = await Promise.all([
      measureTail(asked),
      measureTail({ ...asked, hedge: { after: 'p95', budget: '5%' } }),
    ])
    assert.deepEqual([plain.failures, hedged.failures], [0, 0])
    const figures = `p99 ${plain.p99} ms without, ${hedged.p99} ms with; ${hedged.hedgeShare} asked twice`
    assert.ok(hedged.p99 <= plain.p99 * 0.7, figures)
    assert.ok(hedged.hedgeShare <= 0.05 && hedged.hedgeShare > 0.01, figures)
    assert.ok(hedged.extraCost <= 0.05, `${hedged.extraCost} of the cost`)
  })
})
