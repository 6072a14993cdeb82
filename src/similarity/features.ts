import type { Alignment } from './align.ts'
import { isCommon } from './common-words.ts'
import { type Crowd, crowdNumbers } from './crowd.ts'
import { stemsOf, weighty } from './marks.ts'
import { isName, type Reading, weightOf } from './reading.ts'
import { stretchNumbers } from './stretches.ts'
import { isLittle, type Word } from './words.ts'

/** Two texts side by side, and how they lie among others. */
export interface Pair {
  readonly one: Reading
  readonly other: Reading
  readonly alignment: Alignment
  /** Of their built-in vectors. */
  readonly cosine: number
  /** How much nearer it is than the nearest with a different answer; negative: it is farther. */
  readonly margin: number
  readonly crowd: Crowd
}

/** What a verdict is made from: numbers, in an order that only the weights know, and the names of what was seen. */
export interface Features {
  readonly numbers: readonly number[]
  readonly names: readonly string[]
}

export const featuresOf = (pair: Pair): Features => ({
  numbers: [
    ...spelling(pair),
    ...wording(pair),
    ...leftovers(pair),
    ...shape(pair),
    ...crowdNumbers(pair.crowd),
    ...stretchNumbers(pair.one, pair.other, pair.alignment),
  ],
  names: namesOf(pair),
})

const spelling = ({ one, other, cosine, margin }: Pair): number[] => {
  const texts = [` ${plainOf(one)} `, ` ${plainOf(other)} `] as const
  return [
    cosine,
    cosine * cosine,
    Math.sqrt(Math.max(0, 1 - cosine)),
    Math.min(0.4, Math.max(-0.1, margin)),
    sharedPieces(...texts, 2),
    sharedPieces(...texts, 3),
    sharedPieces(...texts, 4),
  ]
}

const plainOf = ({ words }: Reading): string => words.map(({ plain }) => plain).join(' ')

/** Dice's share of pieces of so many letters; of a long text its first thousand letters. */
const sharedPieces = (one: string, other: string, size: number): number => {
  const counts = new Map<string, number>()
  const ends = [Math.min(one.length, 1000) - size, Math.min(other.length, 1000) - size] as const
  for (let start = 0; start <= ends[0]; start++) {
    const piece = one.slice(start, start + size)
    counts.set(piece, (counts.get(piece) ?? 0) + 1)
  }
  let shared = 0
  for (let start = 0; start <= ends[1]; start++) {
    const piece = other.slice(start, start + size)
    const count = counts.get(piece) ?? 0
    if (count === 0) continue
    shared++
    counts.set(piece, count - 1)
  }
  return (2 * shared) / Math.max(1, ends[0] + ends[1] + 2)
}

const wording = ({ one, other, alignment }: Pair): number[] => {
  const { pairs, weight, spelled, synonyms } = alignment
  const [mine, theirs] = [Math.max(0.1, one.weight), Math.max(0.1, other.weight)]
  const shared = (2 * weight) / (mine + theirs)
  return [
    shared,
    shared * shared,
    Math.min(weight / mine, weight / theirs),
    Math.min(1, Math.max(weight / mine, weight / theirs)),
    (2 * pairs.length) / Math.max(1, one.words.length + other.words.length),
    Math.min(1, spelled),
    Math.min(3, synonyms.length) / 3,
    Math.min(3, weight) / 3,
    Math.log(1 + Math.min(mine, theirs)),
    inOrder(pairs),
    Math.min(3, turns(pairs)) / 3,
  ]
}

/** The share of pairs that can stay in one order. */
const inOrder = (pairs: Alignment['pairs']): number => {
  const ends: number[] = []
  for (const [, place] of pairs) {
    const at = ends.findIndex((end) => end >= place)
    if (at < 0) ends.push(place)
    else ends[at] = place
  }
  return pairs.length === 0 ? 1 : ends.length / pairs.length
}

const turns = (pairs: Alignment['pairs']): number => {
  let count = 0
  for (let index = 1; index < pairs.length; index++)
    if ((pairs[index]?.[1] ?? 0) < (pairs[index - 1]?.[1] ?? 0)) count++
  return count
}

const leftovers = ({ one, other, alignment: { leftOfOne, leftOfOther } }: Pair): number[] => {
  const mine = weighty(leftOfOne)
  const theirs = weighty(leftOfOther)
  const [mineWeighs, theirsWeighs] = [sum(mine), sum(theirs)]
  const [mineMost, theirsMost] = [most(mine), most(theirs)]
  const count = mine.length + theirs.length
  const little = leftOfOne.length + leftOfOther.length - count
  return [
    Math.min(3, mineWeighs + theirsWeighs),
    Math.min(2, mineWeighs, theirsWeighs),
    Math.min(2, Math.max(mineWeighs, theirsWeighs)),
    Math.min(1, Math.abs(mineWeighs - theirsWeighs)),
    mineMost + theirsMost,
    Math.max(mineMost, theirsMost),
    Math.min(mineMost, theirsMost),
    Math.min(4, count) / 4,
    Number(count === 0),
    Number(mine.length === 0 || theirs.length === 0),
    Number(mine.length === 1 && theirs.length === 1),
    Math.min(6, little) / 6,
    Number(little === 0),
    Math.min(3, rare(mine) + rare(theirs)) / 3,
    Number(rare(mine) > 0 && rare(theirs) > 0),
    Math.min(3, mine.filter(isName).length + theirs.filter(isName).length) / 3,
    Math.min(4, runs(one.words, leftOfOne) + runs(other.words, leftOfOther)) / 4,
    atEnd(one.words, leftOfOne) + atEnd(other.words, leftOfOther),
  ]
}

const sum = (words: readonly Word[]): number => words.reduce((total, word) => total + weightOf(word), 0)
const most = (words: readonly Word[]): number => words.reduce((top, word) => Math.max(top, weightOf(word)), 0)
const rare = (words: readonly Word[]): number => words.filter((word) => !isCommon(word.stem)).length

/** How many stretches of words are left. */
const runs = (words: readonly Word[], left: readonly Word[]): number => {
  let count = 0
  let isInside = false
  for (const word of words) {
    const isLeft = !isLittle(word.plain) && left.includes(word)
    if (isLeft && !isInside) count++
    isInside = isLeft
  }
  return count
}

/** How many of the last words are left, up to three. */
const atEnd = (words: readonly Word[], left: readonly Word[]): number => {
  let count = 0
  for (let index = words.length - 1; index >= 0; index--) {
    const word = words[index] as Word
    if (!left.includes(word)) break
    if (!isLittle(word.plain)) count++
  }
  return Math.min(3, count) / 3
}

const shape = ({ one, other, alignment }: Pair): number[] => {
  const [mine, theirs] = [one.words, other.words]
  const shorter = Math.min(mine.length, theirs.length)
  const [mineWeighty, theirsWeighty] = [weighty(mine), weighty(theirs)]
  const isSameBegin = mine[0]?.stem === theirs[0]?.stem
  return [
    Math.log(1 + shorter),
    shorter / Math.max(1, mine.length, theirs.length),
    Number(isSameBegin),
    Number(isSameBegin && mine[1]?.stem === theirs[1]?.stem),
    Number(mineWeighty[0]?.stem === theirsWeighty[0]?.stem),
    Number(mineWeighty.at(-1)?.stem === theirsWeighty.at(-1)?.stem),
    Number(one.kind === other.kind),
    Math.min(2, Math.abs(sentences(one.text) - sentences(other.text))),
    Math.min(8, mineWeighty.length, theirsWeighty.length) / 8,
    Math.min(3, mine.filter((word) => isName(word) && !alignment.leftOfOne.includes(word)).length) / 3,
  ]
}

const sentences = (text: string): number => text.match(/[.?!]+(?:\s|$)/g)?.length ?? 0

/**
 * What was seen, by name: words of the common language that are left over, how the texts begin, which words stand for each
 * other. Names, numbers and rare words have no name here, so that nothing is learned of any one text.
 */
const namesOf = ({ one, other, alignment: { leftOfOne, leftOfOther, synonyms } }: Pair): string[] => {
  const names: string[] = []
  for (const word of leftOfOne) names.push(`left ${kindOf(word)}`)
  for (const word of leftOfOther) names.push(`left ${kindOf(word)}`)
  for (const pair of synonyms) names.push(`means ${pair}`)
  if (one.kind !== other.kind) names.push(`asks ${[one.kind, other.kind].sort().join('/')}`)
  const begins = [beginOf(one, 2, isKnown), beginOf(other, 2, isKnown)]
  if (begins[0] !== begins[1]) names.push(`begins ${begins.sort().join('/')}`)
  const frames = [beginOf(one, 4, isLittleWord), beginOf(other, 4, isLittleWord)]
  if (frames[0] !== frames[1]) names.push(`frame ${frames.sort().join('/')}`)
  const [mine, theirs] = [weighty(leftOfOne), weighty(leftOfOther)]
  if (mine.length === 1 && theirs.length === 1) names.push(`for ${[stemsOf(mine), stemsOf(theirs)].sort().join('/')}`)
  return names
}

const isLittleWord = ({ plain }: Word): boolean => isLittle(plain)
const isKnown = (word: Word): boolean => isLittleWord(word) || isCommon(word.stem)

const kindOf = (word: Word): string => {
  if (isKnown(word)) return word.stem
  if (/\p{N}/u.test(word.raw)) return '#'
  return isName(word) ? 'A' : '*'
}

const beginOf = ({ words }: Reading, count: number, isTold: (word: Word) => boolean): string =>
  words
    .slice(0, count)
    .map((word) => (isTold(word) ? word.stem : '*'))
    .join(' ')
