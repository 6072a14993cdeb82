import { areOpposite } from './opposites.ts'
import { isName, type Reading, weightOf } from './reading.ts'
import { areSynonyms } from './synonyms.ts'
import { isLittle, type Word } from './words.ts'

/** Which words of two texts belong together, and which are left. */
export interface Alignment {
  readonly leftOfOne: readonly Word[]
  readonly leftOfOther: readonly Word[]
  /** Places of words that belong together, by the first text's order. */
  readonly pairs: readonly (readonly [one: number, other: number])[]
  /** The weights of the words that found one. */
  readonly weight: number
  /** Words that found one which is written otherwise, as `stem/stem`. */
  readonly synonyms: readonly string[]
  /** Words that found one which is spelled a little otherwise. */
  readonly spelled: number
}

const synonymShare = 0.7

export const align = (one: Reading, other: Reading): Alignment => {
  const taken = new Uint8Array(other.words.length)
  const pairs: [number, number][] = []
  const waiting: number[] = []
  let weight = 0
  const places = placesOf(other.words)
  one.words.forEach((word, index) => {
    const place = places.get(word.stem)?.shift()
    if (place === undefined) {
      waiting.push(index)
      return
    }
    taken[place] = 1
    pairs.push([index, place])
    weight += weightOf(word)
  })
  const leftOfOne: Word[] = []
  const synonyms: string[] = []
  let spelled = 0
  for (const index of waiting) {
    const word = one.words[index] as Word
    const { place, share } = nearest(word, other.words, taken)
    if (place < 0) {
      leftOfOne.push(word)
      continue
    }
    const found = other.words[place] as Word
    taken[place] = 1
    pairs.push([index, place])
    weight += share * Math.min(weightOf(word), weightOf(found))
    if (share === synonymShare) synonyms.push([word.stem, found.stem].sort().join('/'))
    else spelled += 1 - share + 0.1
  }
  const leftOfOther = other.words.filter((_, place) => taken[place] === 0)
  return { leftOfOne, leftOfOther, pairs: pairs.sort((a, b) => a[0] - b[0]), weight, synonyms, spelled }
}

const placesOf = (words: readonly Word[]): Map<string, number[]> => {
  const places = new Map<string, number[]>()
  words.forEach(({ stem }, place) => {
    const known = places.get(stem)
    if (known) known.push(place)
    else places.set(stem, [place])
  })
  return places
}

const nearest = (word: Word, others: readonly Word[], taken: Uint8Array): { place: number; share: number } => {
  let place = -1
  let share = 0
  if (isLittle(word.plain)) return { place, share }
  for (let index = 0; index < others.length; index++) {
    const other = others[index] as Word
    if (taken[index] === 1 || isLittle(other.plain)) continue
    const found = areSynonyms(word.stem, other.stem) ? synonymShare : formShare(word, other)
    if (found <= share || areOpposite(word.plain, other.plain)) continue
    share = found
    place = index
  }
  return { place, share }
}

/** Names and numbers that differ by letters are other ones. */
const formShare = (one: Word, other: Word): number => {
  const share = spelledAlike(one.plain, other.plain)
  return share < formOnly && (isExact(one) || isExact(other)) ? 0 : share
}

const formOnly = 0.9
const isExact = (word: Word): boolean => isName(word) || /\p{N}/u.test(word.raw)

/** 0 to 1: one word in another form, or written with a slip. */
export const spelledAlike = (one: string, other: string): number => {
  const shorter = Math.min(one.length, other.length)
  const longer = Math.max(one.length, other.length)
  if (shorter < 4 || longer > 40) return 0
  let same = 0
  while (same < shorter && one[same] === other[same]) same++
  if (same >= 4 && same >= shorter - 1 && longer - same <= 4) return formOnly
  if (shorter < 5 || longer - shorter > 2) return 0
  const alike = 1 - editsBetween(one, other) / longer
  return alike >= 0.75 ? alike : 0
}

const editsBetween = (one: string, other: string): number => {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const now = [row]
    for (let column = 1; column <= other.length; column++) {
      const changed = (before[column - 1] as number) + (one[row - 1] === other[column - 1] ? 0 : 1)
      now.push(Math.min(changed, (before[column] as number) + 1, (now[column - 1] as number) + 1))
    }
    before = now
  }
  return before[other.length] as number
}
