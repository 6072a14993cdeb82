import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { durationMs, durationText } from './durations.ts'

describe('a duration', () => {
  const written: Readonly<Record<string, number>> = {
    '250ms': 250,
    '10s': 10_000,
    '1.5s': 1_500,
    '5m': 300_000,
    '1h': 3_600_000,
    '1h30m': 5_400_000,
    '1d': 86_400_000,
    '0s': 0,
  }
  for (const [text, ms] of Object.entries(written)) {
    test(`${text} is ${ms} milliseconds`, () => assert.equal(durationMs(text), ms))
  }

  for (const text of ['', '10', 's', '10 s', '-1s', '10sec', '1h 30m', '10S', '1e3s', '10s ']) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(durationMs(text), undefined))
  }

  test('written from milliseconds is read back as the same milliseconds', () => {
    fc.assert(fc.property(fc.nat(2 ** 31), (ms) => assert.equal(durationMs(durationText(ms)), ms)))
  })
})
