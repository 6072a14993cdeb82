import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from './json.ts'
import { jsonWithin } from './json-within.ts'

describe('JSON as far as it goes', () => {
  test('is the whole of it where there is room', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(jsonWithin(value as JsonValue, 1_000_000), { text: JSON.stringify(value), isCut: false })
      }),
      { numRuns: 100 },
    )
  })

  test('begins like the whole, has what there is room for, and says that it was cut', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 40 }), (value, most) => {
        const whole = JSON.stringify(value)
        const { text, isCut } = jsonWithin(value as JsonValue, most)
        assert.equal(text.slice(0, most), whole.slice(0, most))
        if (!isCut) assert.equal(text, whole)
      }),
      { numRuns: 300 },
    )
  })

  test('looks no further than it says', () => {
    const far = {
      a: 'x'.repeat(10),
      b: 1,
      get c(): JsonValue {
        throw new Error('looked at')
      },
    }
    assert.equal(jsonWithin(far, 8).isCut, true)
  })
})
