import type { Target } from '../core/target.ts'
import type { Policy } from './policy.ts'

/** A mix of three prompt tokens to one answered one, as most traffic is; unknown prices come last, never first. */
const blended = (target: Target): bigint | undefined => {
  const rates = target.facts?.price?.rates
  return rates && rates.input * 3n + rates.output
}

/** Orders by list price, cheapest first; equals keep their order. */
export const cheapest: Policy = (targets) => {
  if (targets.length < 2) return targets
  const priced = targets.map((target) => ({ target, price: blended(target) }))
  priced.sort((one, other) => {
    if (one.price === undefined || other.price === undefined) {
      return Number(one.price === undefined) - Number(other.price === undefined)
    }
    return one.price < other.price ? -1 : one.price > other.price ? 1 : 0
  })
  return priced.map(({ target }) => target)
}
