import type { Allowance } from '../core/allowance.ts'
import type { JobEngine } from '../core/job-engine.ts'
import { type Nanos, usdFromNanos } from '../core/money.ts'
import type { TraceSettings } from '../telemetry/open-traces.ts'
import type { Config, ProviderConfig, ServerConfig, WebhookConfig } from './config.ts'
import { type PriceRule, whole } from './price-rule.ts'

/** What stands where a secret was. */
const hidden = '[hidden]'

/** A configuration as plain data that may be shown: no keys, no values of headers, prices in USD per million tokens. */
export const describeConfig = ({ exposure: _, ...config }: Config): Record<string, unknown> => ({
  ...config,
  server: describeServer(config.server),
  cache: { ...config.cache, keys: config.cache.keys.map(({ id }) => ({ id, key: hidden })) },
  providers: fromMap(config.providers, describeProvider),
  models: fromMap(config.models, (model) => model),
  keys: config.keys.map((key) => ({ ...key, key: hidden })),
  allowances: config.allowances.map(describeAllowance),
  webhooks: fromMap(config.webhooks, describeWebhook),
  queue: describeQueue(config.queue),
  telemetry: { ...config.telemetry, traces: describeTraces(config.telemetry.traces) },
  prices: fromMap(config.prices, describePrice),
})

const fromMap = <Value, Described>(
  map: ReadonlyMap<string, Value>,
  describe: (value: Value) => Described,
): Record<string, Described> => Object.fromEntries([...map].map(([name, value]) => [name, describe(value)]))

const hideText = (secret: string | undefined): string | undefined => (secret === undefined ? undefined : hidden)

const describeServer = (server: ServerConfig): ServerConfig => {
  const { token, readToken } = server.admin
  return { ...server, admin: { ...server.admin, token: hideText(token), readToken: hideText(readToken) } }
}

/** What stands behind the host of a webhook is often a secret. */
const describeAddress = (url: string): string => `${URL.parse(url)?.origin}/${hidden}`

const describeWebhook = ({ url, secrets, ...rest }: WebhookConfig): WebhookConfig => ({
  ...rest,
  url: describeAddress(url),
  secrets: secrets.map(() => hidden),
})

/** Who is named in the address of Redis, and by what password, is nobody's business. */
const describeQueue = (queue: JobEngine): JobEngine => {
  if (queue.kind !== 'redis') return queue
  const { protocol, host } = new URL(queue.url)
  return { ...queue, url: `${protocol}//${host}/${hidden}` }
}

const describeTraces = (traces: TraceSettings | undefined): TraceSettings | undefined =>
  traces?.collector
    ? {
        ...traces,
        collector: {
          url: traces.collector.url,
          headers: Object.fromEntries(Object.keys(traces.collector.headers).map((name) => [name, hidden])),
        },
      }
    : traces

const describeAllowance = ({ webhook, ...allowance }: Allowance): Record<string, unknown> => ({
  ...allowance,
  limit: allowance.unit === 'nanos' ? `${usdFromNanos(allowance.limit)} USD` : String(allowance.limit),
  webhook: webhook !== undefined && URL.canParse(webhook) ? describeAddress(webhook) : webhook,
})

const describeProvider = (provider: ProviderConfig): ProviderConfig => ({
  ...provider,
  apiKey: hideText(provider.apiKey),
  aiSdk:
    provider.aiSdk && 'package' in provider.aiSdk
      ? {
          ...provider.aiSdk,
          options: Object.fromEntries(Object.keys(provider.aiSdk.options).map((name) => [name, hidden])),
        }
      : provider.aiSdk,
  azure: provider.azure && {
    ...provider.azure,
    entra: provider.azure.entra && { ...provider.azure.entra, clientSecret: hidden },
  },
  vertex: provider.vertex && {
    ...provider.vertex,
    account: {
      ...provider.vertex.account,
      privateKey: hidden,
      privateKeyId: hideText(provider.vertex.account.privateKeyId),
    },
  },
  aws: provider.aws && {
    ...provider.aws,
    accessKeyId: hidden,
    secretAccessKey: hidden,
    sessionToken: hideText(provider.aws.sessionToken),
  },
  apiKeys: provider.apiKeys.map(({ weight }) => ({ key: hidden, weight })),
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
