import { rarity } from './common-words.ts'
import { type Marks, marksOf } from './marks.ts'
import { type QuestionKind, questionKindOf } from './question-kind.ts'
import { isLittle, type Word, wordsOf } from './words.ts'

/** A text as it is compared: read once, compared with many. */
export interface Reading {
  readonly text: string
  readonly words: readonly Word[]
  readonly marks: Marks
  readonly kind: QuestionKind
  /** The weights of its words together. */
  readonly weight: number
}

export const read = (text: string): Reading => {
  const words = wordsOf(text)
  let weight = 0
  for (const word of words) weight += weightOf(word)
  return { text, words, marks: marksOf(text, words), kind: questionKindOf(words), weight }
}

const littleWeight = 0.15

/** How much a word says. */
export const weightOf = ({ plain, stem }: Word): number => (isLittle(plain) ? littleWeight : rarity(stem))

/** A capital inside a sentence: the name of somebody or something. */
export const isName = ({ raw, begins }: Word): boolean => !begins && /^\p{Lu}/u.test(raw)
