import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { base64Of, isVector, numbersOf } from './vector.ts'

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0)

describe('a vector', () => {
  test('is the same after it was written in base64 and read again, when its numbers have 32 bits', () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1 }), (numbers) => {
        const written = base64Of(numbers)
        assert.ok(isVector(written))
        assert.deepEqual(numbersOf(written), numbers)
      }),
    )
  })

  test('is little-endian in base64, as clients read it', () => {
    assert.equal(base64Of([1, -2]), Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]).toString('base64'))
  })

  test('is rounded to 32 bits in base64', () => {
    assert.deepEqual(numbersOf(base64Of([0.1])), [Math.fround(0.1)])
  })

  test('is passed on as it came where that is the form that is wanted', () => {
    const numbers = [0.1, 0.2]
    assert.equal(numbersOf(numbers), numbers)
    assert.equal(base64Of('AACAPw=='), 'AACAPw==')
  })

  test('is nothing else', () => {
    for (const value of [undefined, null, '', 'AA==', 'AAAAAA', 'A*CAPw==', [], ['1'], [1, null], {}, 4])
      assert.equal(isVector(value), false, JSON.stringify(value))
  })
})
