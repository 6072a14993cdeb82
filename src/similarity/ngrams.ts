import { isLittle, type Word, wordsOf } from './words.ts'

/** How many numbers the built-in vectors have. */
export const ngramDimensions = 1024

const seed = 0x811c9dc5
const prime = 0x01000193

const littleWeight = 0.25
const wordWeight = 1
const pairWeight = 0.6
const pieceWeight = 0.45

/**
 * A text as a vector of length 1: words, pairs of neighbours and pieces of three to five letters, each hashed to a place and
 * a sign. Texts that share words and spellings lie near each other; it knows nothing of meaning.
 */
export const embedNgrams = (text: string): Float32Array => embedWords(wordsOf(text))

/** The same of words that were read before. */
export const embedWords = (words: readonly Word[]): Float32Array => {
  const vector = new Float32Array(ngramDimensions)
  let before = ''
  for (const { plain, stem } of words) {
    const weight = isLittle(plain) ? littleWeight : 1
    add(vector, hashOf(stem, seed), wordWeight * weight)
    add(vector, hashOf(stem, hashOf(before, seed ^ 0x5bd1e995)), pairWeight * (weight < 1 ? 0.5 : 1))
    before = stem
    if (weight === 1) addPieces(vector, plain)
  }
  return toUnit(vector)
}

const addPieces = (vector: Float32Array, plain: string): void => {
  const padded = `<${plain}>`
  const weight = pieceWeight / Math.sqrt(padded.length)
  for (let size = 3; size <= 5; size++)
    for (let start = 0; start + size <= padded.length; start++) {
      let hash = seed ^ size
      for (let index = start; index < start + size; index++) hash = Math.imul(hash ^ padded.charCodeAt(index), prime)
      add(vector, hash, weight)
    }
}

const hashOf = (text: string, start: number): number => {
  let hash = start
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), prime)
  return hash
}

const add = (vector: Float32Array, hash: number, weight: number): void => {
  let mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  mixed ^= mixed >>> 13
  const place = mixed & (ngramDimensions - 1)
  vector[place] = (vector[place] as number) + (mixed & 0x8000_0000 ? -weight : weight)
}

/** The vector at length 1, in place; one of nothing stays as it is. */
export const toUnit = (vector: Float32Array): Float32Array => {
  let sum = 0
  for (const value of vector) sum += value * value
  if (sum === 0) return vector
  const factor = 1 / Math.sqrt(sum)
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] as number) * factor
  return vector
}
