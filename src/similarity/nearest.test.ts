import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dot } from './dot.ts'
import { createNearest } from './nearest.ts'
import { embedNgrams, ngramDimensions, toUnit } from './ngrams.ts'

const vectorOf = (dimensions: number) =>
  fc
    .array(fc.integer({ min: -9, max: 9 }), { minLength: dimensions, maxLength: dimensions })
    .filter((numbers) => numbers.some((number) => number !== 0))
    .map((numbers) => toUnit(Float32Array.from(numbers)))

test('what it finds is what comparing with everything finds, to a hundredth', () => {
  const steps = fc.array(
    fc.record({ key: fc.integer({ min: 0, max: 300 }), vector: vectorOf(8), isGone: fc.boolean() }),
    {
      maxLength: 400,
    },
  )
  fc.assert(
    fc.property(steps, vectorOf(8), (all, asked) => {
      const nearest = createNearest({ dimensions: 8, most: 1000 })
      const plain = new Map<string, Float32Array>()
      for (const { key, vector, isGone } of all) {
        if (isGone) {
          nearest.remove(String(key))
          plain.delete(String(key))
          continue
        }
        nearest.add(String(key), vector)
        plain.set(String(key), vector)
      }
      const found = nearest.search(asked, 5, -1)
      const expected = [...plain].map(([key, vector]) => ({ key, cosine: dot(asked, vector) }))
      expected.sort((a, b) => b.cosine - a.cosine)
      assert.equal(nearest.size, plain.size)
      assert.equal(found.length, Math.min(5, plain.size))
      found.forEach(({ key, cosine }, index) => {
        assert.ok(Math.abs(cosine - dot(asked, plain.get(key) as Float32Array)) < 0.02)
        assert.ok(Math.abs(cosine - (expected[index]?.cosine ?? 9)) < 0.02)
      })
    }),
    { numRuns: 100 },
  )
})

test('the oldest is pushed out when there are too many, and memory does not grow', () => {
  const nearest = createNearest({ dimensions: 4, most: 200 })
  const vector = (index: number) => toUnit(Float32Array.of(1, index / 1000, 0, 0))
  for (let index = 0; index < 200; index++) nearest.add(String(index), vector(index))
  const { bytes } = nearest
  for (let index = 200; index < 1000; index++) nearest.add(String(index), vector(index))
  assert.equal(nearest.size, 200)
  assert.equal(nearest.bytes, bytes)
  const keys = nearest.search(vector(0), 1000, -1).map(({ key }) => Number(key))
  assert.equal(keys.length, 200)
  assert.ok(keys.every((key) => key >= 800))
})

test('a vector of another length is not taken and finds nothing', () => {
  const nearest = createNearest({ dimensions: 4, most: 10 })
  assert.equal(nearest.add('a', new Float32Array(5)), false)
  nearest.add('a', Float32Array.of(1, 0, 0, 0))
  assert.deepEqual(nearest.search(Float32Array.of(1, 0), 3, -1), [])
})

test('nothing below the floor is found', () => {
  const nearest = createNearest({ dimensions: 2, most: 10 })
  nearest.add('same', Float32Array.of(1, 0))
  nearest.add('far', Float32Array.of(0, 1))
  assert.deepEqual(
    nearest.search(Float32Array.of(1, 0), 10, 0.5).map(({ key }) => key),
    ['same'],
  )
})

test('texts that share words are nearer than texts that do not, whatever their capitals', () => {
  const asked = embedNgrams('How do I reset my password?')
  const near = dot(asked, embedNgrams('how can i RESET a password'))
  const far = dot(asked, embedNgrams('What is the capital of France?'))
  assert.ok(near > 0.7, `${near}`)
  assert.ok(far < 0.3, `${far}`)
  assert.equal(asked.length, ngramDimensions)
})

test('every text has one vector, of length 1 or of nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const vector = embedNgrams(text)
      const length = dot(vector, vector)
      assert.ok(length === 0 || Math.abs(length - 1) < 1e-3)
      assert.deepEqual(embedNgrams(text), vector)
    }),
  )
})
