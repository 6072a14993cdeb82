import { type Nanos, usdFromNanos } from '../core/money.ts'
import type { Config, ProviderConfig } from './config.ts'
import { type PriceRule, whole } from './price-rule.ts'

/** What stands where a secret was. */
const hidden = '[hidden]'

/** A configuration as plain data that may be shown: no keys, no values of headers, prices in USD per million tokens. */
export const describeConfig = (config: Config): Record<string, unknown> => ({
  ...config,
  providers: fromMap(config.providers, describeProvider),
  models: fromMap(config.models, (model) => model),
  keys: config.keys.map((key) => ({ ...key, key: hidden })),
  prices: fromMap(config.prices, describePrice),
})

const fromMap = <Value, Described>(
  map: ReadonlyMap<string, Value>,
  describe: (value: Value) => Described,
): Record<string, Described> => Object.fromEntries([...map].map(([name, value]) => [name, describe(value)]))

const describeProvider = (provider: ProviderConfig): ProviderConfig => ({
  ...provider,
  apiKey: provider.apiKey === undefined ? undefined : hidden,
  headers: Object.fromEntries(Object.keys(provider.headers).map((name) => [name, hidden])),
})

const usd = (nanos: Nanos | undefined): string | undefined => (nanos === undefined ? undefined : usdFromNanos(nanos))

const day = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())

const percent = (millionths: bigint): string => `${Number(millionths * 100n) / Number(whole)}%`

const describeRates = (rates: Readonly<Record<string, Nanos>>): Record<string, string> =>
  Object.fromEntries(Object.entries(rates).map(([part, nanos]) => [part, usdFromNanos(nanos)]))

const describePrice = (rules: readonly PriceRule[]): readonly Record<string, unknown>[] =>
  rules.map(({ from, until, rates, perCall, perSearch, longContext, tiers, share }) => ({
    from: day(from),
    until: day(until),
    ...(rates && describeRates({ ...rates })),
    perCall: usd(perCall),
    perSearch: usd(perSearch),
    longContext: longContext && { above: longContext.aboveInput, ...describeRates(longContext.rates) },
    tiers: fromMap(tiers, percent),
    paid: percent(share),
  }))
