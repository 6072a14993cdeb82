import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { figuresUpTo, marksWithin, stacked } from './chart-scale.ts'

describe('the axes of a chart', () => {
  test('figures go from zero to above the greatest value, few and evenly', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), fc.boolean(), (value, isWhole) => {
        const most = isWhole ? Math.ceil(value) : value
        const figures = figuresUpTo(most, { isWhole })
        assert.equal(figures[0], 0)
        assert.ok((figures.at(-1) ?? 0) >= most * (1 - 1e-6))
        assert.ok(figures.length >= 2 && figures.length <= 6)
        if (isWhole) assert.ok(figures.every((each) => Number.isInteger(each)))
      }),
    )
  })

  test('nothing still has an axis', () => {
    assert.deepEqual(figuresUpTo(0, { isWhole: true }), [0, 1])
  })

  test('marks of time lie within the stretch and leave each other room', () => {
    const from = Date.UTC(2026, 10, 1, 3, 7)
    for (const hours of [0.25, 1, 24, 168, 720, 2_160]) {
      const to = from + hours * 3_600_000
      const marks = marksWithin(from, to, 500)
      assert.ok(marks.length >= 1 && marks.length <= 7, `${hours} h: ${marks.length}`)
      assert.ok(marks.every(({ at }) => at >= from && at <= to))
    }
  })

  test('layers stand on each other, and what is not known takes no room', () => {
    assert.deepEqual(
      stacked([
        [1, null],
        [2, 3],
      ]),
      [
        [
          { from: 0, to: 1 },
          { from: 0, to: 0 },
        ],
        [
          { from: 1, to: 3 },
          { from: 0, to: 3 },
        ],
      ],
    )
  })
})
