import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { meanOf, shareOf } from './intervals.ts'

const near = (value: number | undefined, wanted: number): void =>
  assert.ok(value !== undefined && Math.abs(value - wanted) < 0.002, `${value} is not ${wanted}`)

describe('bounds of what was seen', () => {
  test('are nothing where nothing was seen', () => {
    assert.equal(shareOf(0, 0), undefined)
    assert.equal(meanOf(0, 0, 0), undefined)
  })

  test('of shares are those of Wilson', () => {
    const found = shareOf(8, 10)
    near(found?.rate, 0.8)
    near(found?.low, 0.4902)
    near(found?.high, 0.9433)
    near(shareOf(0, 10)?.high, 0.2775)
  })

  test('of means are those of Student, and anything for one alone', () => {
    const values = [0.1, 0.2, 0.4, 0.5]
    const sum = values.reduce((total, value) => total + value, 0)
    const squares = values.reduce((total, value) => total + value * value, 0)
    const found = meanOf(4, sum, squares)
    near(found?.mean, 0.3)
    near(found?.low, 0.0095)
    near(found?.high, 0.5905)
    assert.deepEqual(meanOf(1, 0.5, 0.25), { n: 1, mean: 0.5, low: -1, high: 1 })
    const many = meanOf(41, 0, 41)
    near(many?.high, 0.3195)
  })
})
