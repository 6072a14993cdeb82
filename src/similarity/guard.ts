import { type Alignment, spelledAlike } from './align.ts'
import { isCommon } from './common-words.ts'
import { isUnit, type Marks, stemsOf, weighty } from './marks.ts'
import { areOpposite } from './opposites.ts'
import { asksOtherwise } from './question-kind.ts'
import { isName, type Reading } from './reading.ts'
import { areSynonyms } from './synonyms.ts'
import type { Word } from './words.ts'

/** Why two texts that look alike do not ask the same. */
export type Objection = 'numbers' | 'code' | 'quotes' | 'negation' | 'question' | 'opposites' | 'names' | 'order'

/** What in these two texts must be equal and is not; undefined: nothing was found, which proves nothing yet. */
export const objectionTo = (one: Reading, other: Reading, alignment: Alignment): Objection | undefined => {
  if (!areEqual(one.marks.numbers, other.marks.numbers)) return 'numbers'
  if (!sameCodes(one, other)) return 'code'
  if (!quotesAreIn(one.marks, other) || !quotesAreIn(other.marks, one)) return 'quotes'
  if (one.marks.negations !== other.marks.negations) return 'negation'
  if (asksOtherwise(one.kind, other.kind)) return 'question'
  if (hasOpposites(alignment)) return 'opposites'
  if (!namesAreIn(alignment.leftOfOne, other) || !namesAreIn(alignment.leftOfOther, one)) return 'names'
  if (isTurnedRound(one, other, alignment)) return 'order'
  return undefined
}

const areEqual = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((each) => other.has(each))

/** Letter for letter, but for capitals: an identifier may stand as a plain word in the other text. */
const sameCodes = (one: Reading, other: Reading): boolean =>
  codesAreIn(one.marks, other) && codesAreIn(other.marks, one)

const codesAreIn = ({ codes }: Marks, other: Reading): boolean => {
  if (codes.size === 0) return true
  const words = new Set(other.words.map(({ plain }) => plain))
  for (const code of codes)
    if (
      !other.marks.codes.has(code) &&
      !words.has(code) &&
      !words.has(`${code}s`) &&
      !words.has(code.replace(/s$/, ''))
    )
      return false
  return true
}

const quotesAreIn = ({ quotes }: Marks, { words }: Reading): boolean => {
  if (quotes.length === 0) return true
  const whole = ` ${stemsOf(words)} `
  return quotes.every((quote) => whole.includes(` ${quote} `))
}

const hasOpposites = ({ leftOfOne, leftOfOther }: Alignment): boolean =>
  leftOfOne.some((one) =>
    leftOfOther.some((other) => areOpposite(one.plain, other.plain) || areOpposite(one.stem, other.stem)),
  )

/** A name that has no fellow in the other text makes it another question. Where nearly every word has a capital they say nothing. */
const namesAreIn = (left: readonly Word[], other: Reading): boolean =>
  left.every(
    (word) =>
      !isName(word) ||
      isCommon(word.stem) ||
      isUnit(word.plain) ||
      other.words.some(({ plain, stem }) => areSynonyms(stem, word.stem) || spelledAlike(plain, word.plain) >= 0.9),
  )

const mirrored =
  /^(?:between|vs|versus|or|and|compare|compared|comparison|difference|common|both|relationship|with|similar|same)$/
const turning = new Set('to into from than over before after instead onto toward towards'.split(' '))

/**
 * The same words in another order: `from Paris to Rome`, `is A better than B`. What is joined by `and`, `or`, `between`
 * means the same both ways.
 */
const isTurnedRound = (one: Reading, other: Reading, { leftOfOne, leftOfOther, pairs }: Alignment): boolean => {
  if (one.words.some(isMirrored) && other.words.some(isMirrored)) return false
  const isWhole = weighty(leftOfOne).length === 0 && weighty(leftOfOther).length === 0
  const isSame = leftOfOne.length === 0 && leftOfOther.length === 0
  if (!isSame && !sharesDirection(one, other)) return false
  let before = -1
  for (const [index, place] of pairs) {
    const word = one.words[index] as Word
    if (!(isName(word) || (isWhole && isWeighty(word)))) continue
    if (place < before) return true
    before = place
  }
  return false
}

const isMirrored = ({ plain }: Word): boolean => mirrored.test(plain)

const sharesDirection = (one: Reading, other: Reading): boolean =>
  one.words.some(({ plain }) => turning.has(plain) && other.words.some((word) => word.plain === plain))

const isWeighty = (word: Word): boolean => weighty([word]).length > 0
