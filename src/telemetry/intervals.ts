import { wilson } from '../similarity/wilson.ts'

/** Of how many, how much, and between which bounds the truth lies with 95 chances in 100. */
export interface Share {
  readonly n: number
  readonly rate: number
  readonly low: number
  readonly high: number
}

const z95 = 1.959964

/** A share with its bounds (Wilson); undefined: of none. */
export const shareOf = (seen: number, all: number): Share | undefined =>
  all === 0 ? undefined : { n: all, rate: seen / all, ...wilson(seen, all, z95) }

/** A mean with its bounds by Student's t, within -1 and 1; of one alone, anything. Undefined: of none. */
export const meanOf = (
  count: number,
  sum: number,
  squares: number,
): { readonly n: number; readonly mean: number; readonly low: number; readonly high: number } | undefined => {
  if (count === 0) return undefined
  const mean = sum / count
  if (count === 1) return { n: 1, mean, low: -1, high: 1 }
  const variance = Math.max(0, (squares - count * mean * mean) / (count - 1))
  const spread = studentsT(count - 1) * Math.sqrt(variance / count)
  return { n: count, mean, low: Math.max(-1, mean - spread), high: Math.min(1, mean + spread) }
}

const few = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228] as const

/** What 95 of 100 lie within on both sides, by degrees of freedom: from tables, then by the expansion of Fisher. */
const studentsT = (freedom: number): number => {
  const known = few[freedom - 1]
  if (known !== undefined) return known
  const z = z95
  const first = (z ** 3 + z) / (4 * freedom)
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  return z + first + second + third
}
