import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { atLeast } from './binomial.ts'

/** By counting every outcome. */
const counted = (found: number, count: number, probability: number): number => {
  let sum = 0
  for (let outcome = 0; outcome < 2 ** count; outcome++) {
    const ones = outcome.toString(2).replaceAll('0', '').length
    if (ones >= found) sum += probability ** ones * (1 - probability) ** (count - ones)
  }
  return sum
}

test('is what counting every outcome comes to', () => {
  const count = fc.integer({ min: 0, max: 9 })
  fc.assert(
    fc.property(count, count, fc.double({ min: 0, max: 1, noNaN: true }), (found, count, probability) => {
      assert.ok(Math.abs(atLeast(found, count, probability) - counted(found, count, probability)) < 1e-9)
    }),
  )
})

test('is less, the more are found, however many there are', () => {
  assert.ok(atLeast(2, 20, 0.0156) > 0.03 && atLeast(2, 20, 0.0156) < 0.045)
  for (let found = 1; found < 400; found++) assert.ok(atLeast(found, 400, 0.4) <= atLeast(found - 1, 400, 0.4))
  assert.equal(atLeast(1, 8, 0), 0)
  assert.ok(atLeast(399, 400, 0.9) < 1e-9)
  assert.equal(atLeast(3, 8, Number.POSITIVE_INFINITY), 1)
})
