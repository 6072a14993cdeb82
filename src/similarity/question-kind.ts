import type { Word } from './words.ts'

/** What a question asks for; `many`, `much` … are the amounts of `how many`, `how much`. `none`: it is not one. */
export type QuestionKind =
  | 'what'
  | 'which'
  | 'how'
  | 'who'
  | 'when'
  | 'where'
  | 'why'
  | 'yes'
  | 'none'
  | `how ${string}`

const amounts = new Set('many much long old far often tall big fast large high deep expensive heavy soon'.split(' '))
const askers = new Map<string, QuestionKind>([
  ['what', 'what'],
  ["what's", 'what'],
  ['which', 'which'],
  ['who', 'who'],
  ['whom', 'who'],
  ['whose', 'who'],
  ["who's", 'who'],
  ['where', 'where'],
  ["where's", 'where'],
  ['why', 'why'],
])
const afterWhen = new Set('is was were will did do does should can could are has have would'.split(' '))
const yesOrNo =
  /^(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|am|shall|may|isn't|aren't|don't|doesn't|didn't|can't|won't)$/

/** The first asking word decides; one that begins with a verb is answered by yes or no. */
export const questionKindOf = (words: readonly Word[]): QuestionKind => {
  for (let index = 0; index < words.length; index++) {
    const plain = (words[index] as Word).plain
    const next = words[index + 1]?.plain ?? ''
    if (plain === 'how') return amounts.has(next) ? `how ${next}` : 'how'
    const known = askers.get(plain)
    if (known !== undefined) return known
    if (plain === 'when' && (index === 0 || afterWhen.has(next))) return 'when'
    if (index === 0 && yesOrNo.test(plain)) return 'yes'
  }
  return 'none'
}

/** Kinds of which no other says the same in other words. */
const isStrict = (kind: QuestionKind): boolean =>
  kind === 'who' || kind === 'when' || kind === 'where' || kind === 'why' || kind.startsWith('how ')

/** Do they ask for different things: when against where, how many against how long? */
export const asksOtherwise = (one: QuestionKind, other: QuestionKind): boolean =>
  one !== other && isStrict(one) && isStrict(other)
