import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LogHistogram } from './log-histogram.ts'

const durations = fc.array(fc.double({ min: 0.02, max: 4e6, noNaN: true }), { minLength: 1, maxLength: 200 })

const histogramOf = (values: readonly number[]): LogHistogram => {
  const histogram = new LogHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('durations in buckets', () => {
  test('have percentiles within one percent of the exact ones', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const exact = values.toSorted((one, other) => one - other)[Math.ceil(share * values.length) - 1] as number
        const told = histogramOf(values).percentile(share) as number
        assert.ok(Math.abs(told / exact - 1) < 0.01, `${told} for ${exact}`)
      }),
      { numRuns: 100 },
    )
  })

  test('add up, packed or not, to what one would have counted', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const whole = histogramOf([...some, ...others])
        const merged = histogramOf(some)
        merged.merge(histogramOf(others))
        const unpacked = histogramOf(others)
        unpacked.unpack(histogramOf(some).pack())
        for (const share of [0.1, 0.5, 0.99])
          assert.deepEqual(
            [merged.percentile(share), unpacked.percentile(share)],
            [whole.percentile(share), whole.percentile(share)],
          )
        assert.equal(unpacked.count, whole.count)
      }),
      { numRuns: 30 },
    )
  })

  test('tell nothing where there are none, and take no nonsense', () => {
    const histogram = histogramOf([Number.NaN, -1])
    assert.deepEqual([histogram.count, histogram.percentile(0.5)], [0, undefined])
  })
})
