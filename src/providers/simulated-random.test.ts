import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { between, logNormal, pick, randomFrom } from './simulated-random.ts'

const draw = <Drawn>(count: number, next: () => Drawn): Drawn[] => Array.from({ length: count }, next)

describe('randomFrom', () => {
  test('gives the same sequence for the same text and another for another', () => {
    assert.deepEqual(draw(5, randomFrom('a')), draw(5, randomFrom('a')))
    assert.notDeepEqual(draw(5, randomFrom('a')), draw(5, randomFrom('b')))
  })

  test('is spread evenly from 0 up to but without 1', () => {
    const numbers = draw(20_000, randomFrom('even'))
    assert.ok(numbers.every((number) => number >= 0 && number < 1))
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length
      assert.ok(Math.abs(share - 0.1) < 0.01, `${share} in tenth ${tenth}`)
    }
  })
})

describe('between and pick', () => {
  test('reach both ends and nothing beyond', () => {
    const random = randomFrom('ends')
    assert.deepEqual([...new Set(draw(200, () => between(random, 3, 5)))].sort(), [3, 4, 5])
    assert.deepEqual([...new Set(draw(200, () => pick(random, ['a', 'b'])))].sort(), ['a', 'b'])
  })
})

describe('logNormal', () => {
  test('has the wanted middle and the wanted tail', () => {
    const random = randomFrom('latency')
    const times = draw(20_000, () => logNormal(random, { p50: 200, p99: 800 })).sort((one, other) => one - other)
    assert.ok(Math.abs((times[10_000] ?? 0) - 200) < 10)
    assert.ok(Math.abs((times[19_800] ?? 0) - 800) < 60)
  })

  test('is always 0 where the middle is, and always the middle where the tail is', () => {
    const random = randomFrom('flat')
    assert.equal(logNormal(random, { p50: 0, p99: 500 }), 0)
    assert.equal(logNormal(random, { p50: 50, p99: 50 }), 50)
  })
})
