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

/** What a model costs; some charge all tokens of a call at another rate once its input passes a size. */
export interface Price {
  readonly rates: Rates
  readonly tiers: readonly { readonly aboveInput: number; readonly rates: Rates }[]
  /** Nano-dollars for the call itself, whatever it used. */
  readonly perCall: Nanos
}

const million = 1_000_000n
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

/** The rates that apply to a usage: those of the highest tier its whole input has passed. */
const ratesFor = (price: Price, inputTotal: number): Rates => {
  let rates = price.rates
  for (const tier of price.tiers) if (inputTotal > tier.aboveInput) rates = tier.rates
  return rates
}

/** What a usage costs in whole nano-dollars, rounded up once at the end. */
export const costOf = (usage: Usage, price: Price): Nanos => {
  const inputTotal = usage.input + usage.cacheRead + usage.cacheWriteShort + usage.cacheWriteLong + usage.audioInput
  const rates = ratesFor(price, inputTotal)
  const scaled = BigInt(usage.input) * rates.input + BigInt(usage.output) * rates.output + rareParts(usage, rates)
  return (scaled + million - 1n) / million + price.perCall
}

const rareParts = (usage: Usage, rates: Rates): Nanos => {
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
