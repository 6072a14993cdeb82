import type { ConfigInput } from '../../src/config/schema.ts'

/** One way to save, or several together: what the configuration of the model says. */
export interface Lever {
  readonly name: string
  /** Of `models.faq`, beside its target. */
  readonly model: Readonly<Record<string, unknown>>
}

const ttl = '1h'

export const levers: readonly Lever[] = [
  { name: 'exact', model: { cache: { ttl } } },
  {
    name: 'exact + semantic',
    model: { cache: { ttl, normalize: true, semantic: { embed: 'ngrams', maxFalseHits: '0.5%', check: '2%' } } },
  },
]

/** The strongest model of the workload, in US dollars per million tokens, by the list of 2024. */
export const price = { input: 2.5, output: 10 } as const

/** The whole configuration of the gateway under a lever. */
export const configOf = (lever: Lever, providerUrl: string, port: number): ConfigInput =>
  ({
    server: { host: '127.0.0.1', port, drain: { notReady: '0s', streams: '0s' } },
    discover: false,
    providers: { up: { kind: 'openai-compatible', baseUrl: providerUrl, apiKey: 'sk-simulated' } },
    models: { faq: { targets: ['up/strong'], ...lever.model } },
    prices: { 'up/strong': { input: price.input, output: price.output } },
    store: 'memory:',
    keys: [{ name: 'bench', key: 'sk-gw-bench', team: 'bench' }],
    telemetry: { log: 'warn', metrics: true },
  }) as ConfigInput
