import type { EmbedInput } from '../core/embed.ts'

/** Numbers in a vector of a simulated model, when nobody says how many. */
export const usualDimensions = 256

/** FNV-1a: the same text has the same hash everywhere. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** Words, and threes of neighbouring letters within them, so that texts with much in common lie near each other. */
const featuresOf = (text: string): string[] => {
  const features: string[] = []
  for (const word of text
    .toLowerCase()
    .normalize('NFKC')
    .split(/[^\p{L}\p{N}]+/u)) {
    if (word === '') continue
    features.push(word)
    const bounded = `<${word}>`
    for (let index = 0; index + 3 <= bounded.length; index++) features.push(bounded.slice(index, index + 3))
  }
  return features
}

/**
 * A vector of length 1 for an input: the same for the same input, and near those of similar texts. Each feature adds 1
 * or takes it away at a place, both chosen by its hash.
 */
export const vectorFor = (input: EmbedInput, dimensions: number): readonly number[] => {
  const features = input.kind === 'text' ? featuresOf(input.text) : input.tokens.map((token) => `#${token}`)
  const vector = new Array<number>(dimensions).fill(0)
  for (const feature of features) {
    const hash = hashOf(feature)
    const place = (hash >>> 1) % dimensions
    vector[place] = (vector[place] ?? 0) + (hash & 1 ? 1 : -1)
  }
  const length = Math.sqrt(vector.reduce((sum, number) => sum + number * number, 0))
  // What holds nothing that could be told from anything else still has a direction.
  if (length === 0) return vector.map((_, index) => (index === 0 ? 1 : 0))
  return vector.map((number) => number / length)
}
