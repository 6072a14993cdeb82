import type { JsonObject } from '../core/json.ts'
import { between, type Random } from './simulated-random.ts'

interface Bounds {
  readonly least: number
  readonly most: number
  /** May it be `least` itself, or `most`? */
  readonly leastCounts: boolean
  readonly mostCounts: boolean
}

/** How far from the one bound that is given a number is looked for, and from 0 when there is none. */
const usualRange = 100

/** Exclusive bounds are numbers by themselves since draft 6, and a yes beside the bound before. */
const boundsOf = (schema: JsonObject): Bounds => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const low = typeof minimum === 'number' ? minimum : Number.NEGATIVE_INFINITY
  const high = typeof maximum === 'number' ? maximum : Number.POSITIVE_INFINITY
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum : Number.NEGATIVE_INFINITY
  const below = typeof exclusiveMaximum === 'number' ? exclusiveMaximum : Number.POSITIVE_INFINITY
  const least = Math.max(low, above)
  const most = Math.min(high, below)
  return {
    least: Number.isFinite(least) ? least : Math.min(0, Number.isFinite(most) ? most - usualRange : 0),
    most: Number.isFinite(most) ? most : Math.max(usualRange, Number.isFinite(least) ? least + usualRange : 0),
    leastCounts: least !== above && exclusiveMinimum !== true,
    mostCounts: most !== below && exclusiveMaximum !== true,
  }
}

/** Whole multiples of `step` inside the bounds, one of them; undefined where none fits. */
const multipleWithin = (bounds: Bounds, step: number, random: Random): number | undefined => {
  let first = Math.ceil(bounds.least / step)
  let last = Math.floor(bounds.most / step)
  if (!bounds.leastCounts && first * step <= bounds.least) first++
  if (!bounds.mostCounts && last * step >= bounds.most) last--
  if (first > last) return undefined
  const multiple = between(random, first, last) * step
  // Decimal steps such as 0.1 leave a rest in the last digits.
  return Number(multiple.toPrecision(12))
}

/** A number that keeps to the bounds and steps of a schema; the middle where no step fits. */
export const numberFor = (schema: JsonObject, random: Random, whole: boolean): number => {
  const bounds = boundsOf(schema)
  const given = typeof schema.multipleOf === 'number' && schema.multipleOf > 0 ? schema.multipleOf : undefined
  const step = whole ? wholeStep(given) : given
  const stepped = multipleWithin(bounds, step ?? 0.25, random)
  if (stepped !== undefined) return stepped
  return whole ? Math.ceil(bounds.least) : (bounds.least + bounds.most) / 2
}

/** The least whole number that is a multiple of the step. */
const wholeStep = (step: number | undefined): number => {
  if (step === undefined) return 1
  for (let count = 1; count <= 1_000; count++) {
    const multiple = Number((step * count).toPrecision(12))
    if (Number.isInteger(multiple)) return multiple
  }
  return 1
}
