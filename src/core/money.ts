import type { Usage } from './usage.ts'

/** Whole nano-US-dollars: 1 USD = 1 000 000 000. */
export type Nanos = bigint

/** Nano-dollars per million tokens (so one USD per million is 1 000 000 000), for each disjoint part of a usage. */
export interface Rates {
  readonly input: Nanos
  readonly cacheRead: Nanos
  readonly cacheWriteShort: Nanos
  readonly cacheWriteLong: Nanos
  readonly audioInput: Nanos
  readonly output: Nanos
  readonly reasoning: Nanos
  readonly audioOutput: Nanos
}

/** Rates made part by part. */
export const ratesOf = (rate: (part: keyof Rates) => Nanos): Rates => ({
  input: rate('input'),
  cacheRead: rate('cacheRead'),
  cacheWriteShort: rate('cacheWriteShort'),
  cacheWriteLong: rate('cacheWriteLong'),
  audioInput: rate('audioInput'),
  output: rate('output'),
  reasoning: rate('reasoning'),
  audioOutput: rate('audioOutput'),
})

/** The same tariff at other rates. */
export const withRates = (tariff: Tariff, change: (rates: Rates) => Rates): Tariff => ({
  rates: change(tariff.rates),
  tiers: tariff.tiers.map(({ aboveInput, rates }) => ({ aboveInput, rates: change(rates) })),
})

/** Rates of one way of being served; some charge all tokens of a call at another rate once its input passes a size. */
export interface Tariff {
  readonly rates: Rates
  /** By rising `aboveInput`. */
  readonly tiers: readonly { readonly aboveInput: number; readonly rates: Rates }[]
}

/** What a model costs. The tariff it is counts for everything that has no tariff of its own. */
export interface Price extends Tariff {
  /** Nano-dollars for the call itself, whatever it used. */
  readonly perCall: Nanos
  /** Nano-dollars for each search of the web that the usage tells of. Absent: nothing. */
  readonly perSearch?: Nanos | undefined
  /** What other service tiers cost, by the names their provider reports: `batch`, `flex`, `priority`. */
  readonly services?: ReadonlyMap<string, Tariff> | undefined
  /** Percent of the tokens' cost by the region that answered: `us` is 110. Absent: 100 everywhere. */
  readonly regions?: ReadonlyMap<string, bigint> | undefined
}

const billion = 1_000_000_000n

/** USD as written by people (`0.15`, `"1e-3"`) to nano-dollars, exactly; more than nine decimals are rounded up. */
export const nanosFromUsd = (usd: number | string): Nanos => {
  const match = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(String(usd).trim())
  if (!match || (match[1] === '' && match[2] === '')) throw new RangeError(`not an amount of USD: ${usd}`)
  const [, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  const shift = Number(exponent) - fraction.length + 9
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (digits + divisor - 1n) / divisor
}

/** Nano-dollars as a decimal number of USD, without exponent or trailing zeros: `0.00012`. */
export const usdFromNanos = (nanos: Nanos): string => {
  if (nanos >= 0n && nanos < exactBelow) return usdFromSmall(Number(nanos))
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  const fraction = (size % billion).toString().padStart(9, '0').replace(/0+$/, '')
  return `${sign}${size / billion}${fraction === '' ? '' : `.${fraction}`}`
}

/** Below a thousand dollars a double holds every nano-dollar, and needs no big numbers. */
const exactBelow = 1_000_000_000_000n

const usdFromSmall = (nanos: number): string => {
  const rest = nanos % 1e9
  const whole = String((nanos - rest) / 1e9)
  if (rest === 0) return whole
  const digits = String(rest)
  let end = digits.length
  while (digits.charCodeAt(end - 1) === 0x30) end--
  return `${whole}.${'00000000'.slice(0, 9 - digits.length)}${digits.slice(0, end)}`
}

const million = 1_000_000n
/** Rates are for a million tokens, surcharges are percents. */
const hundredMillion = 100_000_000n

/** Names under which providers report that nothing special happened. A price may still name them, and then that counts. */
const ordinary: ReadonlySet<string> = new Set(['default', 'standard', 'auto', 'standard_only', 'on_demand'])

/** Is it known what the tier that answered costs? Where not, the dearest is charged. */
export const isTierKnown = (tier: string | undefined, price: Price): boolean =>
  tier === undefined || ordinary.has(tier) || price.services?.has(tier) === true

/** The tariffs that may count for a tier: one where it is known, all where it is not. */
const tariffsFor = (tier: string | undefined, price: Price): readonly Tariff[] => {
  const { services } = price
  if (services === undefined) return [price]
  if (tier === undefined || ordinary.has(tier))
    return [services.get(tier ?? 'default') ?? services.get('default') ?? price]
  const named = services.get(tier)
  return named ? [named] : [price, ...services.values()]
}

/** The rates that apply to a usage: those of the highest tier its whole input has passed. */
const ratesFor = (tariff: Tariff, inputTotal: number): Rates => {
  let rates = tariff.rates
  for (const tier of tariff.tiers) if (inputTotal > tier.aboveInput) rates = tier.rates
  return rates
}

/** An unknown region costs as much as the dearest. */
const percentFor = (region: string | undefined, regions: ReadonlyMap<string, bigint>): bigint => {
  if (region === undefined) return 100n
  const known = regions.get(region)
  if (known !== undefined) return known
  return largest([100n, ...regions.values()])
}

const largest = (amounts: readonly bigint[]): bigint => {
  let most = 0n
  for (const amount of amounts) if (amount > most) most = amount
  return most
}

const allInput = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWriteShort + usage.cacheWriteLong + usage.audioInput

/** Millionths of nano-dollars. */
const scaledCost = (usage: Usage, rates: Rates): bigint =>
  BigInt(usage.input) * rates.input + BigInt(usage.output) * rates.output + rareParts(usage, rates)

const rareParts = (usage: Usage, rates: Rates): bigint => {
  if (
    usage.cacheRead +
      usage.cacheWriteShort +
      usage.cacheWriteLong +
      usage.audioInput +
      usage.reasoning +
      usage.audioOutput ===
    0
  )
    return 0n
  return (
    BigInt(usage.cacheRead) * rates.cacheRead +
    BigInt(usage.cacheWriteShort) * rates.cacheWriteShort +
    BigInt(usage.cacheWriteLong) * rates.cacheWriteLong +
    BigInt(usage.audioInput) * rates.audioInput +
    BigInt(usage.reasoning) * rates.reasoning +
    BigInt(usage.audioOutput) * rates.audioOutput
  )
}

/** Tokens to whole nano-dollars, rounded up once, and what is charged beside them. */
const total = (scaled: bigint, percent: bigint, usage: Usage, price: Price): Nanos => {
  const tokens =
    percent === 100n ? (scaled + million - 1n) / million : (scaled * percent + hundredMillion - 1n) / hundredMillion
  const searches =
    usage.searches === undefined || price.perSearch === undefined ? 0n : BigInt(usage.searches) * price.perSearch
  return tokens + searches + price.perCall
}

/**
 * What a usage costs by a price, in whole nano-dollars, rounded up once at the end. The tier is the one that answered;
 * one whose price is unknown costs as much as the dearest, and so does an unknown region.
 */
export const costOf = (usage: Usage, price: Price): Nanos => {
  const inputTotal = allInput(usage)
  const tariffs = tariffsFor(usage.serviceTier, price)
  let scaled = 0n
  for (const tariff of tariffs) {
    const cost = scaledCost(usage, ratesFor(tariff, inputTotal))
    if (cost > scaled) scaled = cost
  }
  const percent = price.regions === undefined ? 100n : percentFor(usage.region, price.regions)
  return total(scaled, percent, usage, price)
}

/** Worked out once for each tariff and number of tiers that are passed: a bound is asked for before every attempt. */
const knownWorst = new WeakMap<Tariff, Rates[]>()

/** Every part at the rate of the dearest it may turn out to be, at any size up to this input. */
const worstRates = (tariff: Tariff, inputTotal: number): Rates => {
  let passed = 0
  for (const tier of tariff.tiers) if (inputTotal > tier.aboveInput) passed++
  let known = knownWorst.get(tariff)
  if (known === undefined) {
    known = []
    knownWorst.set(tariff, known)
  }
  known[passed] ??= dearestRates([tariff.rates, ...tariff.tiers.slice(0, passed).map(({ rates }) => rates)])
  return known[passed] as Rates
}

const dearestRates = (reached: readonly Rates[]): Rates => {
  const dearestOf = (...parts: readonly (keyof Rates)[]): Nanos =>
    largest(reached.flatMap((rates) => parts.map((part) => rates[part])))
  const input = dearestOf('input', 'cacheRead', 'cacheWriteShort')
  const output = dearestOf('output', 'reasoning')
  return {
    input,
    cacheRead: input,
    cacheWriteShort: input,
    cacheWriteLong: dearestOf('input', 'cacheRead', 'cacheWriteShort', 'cacheWriteLong'),
    audioInput: dearestOf('input', 'cacheRead', 'cacheWriteShort', 'audioInput'),
    output,
    reasoning: output,
    audioOutput: dearestOf('output', 'reasoning', 'audioOutput'),
  }
}

/**
 * The most that may be charged when at most this much is used. `serviceTier` is the one that is asked for: that one or
 * the usual one answers, whichever is dearer, and a tier of unknown price counts as the dearest. Tokens of `input` may
 * turn out to be read from or written to a cache for its short life, those of `output` reasoning; tokens that may be
 * written for the long life, and sound, must stand in `cacheWriteLong`, `audioInput` and `audioOutput`. Any region counts.
 */
export const worstCostOf = (usage: Usage, price: Price): Nanos => {
  const inputTotal = allInput(usage)
  let scaled = 0n
  if (price.services === undefined) scaled = scaledCost(usage, worstRates(price, inputTotal))
  else
    for (const tariff of [...tariffsFor(usage.serviceTier, price), ...tariffsFor(undefined, price), price]) {
      const cost = scaledCost(usage, worstRates(tariff, inputTotal))
      if (cost > scaled) scaled = cost
    }
  const percent = price.regions === undefined ? 100n : largest([100n, ...price.regions.values()])
  return total(scaled, percent, usage, price)
}
