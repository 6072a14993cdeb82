import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { together } from './together.ts'

describe('what is asked together', () => {
  it('is one question, and each has its own answer', async () => {
    const asked: number[] = []
    const double = together(async (items: readonly number[]) => {
      asked.push(items.length)
      return items.map((item) => item * 2)
    })
    const answers = await Promise.all(Array.from({ length: 600 }, (_, index) => double(index)))
    assert.deepEqual(
      answers,
      Array.from({ length: 600 }, (_, index) => index * 2),
    )
    assert.deepEqual(asked, [256, 256, 88])
    assert.equal(await double(7), 14)
  })

  it('fails for all who asked, and for nobody after them', async () => {
    let isBroken = true
    const same = together(async (items: readonly number[]) => {
      if (isBroken) throw new Error('No.')
      return items
    })
    const results = await Promise.allSettled([same(1), same(2)])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    isBroken = false
    assert.equal(await same(3), 3)
  })
})
