import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { besideRival, choose, leastProbability } from './choose.ts'

const least = leastProbability(0.005)
const among = (...texts: string[]) => texts.map((text) => ({ key: text, text }))

const same: readonly (readonly [string, string])[] = [
  ['How do I reset my password?', 'How can I reset my password?'],
  ['how do i cancel my subscription', 'How can I cancel my subscription?'],
  ['How can I track my parcel?', 'How do I track my parcel?'],
]

test('questions that say the same are sure enough', () => {
  for (const [one, other] of same) {
    assert.ok((choose(one, among(other))?.probability ?? 0) >= least, `${one} / ${other}`)
    assert.ok((choose(other, among(one))?.probability ?? 0) >= least, `${other} / ${one}`)
  }
})

const different: readonly (readonly [string, string])[] = [
  ['How do I reset my password?', 'How do I reset my router?'],
  ['what is the capital of france', 'what is the capital of germany'],
  ['How do I delete my account?', 'How do I create my account?'],
  ['Why is the sky blue?', 'Why is the sea blue?'],
]

test('questions that only look alike are not', () => {
  for (const [one, other] of different)
    assert.ok((choose(one, among(other))?.probability ?? 0) < least, `${one} / ${other}`)
})

test('the best of several is chosen, and the next best told of', () => {
  const choice = choose(
    'How can I reset my password?',
    among('How do I reset my router?', 'How do I reset my password?'),
  )
  assert.equal(choice?.candidate.text, 'How do I reset my password?')
  assert.equal(choice?.rival?.candidate.text, 'How do I reset my router?')
})

test('what the guard objects to is never chosen', () => {
  assert.equal(choose('What is 2 + 2?', among('What is 2 + 3?', 'What is 3 + 2?')), undefined)
  assert.equal(choose('anything', []), undefined)
})

test('a rival with another answer takes away, more the more likely it is', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (best, rival) => {
        assert.ok(besideRival(best, rival) <= best)
        assert.ok(besideRival(best, 1) < 1e-9)
      },
    ),
  )
})

test('the fewer may be wrong, the surer it must be', () => {
  assert.ok(leastProbability(0.001) > leastProbability(0.005))
  assert.ok(leastProbability(0) <= 0.99 && leastProbability(1) >= 0.6)
})

test('whatever is compared gives a probability or nothing', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 120 })
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 4 }), (asked, others) => {
      const choice = choose(asked, among(...others))
      assert.ok(choice === undefined || (choice.probability >= 0 && choice.probability <= 1))
    }),
  )
})
