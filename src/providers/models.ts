import type { Price } from '../core/money.ts'
import type { ModelFacts } from '../core/target.ts'
import { dearer } from './listed-price.ts'
import { limitsOf } from './model-limits.ts'
import { type Listed, listedAt } from './price-at.ts'

const hourMs = 3_600_000

/** The dearest price of the next day, for calls that end later than they begin. */
const boundOf = (listed: Listed, priceAt: (moment: number) => Price | undefined): Price | undefined =>
  listed.changes.reduce((bound, moment) => {
    const then = priceAt(moment)
    return bound && then ? dearer(bound, then) : (bound ?? then)
  }, listed.price)

const lookUp = (provider: string, model: string, now: number): ModelFacts | undefined => {
  const listed = listedAt(provider, model, now)
  const limits = limitsOf(provider, model)
  if (!listed?.price && listed?.contextWindow === undefined && !limits) return undefined
  const nextHour = now - (now % hourMs) + hourMs
  return {
    price: listed?.price,
    bound: listed && boundOf(listed, (moment) => listedAt(provider, model, moment)?.price),
    validUntil: Math.min(nextHour, ...(listed?.changes ?? [])),
    contextWindow: limits?.contextWindow ?? listed?.contextWindow,
    maxOutput: limits?.maxOutput,
    lacks: limits?.lacks ?? [],
  }
}

interface Remembered {
  readonly facts: ModelFacts | undefined
  readonly from: number
}

const remembered = new Map<string, Remembered>()
/** Names may be a caller's own. */
const mostRemembered = 10_000

/**
 * What is known of a model: price, sizes, missing abilities. `priceProvider` is a row's. Prices come from
 * `@pydantic/genai-prices`, corrected and completed by the tables beside this file, and are those of `now` (Unix
 * milliseconds); they are looked up again when they may have changed, at most an hour later. Undefined when nothing is
 * known; a price that is unknown is undefined, never zero.
 */
export const factsOf = (
  priceProvider: string | undefined,
  model: string,
  now: number = Date.now(),
): ModelFacts | undefined => {
  if (priceProvider === undefined) return undefined
  const key = `${priceProvider}/${model}`
  const known = remembered.get(key)
  if (known && now >= known.from && now < (known.facts?.validUntil ?? Number.POSITIVE_INFINITY)) return known.facts
  const facts = lookUp(priceProvider, model, now)
  if (known || remembered.size < mostRemembered) remembered.set(key, { facts, from: now })
  return facts
}
