import { type Nanos, type Price, type Rates, ratesOf, type Tariff, withRates } from '../core/money.ts'

/** Parts of a million: what shares and percentages are counted in. */
export const whole = 1_000_000n

/** What a configuration says of a price, for a stretch of time. */
export interface PriceRule {
  /** Unix milliseconds, inclusive; undefined: since ever. */
  readonly from: number | undefined
  /** Unix milliseconds, exclusive; undefined: for ever. */
  readonly until: number | undefined
  /** What it costs; undefined: the known price is changed. */
  readonly rates: Rates | undefined
  readonly perCall: Nanos | undefined
  readonly perSearch: Nanos | undefined
  readonly longContext: { readonly aboveInput: number; readonly rates: Partial<Rates> } | undefined
  /** Millionths of the usual price, by service tier. */
  readonly tiers: ReadonlyMap<string, bigint>
  /** Millionths of the price that are paid. */
  readonly share: bigint
}

/** Prices by `provider/model`, by `provider/*`, and by `anyOther` for models that have none otherwise. */
export type PriceRules = ReadonlyMap<string, readonly PriceRule[]>

/** The name under which a price stands for all models that have none otherwise. */
export const anyOther = '*/*'

const scaled = (nanos: Nanos, share: bigint, over: bigint = whole): Nanos => (nanos * share + over - 1n) / over

const scaleTariff = (tariff: Tariff, share: bigint): Tariff =>
  share === whole ? tariff : withRates(tariff, (rates) => ratesOf((part) => scaled(rates[part], share)))

const outputParts: ReadonlySet<keyof Rates> = new Set(['output', 'reasoning', 'audioOutput'])

/** A part that is not written rises as much as the part it goes with. */
const longRates = (usual: Rates, long: Partial<Rates>): Rates =>
  ratesOf((part) => {
    const leading = outputParts.has(part) ? 'output' : 'input'
    const [risen, before] = [long[leading] ?? usual[leading], usual[leading]]
    return long[part] ?? (before === 0n ? risen : scaled(usual[part], risen, before))
  })

const baseOf = (rule: PriceRule, known: Price | undefined): Price | undefined => {
  if (rule.rates) return { rates: rule.rates, tiers: [], perCall: rule.perCall ?? 0n, perSearch: rule.perSearch ?? 0n }
  if (!known) return undefined
  return { ...known, perCall: rule.perCall ?? known.perCall, perSearch: rule.perSearch ?? known.perSearch }
}

const withLongContext = (base: Price, rule: PriceRule): Price => {
  if (!rule.longContext) return base
  const { aboveInput } = rule.longContext
  const long = longRates(base.rates, rule.longContext.rates)
  const risen = (rates: Rates): Rates =>
    ratesOf((part) => (base.rates[part] === 0n ? long[part] : scaled(rates[part], long[part], base.rates[part])))
  const services = [...(base.services ?? [])].map(
    ([name, { rates }]) => [name, { rates, tiers: [{ aboveInput, rates: risen(rates) }] }] as const,
  )
  return { ...base, tiers: [{ aboveInput, rates: long }], ...(base.services && { services: new Map(services) }) }
}

/** A price as a rule has it; undefined when there is none to change. */
export const priceBy = (rule: PriceRule, known: Price | undefined): Price | undefined => {
  const base = baseOf(rule, known)
  if (!base) return undefined
  const usual = withLongContext(base, rule)
  const paid = scaleTariff(usual, rule.share)
  const services = new Map<string, Tariff>()
  for (const [name, tariff] of usual.services ?? []) services.set(name, scaleTariff(tariff, rule.share))
  for (const [name, share] of rule.tiers) services.set(name, scaleTariff(paid, share))
  return {
    ...usual,
    rates: paid.rates,
    tiers: paid.tiers,
    perCall: scaled(usual.perCall, rule.share),
    perSearch: scaled(usual.perSearch ?? 0n, rule.share),
    ...(services.size > 0 && { services }),
  }
}
