import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Target } from '../core/target.ts'
import { createHealth } from './health.ts'

const target: Target = { id: 'p/m', provider: 'p', model: 'm', weight: 1, quirks: {}, facts: undefined }
const sibling: Target = { ...target, id: 'p/n', model: 'n' }

const setUp = () => {
  const clock = { time: 1_000_000, now: () => clock.time }
  return { clock, health: createHealth({ clock }) }
}

const fails = (health: ReturnType<typeof createHealth>, times: number): void => {
  for (let index = 0; index < times; index++) {
    health.begin(target)
    health.end(target, 'server')
  }
}

describe('health', () => {
  test('five failures in a row close a target for thirty seconds', () => {
    const { clock, health } = setUp()
    fails(health, 4)
    assert.equal(health.state(target).open, true)
    fails(health, 1)
    assert.equal(health.state(target).open, false)
    clock.time += 29_999
    assert.equal(health.state(target).open, false)
    clock.time += 2
    assert.equal(health.state(target).open, true)
  })

  test('one call probes a target that was closed; others wait for its end', () => {
    const { clock, health } = setUp()
    fails(health, 5)
    clock.time += 30_001
    health.begin(target)
    assert.equal(health.state(target).open, false)
    health.end(target, 'ok')
    assert.equal(health.state(target).open, true)
  })

  test('a failed probe closes it for longer, never for more than five minutes', () => {
    const { clock, health } = setUp()
    fails(health, 5)
    const pauses: number[] = []
    for (let round = 0; round < 14; round++) {
      const { opensInMs } = health.state(target)
      pauses.push(opensInMs)
      clock.time += opensInMs + 1
      fails(health, 1)
    }
    assert.deepEqual(pauses.slice(0, 3), [30_000, 60_000, 90_000])
    assert.equal(Math.max(...pauses), 300_000)
  })

  test('failures of calls that were under way when it was closed do not close it for longer', () => {
    const { clock, health } = setUp()
    for (let index = 0; index < 50; index++) health.begin(target)
    for (let index = 0; index < 50; index++) health.end(target, 'server')
    assert.equal(health.state(target).opensInMs, 30_000)
    clock.time += 30_001
    fails(health, 1)
    assert.equal(health.state(target).opensInMs, 60_000)
  })

  test('half of at least twenty attempts failing closes it, even when no five fail in a row', () => {
    const { health } = setUp()
    for (let round = 0; round < 10; round++) {
      health.begin(target)
      health.end(target, 'ok')
      assert.equal(health.state(target).open, true)
      fails(health, 1)
    }
    assert.equal(health.state(target).open, false)
  })

  test('tells people whether a target is tried, left alone, or tried again, and since when it fails', () => {
    const { clock, health } = setUp()
    assert.deepEqual(health.standing(target), { state: 'closed', failingForMs: undefined })
    fails(health, 1)
    clock.time += 500
    assert.deepEqual(health.standing(target), { state: 'closed', failingForMs: 500 })
    fails(health, 4)
    const standing = health.standing(target)
    assert.deepEqual([standing.state, standing.opensInMs, standing.failingForMs], ['open', 30_000, 500])
    clock.time += 30_001
    assert.equal(health.standing(target).state, 'half-open')
    health.begin(target)
    assert.equal(health.standing(target).state, 'half-open')
    health.end(target, 'ok')
    assert.deepEqual(health.standing(target), { state: 'closed', failingForMs: undefined })
  })

  test('mistakes and departures of callers never close it', () => {
    const { health } = setUp()
    for (let round = 0; round < 50; round++) {
      health.begin(target)
      health.end(target, round % 2 ? 'caller' : 'cancelled')
    }
    assert.equal(health.state(target).open, true)
  })

  test('a rate limit closes it exactly as long as asked, and a shorter answer does not shorten that', () => {
    const { clock, health } = setUp()
    health.end(target, 'throttled', { retryAfterMs: 20_000 })
    health.end(target, 'throttled', { retryAfterMs: 1_000 })
    assert.equal(health.state(target).opensInMs, 20_000)
    clock.time += 20_000
    assert.equal(health.state(target).open, true)
    health.end(target, 'throttled')
    assert.equal(health.state(target).opensInMs, 5_000)
    health.end(target, 'throttled', { retryAfterMs: 3_600_000 })
    assert.equal(health.state(target).opensInMs, 300_000)
  })

  test('a rate limit is of one model; a refused key or an empty account is of all of the provider', () => {
    const { health } = setUp()
    health.end(target, 'throttled')
    assert.equal(health.state(sibling).open, true)
    health.end(target, 'quota')
    assert.equal(health.state(sibling).opensInMs, 900_000)
    health.end(target, 'auth')
    assert.equal(health.state(sibling).opensInMs, 300_000)
  })

  test('the time to the first token follows recent answers and is forgotten after a minute', () => {
    const { clock, health } = setUp()
    assert.equal(health.firstTokenMs(target), undefined)
    health.end(target, 'ok', { firstTokenMs: 100 })
    health.end(target, 'ok', { firstTokenMs: 200 })
    assert.equal(health.firstTokenMs(target), 120)
    clock.time += 60_001
    assert.equal(health.firstTokenMs(target), undefined)
  })
})
