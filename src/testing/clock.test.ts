import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFakeClock } from './clock.ts'

test('a fake clock stands still until it is told to go on', () => {
  const clock = createFakeClock(100)
  assert.equal(clock.now(), 100)
  clock.advance(50)
  clock.advance(0)
  assert.equal(clock.now(), 150)
})

test('a fake clock never goes backwards', () => {
  const clock = createFakeClock()
  assert.throws(() => clock.advance(-1), RangeError)
  assert.throws(() => clock.advance(Number.NaN), RangeError)
  assert.equal(clock.now(), 0)
})
