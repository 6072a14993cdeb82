import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AdaptiveLimit } from './adaptive.ts'

const good = (limit: AdaptiveLimit, windows: number, { firstTokenMs = 100, sentAt = 0 } = {}): void => {
  for (let window = 0; window < windows; window++) {
    limit.full()
    for (let left = limit.limit; left > 0; left--)
      limit.ended({ isOverload: false, isGood: true, sentAt, firstTokenMs }, sentAt)
  }
}

const overload = (limit: AdaptiveLimit, sentAt: number, now: number): void =>
  limit.ended({ isOverload: true, isGood: false, sentAt, firstTokenMs: undefined }, now)

test('it begins with 20, and one more is let in after each window in which all went well', () => {
  const limit = new AdaptiveLimit(1_000)
  assert.equal(limit.limit, 20)
  good(limit, 5)
  assert.equal(limit.limit, 25)
})

test('it does not rise while places are free, nor above the most', () => {
  const idle = new AdaptiveLimit(1_000)
  for (let left = 0; left < 200; left++)
    idle.ended({ isOverload: false, isGood: true, sentAt: 0, firstTokenMs: 100 }, 0)
  assert.equal(idle.limit, 20)
  const low = new AdaptiveLimit(21)
  good(low, 9)
  assert.equal(low.limit, 21)
})

test('three tenths fewer are let in after an overload, once for all that were sent before', () => {
  const limit = new AdaptiveLimit(1_000)
  for (let each = 0; each < 10; each++) overload(limit, each, 100)
  assert.equal(limit.limit, 14)
  overload(limit, 101, 200)
  assert.equal(limit.limit, 9)
  for (let at = 300; at < 9_000; at += 100) overload(limit, at, at + 1)
  assert.equal(limit.limit, 1)
})

test('first words that come later than usual stop the rise, and much later ones turn it back', () => {
  const limit = new AdaptiveLimit(1_000)
  good(limit, 3)
  assert.equal(limit.limit, 23)
  good(limit, 1, { firstTokenMs: 250 })
  assert.equal(limit.limit, 23)
  good(limit, 1, { firstTokenMs: 900 })
  assert.equal(limit.limit, 16)
})

test('what is no news of the target changes nothing', () => {
  const limit = new AdaptiveLimit(1_000)
  for (let each = 0; each < 100; each++)
    limit.ended({ isOverload: false, isGood: false, sentAt: 0, firstTokenMs: undefined }, 0)
  assert.equal(limit.limit, 20)
})
