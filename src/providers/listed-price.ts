import type { ModelPrice } from '@pydantic/genai-prices'
import { type Nanos, nanosFromUsd, type Price, type Rates, ratesOf, type Tariff, withRates } from '../core/money.ts'

/** How writing to a prompt cache is charged where a price list names only some of it. */
export interface WritePremium {
  /** Short and long life, as multiples of the input's price in hundredths. */
  readonly short: bigint
  readonly long: bigint
}

/** Anthropic's: five minutes cost 1.25 times the input, an hour twice as much as the input. */
export const anthropicPremium: WritePremium = { short: 125n, long: 200n }
/** Writing is charged as reading the prompt. */
export const noPremium: WritePremium = { short: 100n, long: 100n }

type Entry = ModelPrice[string]

/** The rate that holds when the input has more than `input` tokens. */
const rateAt = (entry: Entry, input: number): Nanos | undefined => {
  if (entry === undefined) return undefined
  if (typeof entry === 'number') return nanosFromUsd(entry)
  let price = entry.base
  let passed = -1
  for (const tier of entry.tiers) {
    if (tier.start > input || tier.start <= passed) continue
    price = tier.price
    passed = tier.start
  }
  return nanosFromUsd(price)
}

/** The larger of two amounts. */
export const larger = (one: Nanos, other: Nanos): Nanos => (one > other ? one : other)

/** All rates of one tier; undefined where text in or text out has no price. */
const ratesAt = (listed: ModelPrice, input: number, premium: WritePremium): Rates | undefined => {
  const of = (part: string): Nanos | undefined => rateAt(listed[`${part}_mtok`], input)
  // Usage does not tell images and film from text, so the dearest of them counts.
  const dearestOf = (part: string): Nanos | undefined => {
    const text = of(part)
    return text && larger(text, larger(of(`${part}_image`) ?? 0n, of(`${part}_video`) ?? 0n))
  }
  const text = dearestOf('input')
  const output = dearestOf('output')
  if (text === undefined || output === undefined) return undefined
  const short = of('cache_write')
  // What is written was read as well: some lists have only what storing it costs on top.
  const write = larger(short ?? (text * premium.short) / 100n, text)
  return {
    input: text,
    cacheRead: of('cache_read') ?? text,
    cacheWriteShort: write,
    cacheWriteLong: larger(of('cache_write_1h') ?? larger((text * premium.long) / 100n, write), text),
    audioInput: of('input_audio') ?? text,
    output,
    reasoning: of('output_reasoning') ?? output,
    audioOutput: of('output_audio') ?? output,
  }
}

const startsOf = (listed: ModelPrice): number[] => {
  const starts = new Set<number>()
  for (const entry of Object.values(listed)) {
    if (typeof entry === 'object') for (const { start } of entry.tiers) starts.add(start)
  }
  return [...starts].sort((one, other) => one - other)
}

/** A price list's entry as a price; undefined where it has no price for text. Listed numbers are read as they are written. */
export const priceFrom = (listed: ModelPrice, premium: WritePremium): Price | undefined => {
  const rates = ratesAt(listed, -1, premium)
  if (!rates) return undefined
  const tiers: { aboveInput: number; rates: Rates }[] = []
  for (const aboveInput of startsOf(listed)) {
    const above = ratesAt(listed, aboveInput, premium)
    if (above) tiers.push({ aboveInput, rates: above })
  }
  return {
    rates,
    tiers,
    perCall: ofThousand(listed.requests_kcount),
    perSearch: listed.web_searches_kcount === undefined ? undefined : ofThousand(listed.web_searches_kcount),
  }
}

const ofThousand = (entry: Entry): Nanos => ((rateAt(entry, -1) ?? 0n) + 999n) / 1_000n

/** A price whose tokens cost a multiple. */
export const raised = (price: Price, times: bigint): Price => ({
  ...price,
  ...withRates(price, (rates) => ratesOf((part) => rates[part] * times)),
})

const dearerRates = (one: Rates, other: Rates): Rates => ratesOf((part) => larger(one[part], other[part]))

const ratesAbove = (tariff: Tariff, size: number): Rates =>
  tariff.tiers.findLast(({ aboveInput }) => aboveInput <= size)?.rates ?? tariff.rates

const dearerTariff = (one: Tariff, other: Tariff): Tariff => {
  const sizes = new Set([...one.tiers, ...other.tiers].map(({ aboveInput }) => aboveInput))
  return {
    rates: dearerRates(one.rates, other.rates),
    tiers: [...sizes]
      .sort((small, large) => small - large)
      .map((aboveInput) => ({
        aboveInput,
        rates: dearerRates(ratesAbove(one, aboveInput), ratesAbove(other, aboveInput)),
      })),
  }
}

const dearerServices = (one: Price, other: Price): ReadonlyMap<string, Tariff> | undefined => {
  if (!one.services && !other.services) return undefined
  const names = new Set([...(one.services?.keys() ?? []), ...(other.services?.keys() ?? [])])
  return new Map(
    [...names].map((name) => [name, dearerTariff(one.services?.get(name) ?? one, other.services?.get(name) ?? other)]),
  )
}

/** The dearer of two prices in every part. */
export const dearer = (one: Price, other: Price): Price => {
  const services = dearerServices(one, other)
  const regions = new Map([...(one.regions ?? []), ...(other.regions ?? [])])
  for (const [name, percent] of one.regions ?? []) regions.set(name, larger(percent, regions.get(name) ?? percent))
  return {
    ...dearerTariff(one, other),
    perCall: larger(one.perCall, other.perCall),
    perSearch:
      one.perSearch === undefined || other.perSearch === undefined ? undefined : larger(one.perSearch, other.perSearch),
    ...(services && { services }),
    ...(regions.size > 0 && { regions }),
  }
}
