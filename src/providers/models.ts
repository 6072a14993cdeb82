import { createRequire } from 'node:module'
import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices'
import type { Price } from '../core/money.ts'
import type { ModelFacts } from '../core/target.ts'
import { anthropicPremium, dearer, noPremium, priceFrom } from './listed-price.ts'
import { limitsOf } from './model-limits.ts'

type PriceList = typeof import('@pydantic/genai-prices')

let list: PriceList | undefined

/** The package takes 30 to 80 ms to load, so it waits until somebody asks. */
const priceList = (): PriceList => {
  list ??= createRequire(import.meta.url)('@pydantic/genai-prices') as PriceList
  return list
}

interface Listed {
  readonly model: ModelInfo
  readonly prices: ModelPrice
}

const listedAt = (provider: string, model: string, timestamp: Date): Listed | undefined => {
  const found = priceList().calcPrice({}, model, { providerId: provider, timestamp })
  return found ? { model: found.model, prices: found.model_price } : undefined
}

/** Moments of this day at which a price that depends on the hour changes. */
const changesOf = (model: ModelInfo, now: Date): Date[] => {
  if (!Array.isArray(model.prices)) return []
  const day = now.toISOString().slice(0, 10)
  return model.prices.flatMap(({ constraint }: ConditionalPrice) =>
    constraint?.type === 'time_of_date' ? [new Date(`${day}T${constraint.start_time}`)] : [],
  )
}

/** The price of today. Where it depends on the hour, the dearest: a bill may be too high then, a budget never overrun. */
const priceOf = (provider: string, model: string, now: Date): { price?: Price; window?: number } => {
  const listed = listedAt(provider, model, now)
  if (!listed) return {}
  const premium = /claude/.test(model) ? anthropicPremium : noPremium
  let price = priceFrom(listed.prices, premium)
  for (const moment of changesOf(listed.model, now)) {
    const then = listedAt(provider, model, moment)
    const other = then && priceFrom(then.prices, premium)
    if (price && other) price = dearer(price, other)
  }
  return { ...(price && { price }), ...(listed.model.context_window && { window: listed.model.context_window }) }
}

const lookUp = (provider: string, model: string): ModelFacts | undefined => {
  const { price, window } = priceOf(provider, model, new Date())
  const limits = limitsOf(provider, model)
  if (!price && window === undefined && !limits) return undefined
  return {
    price,
    contextWindow: limits?.contextWindow ?? window,
    maxOutput: limits?.maxOutput,
    imageTokens: limits?.imageTokens,
    lacks: limits?.lacks ?? [],
  }
}

const remembered = new Map<string, ModelFacts | undefined>()
/** Names may be a caller's own. */
const mostRemembered = 10_000

/**
 * What is known of a model: price, sizes, missing abilities. `priceProvider` is a row's; prices come from
 * `@pydantic/genai-prices` and are those of the day the process first asked. Undefined when nothing is known; a price
 * that is unknown is undefined, never zero.
 */
export const factsOf = (priceProvider: string | undefined, model: string): ModelFacts | undefined => {
  if (priceProvider === undefined) return undefined
  const key = `${priceProvider}/${model}`
  if (remembered.has(key)) return remembered.get(key)
  const facts = lookUp(priceProvider, model)
  if (remembered.size < mostRemembered) remembered.set(key, facts)
  return facts
}
