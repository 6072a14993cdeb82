import type * as z from 'zod'
import { nanosFromUsd, type Price } from '../core/money.ts'
import type { Entry } from './entries.ts'
import { type Names, splitTarget, unknownProvider } from './names.ts'
import type { priceSchema } from './price-schema.ts'

/** Prices by `provider/model` or `provider/*`, in nano-dollars. */
export const resolvePrices = (
  entries: readonly Entry<z.output<typeof priceSchema>>[],
  names: Names,
): Map<string, Price> => {
  const prices = new Map<string, Price>()
  for (const { name, path, value } of entries) {
    const parts = splitTarget(name)
    if (!parts || (parts.model.includes('*') && parts.model !== '*')) {
      names.complain(path, 'expected provider/model or provider/*', 'key')
    } else if (!names.providers.has(parts.provider)) {
      names.complain(path, unknownProvider(parts.provider, names.providers), 'key')
    }
    prices.set(name, priceFrom(value))
  }
  return prices
}

const priceFrom = (usd: z.output<typeof priceSchema>): Price => {
  const input = nanosFromUsd(usd.input)
  const output = nanosFromUsd(usd.output)
  const or = (written: number | undefined, otherwise: bigint): bigint =>
    written === undefined ? otherwise : nanosFromUsd(written)
  const cacheWriteShort = or(usd.cacheWrite, input)
  return {
    rates: {
      input,
      output,
      cacheRead: or(usd.cacheRead, input),
      cacheWriteShort,
      cacheWriteLong: or(usd.cacheWriteLong, cacheWriteShort),
      audioInput: or(usd.audioInput, input),
      reasoning: or(usd.reasoning, output),
      audioOutput: or(usd.audioOutput, output),
    },
    tiers: [],
    perCall: nanosFromUsd(usd.perCall),
  }
}
