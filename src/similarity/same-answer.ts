import { align } from './align.ts'
import { dot } from './dot.ts'
import { objectionTo } from './guard.ts'
import { embedWords } from './ngrams.ts'
import { read } from './reading.ts'

/** Do two answers say the same? `alike`: they are worded otherwise, and it is only likely. */
export type Agreement = 'same' | 'alike' | 'different'

/** Compared by letters, then as JSON, then by their words: an estimate, where a model words each answer anew. */
export const agreementOf = (one: string, other: string): Agreement => {
  if (flat(one) === flat(other)) return 'same'
  const [mine, theirs] = [structureOf(one), structureOf(other)]
  if (mine !== undefined || theirs !== undefined) return mine === theirs ? 'same' : 'different'
  return areAlike(one.slice(0, most), other.slice(0, most)) ? 'alike' : 'different'
}

/** Characters that are compared by their words. */
const most = 4000

const flat = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** JSON with its keys in order; undefined for what is none, and for a bare word or number, which is text. */
const structureOf = (text: string): string | undefined => {
  const bare = text
    .trim()
    .replace(/^```(?:json)?\s*|\s*```$/g, '')
    .trim()
  if (!/^[[{]/.test(bare)) return undefined
  try {
    return JSON.stringify(JSON.parse(bare), (_, value) => sorted(value))
  } catch {
    return undefined
  }
}

const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** A short answer is its facts; a long one is told by its words. */
const shortWords = 12
const likeShort = 0.5
const likeLong = 0.55

const areAlike = (one: string, other: string): boolean => {
  const [mine, theirs] = [read(one), read(other)]
  const cosine = dot(embedWords(mine.words), embedWords(theirs.words))
  if (Math.min(mine.words.length, theirs.words.length) > shortWords) return cosine >= likeLong
  return cosine >= likeShort && objectionTo(mine, theirs, align(mine, theirs)) === undefined
}
