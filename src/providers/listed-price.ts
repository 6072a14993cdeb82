import type { ModelPrice } from '@pydantic/genai-prices'
import { type Nanos, nanosFromUsd, type Price, type Rates } from '../core/money.ts'

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

const larger = (one: Nanos, other: Nanos): Nanos => (one > other ? one : other)

/** All rates of one tier; undefined where text in or text out has no price. */
const ratesAt = (listed: ModelPrice, input: number, premium: WritePremium): Rates | undefined => {
  const of = (part: string): Nanos | undefined => rateAt(listed[`${part}_mtok`], input)
  const text = of('input')
  const output = of('output')
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
  const perThousand = rateAt(listed.requests_kcount, -1) ?? 0n
  return { rates, tiers, perCall: (perThousand + 999n) / 1_000n }
}

const dearerRates = (one: Rates, other: Rates): Rates => ({
  input: larger(one.input, other.input),
  cacheRead: larger(one.cacheRead, other.cacheRead),
  cacheWriteShort: larger(one.cacheWriteShort, other.cacheWriteShort),
  cacheWriteLong: larger(one.cacheWriteLong, other.cacheWriteLong),
  audioInput: larger(one.audioInput, other.audioInput),
  output: larger(one.output, other.output),
  reasoning: larger(one.reasoning, other.reasoning),
  audioOutput: larger(one.audioOutput, other.audioOutput),
})

/** The dearer of two prices in every part. Their tiers must begin at the same sizes. */
export const dearer = (one: Price, other: Price): Price => ({
  rates: dearerRates(one.rates, other.rates),
  tiers: one.tiers.map((tier, index) => ({
    aboveInput: tier.aboveInput,
    rates: dearerRates(tier.rates, other.tiers[index]?.rates ?? tier.rates),
  })),
  perCall: larger(one.perCall, other.perCall),
})
