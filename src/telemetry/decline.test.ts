import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DeclineWatch, leastSeen } from './decline.ts'

/** The same numbers for the same seed, from 0 to 1. */
const randomOf = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

const feed = (watch: DeclineWatch, count: number, next: () => number): number | undefined => {
  for (let index = 1; index <= count; index++) if (watch.see(next(), index)) return index
  return undefined
}

const failing = (rate: number, random: () => number) => () => (random() < rate ? 1 : 0)

describe('a watch for becoming worse', () => {
  for (const [before, after, within] of [
    [0, 0.2, 150],
    [0.01, 0.2, 150],
    [0.05, 0.3, 150],
    [0.2, 0.5, 250],
  ] as const)
    test(`notices soon that ${before} became ${after}, and says both`, () => {
      const random = randomOf(before * 100 + 1)
      const watch = new DeclineWatch()
      assert.equal(feed(watch, 3_000, failing(before, random)), undefined)
      const noticed = feed(watch, within, failing(after, random))
      assert.ok(noticed !== undefined)
      assert.ok(Math.abs((watch.decline?.was ?? 1) - before) < 0.03)
      assert.ok((watch.decline?.is ?? 0) > before + (after - before) / 4)
    })

  test('says nothing before it knows what is usual, nor of getting better, nor of a little worse', () => {
    const random = randomOf(7)
    assert.equal(
      feed(new DeclineWatch(), leastSeen, () => 1),
      undefined,
    )
    const watch = new DeclineWatch()
    feed(watch, 2_000, failing(0.3, random))
    assert.equal(feed(watch, 2_000, failing(0.05, random)), undefined)
    const steady = new DeclineWatch()
    feed(steady, 2_000, failing(0.2, random))
    assert.equal(feed(steady, 5_000, failing(0.22, random)), undefined)
  })

  test('ends when it is as good as before, and notices the next time', () => {
    const random = randomOf(3)
    const watch = new DeclineWatch()
    feed(watch, 2_000, failing(0.02, random))
    assert.ok(feed(watch, 300, failing(0.5, random)) !== undefined)
    assert.ok(watch.decline)
    feed(watch, 1_000, failing(0.02, random))
    assert.equal(watch.decline, undefined)
    assert.ok(feed(watch, 300, failing(0.5, random)) !== undefined)
  })

  test('takes scores between the ends as well', () => {
    const random = randomOf(11)
    const watch = new DeclineWatch()
    assert.equal(
      feed(watch, 2_000, () => 0.1 + 0.2 * random()),
      undefined,
    )
    assert.ok(feed(watch, 400, () => 0.4 + 0.3 * random()) !== undefined)
  })

  test('gives few false alarms, whatever is usual', () => {
    let alarms = 0
    for (const rate of [0, 0.01, 0.1, 0.5])
      for (let seed = 1; seed <= 10; seed++)
        if (feed(new DeclineWatch(), 5_000, failing(rate, randomOf(seed))) !== undefined) alarms++
    assert.equal(alarms, 0)
  })
})
