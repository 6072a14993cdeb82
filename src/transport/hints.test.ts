import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readHints } from './hints.ts'

const wall = Date.parse('Tue, 24 Nov 2026 12:00:00 GMT')
const after = (value: string): number | undefined => readHints({ 'retry-after': value }, wall).retryAfterMs

describe('what upstreams say about asking again', () => {
  const cases: [value: string, ms: number | undefined][] = [
    ['1', 1_000],
    ['0', 0],
    ['1.5', 1_500],
    ['3600', 3_600_000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:59:00 GMT', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['99999999999999999999', undefined],
  ]
  for (const [value, ms] of cases) {
    test(`retry-after ${JSON.stringify(value)} means ${ms === undefined ? 'nothing' : `${ms} ms`}`, () => {
      assert.equal(after(value), ms)
    })
  }

  test('milliseconds go before seconds', () => {
    assert.equal(readHints({ 'retry-after-ms': '250', 'retry-after': '9' }, wall).retryAfterMs, 250)
  })

  test('x-should-retry is true, false, or nothing', () => {
    assert.equal(readHints({ 'x-should-retry': 'true' }, wall).shouldRetry, true)
    assert.equal(readHints({ 'x-should-retry': 'false' }, wall).shouldRetry, false)
    assert.equal(readHints({ 'x-should-retry': 'perhaps' }, wall).shouldRetry, undefined)
  })
})
