import type { Alignment } from './align.ts'
import { isName, type Reading, weightOf } from './reading.ts'
import { isLittle, type Word } from './words.ts'

/** Of the words as sequences: the longest stretch in common, softly covered weights, first and last weighty words. */
export const stretchNumbers = (
  one: Reading,
  other: Reading,
  { pairs, leftOfOne, leftOfOther }: Alignment,
): number[] => {
  const shorter = Math.max(1, Math.min(one.words.length, other.words.length))
  return [
    longestStretch(pairs) / shorter,
    Math.log(1 + longestStretch(pairs)),
    uncovered(leftOfOne, other),
    uncovered(leftOfOther, one),
    neighbours(pairs) / Math.max(1, pairs.length),
    Math.abs(one.words.length - other.words.length),
    Math.max(one.words.length, other.words.length),
    Math.max(one.marks.numbers.size, one.marks.codes.size, other.marks.codes.size),
    Number(one.kind === 'none') + Number(other.kind === 'none'),
    leftOfOne.filter(isName).length + leftOfOther.filter(isName).length,
    ...writing(one.text, other.text),
  ]
}

const longestStretch = (pairs: Alignment['pairs']): number => {
  let longest = 0
  let length = 0
  pairs.forEach(([mine, theirs], index) => {
    const before = pairs[index - 1]
    length = before && before[0] === mine - 1 && before[1] === theirs - 1 ? length + 1 : 1
    longest = Math.max(longest, length)
  })
  return longest
}

const neighbours = (pairs: Alignment['pairs']): number => {
  let count = 0
  for (let index = 1; index < pairs.length; index++) if (pairs[index]?.[1] === (pairs[index - 1]?.[1] ?? 0) + 1) count++
  return count
}

/** The weight that is left, where a word counts less the more letters it shares with one of the other text. */
const uncovered = (left: readonly Word[], { words }: Reading): number => {
  let sum = 0
  for (const word of left) {
    if (isLittle(word.plain)) continue
    let best = 0
    for (const each of words) best = Math.max(best, begin(word.stem, each.stem))
    sum += weightOf(word) * (1 - best)
  }
  return Math.min(4, sum)
}

/** The share of letters that two words begin with alike. */
const begin = (one: string, other: string): number => {
  const longer = Math.max(one.length, other.length)
  let same = 0
  while (same < longer && one[same] === other[same]) same++
  return same < 3 ? 0 : same / longer
}

const signs = [/`/g, /,/g, /[.?!:;]/g, /[()"'“”]/g, /\p{Extended_Pictographic}/gu, /\p{N}/gu, /(?<=[^.?!:\n] )\p{Lu}/gu]

/** How much more of each sign one text has than the other, and whether only one of them begins with yes or no. */
const writing = (one: string, other: string): number[] => [
  ...signs.map((sign) => Math.min(8, Math.abs(count(one, sign) - count(other, sign)))),
  Number(answers.test(one)) + Number(answers.test(other)) === 1 ? 1 : 0,
]

const answers = /^\s*(?:yes|no)\b/i
const count = (text: string, sign: RegExp): number => text.match(sign)?.length ?? 0
