import { createHash } from 'node:crypto'

/** The next number of a sequence, from 0 up to but without 1. */
export type Random = () => number

/** A sequence that depends on the text alone (sfc32, seeded by a hash). */
export const randomFrom = (text: string): Random => {
  const hash = createHash('sha256').update(text).digest()
  let a = hash.readInt32LE(0)
  let b = hash.readInt32LE(4)
  let c = hash.readInt32LE(8)
  let counter = hash.readInt32LE(12)
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }
}

/** A whole number from `least` to `most`, both included. */
export const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1))

/** One of a list that is not empty. */
export const pick = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item =>
  items[between(random, 0, items.length - 1)] ?? items[0]

/** How many standard deviations lie between the middle of a normal distribution and its 99th percentile. */
const deviationsTo99 = 2.326_347_874

/** A log-normal time of which half are below `p50` and one of a hundred is above `p99`; 0 where `p50` is. */
export const logNormal = (random: Random, { p50, p99 }: { readonly p50: number; readonly p99: number }): number => {
  const angle = 2 * Math.PI * random()
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(angle)
  if (p50 <= 0) return 0
  const sigma = Math.max(0, Math.log(p99 / p50) / deviationsTo99)
  return p50 * Math.exp(sigma * normal)
}
