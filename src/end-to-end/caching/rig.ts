import type { AddressInfo } from 'node:net'
import { parseConfig } from '../../config/load.ts'
import { planOf } from '../../config/plan.ts'
import { providersOf } from '../../config/providers.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { CacheRules } from '../../core/cache-rules.ts'
import type { Caller } from '../../core/call.ts'
import { systemClock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/record.ts'
import { createGatewayFrom, type Gateway } from '../../gateway.ts'
import { createHealth } from '../../routing/health.ts'
import type { Plan, Route } from '../../routing/plan.ts'
import { createPolicies } from '../../routing/policies.ts'
import { createRetryBudget } from '../../routing/retry-budget.ts'
import { createGatewayServer } from '../../server/node.ts'
import { createAnswerCache } from '../../stores/cache-tiers.ts'
import type { AnswerCache, CacheEntry } from '../../stores/store.ts'
import { createSchemaChecks } from '../../structured/schema-checks.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import { createPools } from '../../transport/pool.ts'
import { createSend } from '../../transport/send.ts'
import { wireNamed } from '../../wire/wires.ts'

/** A gateway that keeps answers, in front of one fake upstream that is a provider in every language. */
export interface CachingRig extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly gateway: Gateway
  readonly upstream: FakeUpstream
  /** What it keeps. */
  readonly answers: AnswerCache
  /** Every entry that was put, in order. */
  readonly put: CacheEntry[]
  /** Every record, in the order in which calls ended. */
  readonly records: readonly CallRecord[]
}

export interface RigOptions {
  /** What is different from the usual rules. */
  readonly rules?: Partial<CacheRules> | undefined
  readonly input?: ConfigInput | undefined
  /** Who asks, by the credential it comes with; undefined: anonymous. */
  readonly caller?: ((credential: string | undefined) => Caller) | undefined
  readonly routeOf?: ((route: Route) => Route) | undefined
  /** Is every question answered like the one whose answer was kept last? Default false. */
  readonly anything?: boolean | undefined
}

/** An hour, for each key, and nothing else. */
export const usualRules: CacheRules = {
  ttlMs: 3_600_000,
  staleMs: 0,
  scope: 'team',
  toolCalls: false,
  normalize: false,
  coalesce: true,
  paced: false,
}

/** The languages of providers, and the model that each of them is asked for. */
export const wires = {
  chat: 'gpt-5-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-3.6-flash',
  responses: 'gpt-5-mini',
  bedrock: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
} as const
export type WireName = keyof typeof wires

const configOf = (url: string, input: ConfigInput) => {
  const at = (path: string) => ({ apiKey: 'sk-upstream', baseUrl: `${url}${path}` })
  return parseConfig(
    {
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      retry: { attempts: 1 },
      providers: {
        chat: { kind: 'openai-compatible', ...at('/v1') },
        anthropic: { kind: 'anthropic', ...at('/v1') },
        gemini: { kind: 'gemini', ...at('/v1beta') },
        responses: { kind: 'openai-responses', ...at('/v1') },
        bedrock: { kind: 'bedrock', ...at('') },
        vectors: { kind: 'openai', ...at('/v1') },
      },
      models: {
        ...Object.fromEntries(Object.entries(wires).map(([wire, model]) => [wire, `${wire}/${model}`])),
        vectors: 'vectors/text-embedding-3-small',
      },
      prices: { '*/*': { input: 1, output: 10 } },
      ...input,
    },
    {},
  )
}

const withRules = (plan: Plan, rules: CacheRules, routeOf: (route: Route) => Route): Plan => ({
  names: plan.names,
  find: (model) => {
    const route = plan.find(model)
    return route && routeOf({ ...route, cache: rules })
  },
})

/** Starts it all on free ports of 127.0.0.1. */
export const startCaching = async ({
  rules,
  input = {},
  caller,
  routeOf = (route) => route,
  anything = false,
}: RigOptions = {}): Promise<CachingRig> => {
  const upstream = await startFakeUpstream()
  const config = await configOf(upstream.url, input)
  const providers = providersOf(config)
  const health = createHealth({ clock: systemClock, consecutive: Infinity, share: Infinity })
  const plan = withRules(
    planOf(config, providers, createPolicies(health, Math.random)),
    { ...usualRules, ...rules },
    routeOf,
  )
  const pools = createPools({ connectTimeoutMs: 1_000 })
  const records: CallRecord[] = []
  const put: CacheEntry[] = []
  const answers = await createAnswerCache({ memoryBytes: 64 * 1024 * 1024, warn: () => undefined })
  const gateway = createGatewayFrom({
    plan: () => plan,
    transmit: createSend(providers.senders, pools),
    countsItself: () => false,
    health,
    retryBudget: createRetryBudget({ clock: systemClock }),
    sinks: [(record) => records.push(record)],
    memory: {
      answers: watched(answers, put, anything),
      secret: Buffer.alloc(32, 7),
      reader: (wire, form) => wireNamed(wire)?.reader(form),
    },
    structured: { checks: createSchemaChecks(), wire: wireNamed },
    clock: systemClock,
    random: Math.random,
    capacity: 1_000,
  })
  const { server } = createGatewayServer({
    gateway,
    plan: () => plan,
    authenticate: (credential) => caller?.(credential) ?? { key: 'anonymous' },
    open: true,
    metrics: async () => ({ type: 'text/plain', text: '' }),
    refused: () => undefined,
    maxBodyBytes: config.server.maxBodyBytes,
    headersTimeoutMs: config.server.headersTimeoutMs,
    requestTimeoutMs: config.server.requestTimeoutMs,
    idleConnectionMs: config.server.keepAliveMs,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    gateway,
    upstream,
    answers,
    put,
    records,
    async [Symbol.asyncDispose]() {
      gateway.close(new GatewayError('cancelled', 'The test is over.', { outcome: 'cancelled' }))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pools.destroy()
      await answers.close()
      await upstream.close()
    },
  }
}

const watched = (answers: AnswerCache, put: CacheEntry[], anything: boolean): AnswerCache => ({
  find: (key, scope) => (anything ? put.at(-1) : answers.find(key, scope)),
  put: (entry) => {
    put.push(entry)
    answers.put(entry)
  },
  similar: (frame, scope) => answers.similar(frame, scope),
  purge: (filter) => answers.purge(filter),
  listen: (gone) => answers.listen(gone),
  standing: () => answers.standing(),
  close: () => answers.close(),
})
