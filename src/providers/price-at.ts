import { createRequire } from 'node:module'
import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices'
import type { Price } from '../core/money.ts'
import { anthropicPremium, noPremium, priceFrom, raised } from './listed-price.ts'
import { type CorrectedPrice, type Correction, corrections, type PeakHours } from './price-corrections.ts'
import { regionsOf, serviceChanges, servicesOf } from './service-tiers.ts'

type PriceList = typeof import('@pydantic/genai-prices')

let list: PriceList | undefined

/** The package takes 30 to 80 ms to load, so it waits until somebody asks. */
const priceList = (): PriceList => {
  list ??= createRequire(import.meta.url)('@pydantic/genai-prices') as PriceList
  return list
}

/** What is listed for a model at a moment. */
export interface Listed {
  /** Undefined: it has no price for text. */
  readonly price: Price | undefined
  readonly contextWindow: number | undefined
  /** Moments of the next 24 hours, in Unix milliseconds, at which the price may change. */
  readonly changes: readonly number[]
}

const dayMs = 86_400_000

/** A time of day as it comes next and once more after that. */
const nextTimes = (time: string, at: number): number[] => {
  const today = new Date(at).toISOString().slice(0, 10)
  const first = Date.parse(`${today}T${time}`)
  return [first, first + dayMs]
}

const isWorkday = (at: number): boolean => {
  const day = new Date(at).getUTCDay()
  return day !== 0 && day !== 6
}

const isPeak = ({ windows }: PeakHours, at: number): boolean => {
  const time = new Date(at).toISOString().slice(11, 16)
  return isWorkday(at) && windows.some(([from, until]) => time >= from && time < until)
}

const started = ({ prices }: Correction, at: number): CorrectedPrice | undefined =>
  prices.findLast(({ from }) => from === undefined || Date.parse(from) <= at)

const correctionChanges = ({ prices }: Correction, at: number): number[] =>
  prices.flatMap(({ from, peak }) => [
    ...(from === undefined ? [] : [Date.parse(from)]),
    ...(peak?.windows.flat().flatMap((time) => nextTimes(`${time}:00Z`, at)) ?? []),
  ])

const conditionChanges = (model: ModelInfo, at: number): number[] => {
  if (!Array.isArray(model.prices)) return []
  return model.prices.flatMap(({ constraint }: ConditionalPrice) => {
    if (constraint?.type === 'start_date') return [Date.parse(constraint.start_date)]
    if (constraint?.type !== 'time_of_date') return []
    return [...nextTimes(constraint.start_time, at), ...nextTimes(constraint.end_time, at)]
  })
}

interface Found {
  readonly usd: ModelPrice
  readonly isDoubled: boolean
  readonly contextWindow: number | undefined
}

const fromList = (provider: string, model: string, at: number): { found?: Found; changes: number[] } => {
  const listed = priceList().calcPrice({}, model, { providerId: provider, timestamp: new Date(at) })
  if (!listed) return { changes: [] }
  const found = { usd: listed.model_price, isDoubled: false, contextWindow: listed.model.context_window }
  return { found, changes: conditionChanges(listed.model, at) }
}

const find = (provider: string, model: string, at: number): { found?: Found; changes: number[] } => {
  const correction = corrections.find((each) => each.provider === provider && each.model.test(model))
  if (!correction) return fromList(provider, model, at)
  const changes = correctionChanges(correction, at)
  const corrected = started(correction, at)
  if (!corrected) {
    const listed = fromList(provider, model, at)
    return { ...listed, changes: [...listed.changes, ...changes] }
  }
  const isDoubled = corrected.peak !== undefined && isPeak(corrected.peak, at)
  return { found: { usd: corrected.usd, isDoubled, contextWindow: correction.contextWindow }, changes }
}

/** What these make is no words, so that lists have no price for any. */
const wordless = /embed|rerank|\b(bge|gte|e5)-/i

/** Price and size of a model at a moment (Unix milliseconds), with service tiers; undefined when it is not listed. */
export const listedAt = (provider: string, model: string, at: number): Listed | undefined => {
  const { found, changes } = find(provider, model, at)
  if (!found) return undefined
  const usd = wordless.test(model) ? { output_mtok: 0, ...found.usd } : found.usd
  const usual = priceFrom(usd, /claude/.test(model) ? anthropicPremium : noPremium)
  const base = usual && (found.isDoubled ? raised(usual, 2n) : usual)
  const services = base && servicesOf({ provider, model, at }, base)
  const regions = regionsOf(provider)
  return {
    price: base && { ...base, ...(services && { services }), ...(regions && { regions }) },
    contextWindow: found.contextWindow,
    changes: [...changes, ...serviceChanges(provider)].filter((moment) => moment > at && moment <= at + dayMs),
  }
}
