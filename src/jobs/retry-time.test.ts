import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, errorTable, GatewayError } from '../core/errors.ts'
import { isWorthAnother, retryMs, usualPauses } from './retry-time.ts'

const failed = (code: ErrorCode = 'upstream_failed', retryAfterMs?: number): GatewayError =>
  new GatewayError(code, 'It failed.', { retryAfterMs })

describe('another attempt at a job', () => {
  it('is worth it for whatever may pass, and for what nobody knows the cause of', () => {
    const worth = (Object.keys(errorTable) as ErrorCode[]).filter((code) => isWorthAnother(failed(code)))
    const expected = (Object.keys(errorTable) as ErrorCode[]).filter((code) => errorTable[code].retry !== 'never')
    assert.deepEqual(new Set(worth), new Set([...expected, 'internal']))
    for (const code of ['invalid_request', 'unauthenticated', 'budget_exhausted', 'deadline_exceeded'] as const)
      assert.ok(!worth.includes(code), code)
  })

  it('comes anywhere before a bound that doubles from 1 s to 15 minutes', () => {
    const bound = (tries: number): number => retryMs(failed(), tries, { ...usualPauses, random: () => 1 })
    assert.deepEqual([1, 2, 3, 11, 50].map(bound), [1_000, 2_000, 4_000, 900_000, 900_000])
    assert.equal(retryMs(failed(), 3, { ...usualPauses, random: () => 0.25 }), 1_000)
    assert.equal(retryMs(failed(), 3, { ...usualPauses, random: () => 0 }), 0)
  })

  it('comes no sooner than whoever failed asks for, within a day', () => {
    const asked = (ms: number): number =>
      retryMs(failed('upstream_throttled', ms), 1, { ...usualPauses, random: () => 0.5 })
    assert.deepEqual([100, 7_000, 10 * 86_400_000].map(asked), [500, 7_000, 86_400_000])
  })
})
