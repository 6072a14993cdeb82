import type * as z from 'zod'
import { type Nanos, nanosFromUsd, type Rates } from '../core/money.ts'
import type { Path } from './complaints.ts'
import type { Entry } from './entries.ts'
import { type Names, splitTarget, unknownProvider } from './names.ts'
import { anyOther, type PriceRule, type PriceRules, whole } from './price-rule.ts'
import type { priceRuleSchema, priceSchema } from './price-schema.ts'

type Written = z.output<typeof priceRuleSchema>

/** Prices by name, as rules in nano-dollars, in the order in which they are written. */
export const resolvePrices = (entries: readonly Entry<z.output<typeof priceSchema>>[], names: Names): PriceRules => {
  const prices = new Map<string, readonly PriceRule[]>()
  for (const { name, path, value } of entries) {
    checkName(name, path, names)
    const rules = Array.isArray(value)
      ? value.map((written, index) => ruleFrom(written, { name, path: [...path, index], names }))
      : [ruleFrom(value, { name, path, names })]
    prices.set(name, rules)
  }
  return prices
}

const checkName = (name: string, path: Path, names: Names): void => {
  if (name === anyOther) return
  const parts = splitTarget(name)
  if (!parts || (parts.model.includes('*') && parts.model !== '*')) {
    names.complain(path, 'expected provider/model or provider/*', 'key')
  } else if (!names.providers.has(parts.provider)) {
    names.complain(path, unknownProvider(parts.provider, names.providers), 'key')
  }
}

interface Place {
  readonly name: string
  readonly path: Path
  readonly names: Names
}

const millionths = (share: number): bigint => BigInt(Math.round(share * Number(whole)))

const ruleFrom = (written: Written, place: Place): PriceRule => {
  const { longContext } = written
  if (place.name === anyOther && written.input === undefined) {
    place.names.complain(place.path, 'needs input and output: there is no known price to change')
  }
  return {
    from: written.from,
    until: written.until,
    rates: ratesFrom(written),
    perCall: amount(written.perCall),
    perSearch: amount(written.perSearch),
    longContext: longContext && { aboveInput: longContext.above, rates: partsOf(longContext) },
    tiers: new Map(Object.entries(written.tiers).map(([tier, share]) => [tier, millionths(share)])),
    share: (millionths(1 - written.discount) * (whole + millionths(written.surcharge)) + whole - 1n) / whole,
  }
}

const amount = (usd: number | undefined): Nanos | undefined => (usd === undefined ? undefined : nanosFromUsd(usd))

type WrittenParts = Pick<
  Written,
  'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'cacheWriteLong' | 'reasoning' | 'audioInput' | 'audioOutput'
>

/** Only the parts that are written. */
const partsOf = (usd: WrittenParts): Partial<Rates> => {
  const named: readonly (readonly [part: keyof Rates, usd: number | undefined])[] = [
    ['input', usd.input],
    ['output', usd.output],
    ['cacheRead', usd.cacheRead],
    ['cacheWriteShort', usd.cacheWrite],
    ['cacheWriteLong', usd.cacheWriteLong],
    ['reasoning', usd.reasoning],
    ['audioInput', usd.audioInput],
    ['audioOutput', usd.audioOutput],
  ]
  return Object.fromEntries(
    named.flatMap(([part, price]) => (price === undefined ? [] : [[part, nanosFromUsd(price)]])),
  )
}

const ratesFrom = (usd: WrittenParts): Rates | undefined => {
  const { input, output, ...rest } = partsOf(usd)
  if (input === undefined || output === undefined) return undefined
  const cacheWriteShort = rest.cacheWriteShort ?? input
  return {
    input,
    output,
    cacheRead: input,
    cacheWriteLong: cacheWriteShort,
    audioInput: input,
    reasoning: output,
    audioOutput: output,
    ...rest,
    cacheWriteShort,
  }
}
