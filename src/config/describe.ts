import { type Price, usdFromNanos } from '../core/money.ts'
import type { Config, ProviderConfig } from './config.ts'

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

const describePrice = ({ rates, perCall }: Price): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(rates).map(([part, nanos]) => [part, usdFromNanos(nanos)])),
  perCall: usdFromNanos(perCall),
})
