import type { Logger } from 'pino'
import type { Control } from '../control/control.ts'
import type { Authenticate } from '../control/directory.ts'
import { systemClock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { Sink } from '../core/record.ts'
import { createRedactor } from '../core/redact.ts'
import { createGatewayFrom, type Gateway } from '../gateway.ts'
import { createHealth, type HealthOptions } from '../routing/health.ts'
import type { Plan } from '../routing/plan.ts'
import { createPolicies } from '../routing/policies.ts'
import { createRetryBudget } from '../routing/retry-budget.ts'
import type { Store } from '../stores/store.ts'
import { createBatch } from '../telemetry/batch.ts'
import { createLog, createLogSink } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createPools } from '../transport/pool.ts'
import { createSend } from '../transport/send.ts'
import { openBooks } from './books.ts'
import type { Config } from './config.ts'
import { openStore } from './open-store.ts'
import { planOf } from './plan.ts'
import { type ProviderSet, providersOf } from './providers.ts'

/** Calls under way at which a gateway counts as full. */
const capacity = 4_096

/** Everything a configuration becomes. */
export interface Runtime {
  readonly config: Config
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  /** True while nobody ever had a key, so that everybody is let in. */
  readonly isOpen: boolean
  /** Providers that take keys of callers. */
  readonly clientKeys: ReadonlySet<string>
  /** What administrators can do. */
  readonly control: Control
  /** Throws `not_found` where they are switched off. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Counts a refusal that happened before there was a call. */
  refused(error: GatewayError, wire: string): void
  readonly log: Logger
  /** Writes what the log still holds. */
  flush(): Promise<void>
  /** Ends calls that are under way, closes connections, and writes what is still to be written. */
  close(): Promise<void>
}

/** What whoever puts a gateway together may add to its configuration. */
export interface Additions {
  /** Told of every finished call, after metrics and log. */
  readonly sinks?: readonly Sink[] | undefined
  /** Where money, limits and keys are kept; it is closed with the rest. Default: as the configuration says. */
  readonly store?: Store | undefined
  /** Are attempts written down and allowances kept? Default true; where nobody can ask for them, they cost for nothing. */
  readonly hasLedger?: boolean | undefined
  /** When a failing target is left alone, and for how long. */
  readonly health?: Omit<HealthOptions, 'clock'> | undefined
}

/** Puts a gateway together from its configuration. Rejects with `store_unavailable` when its store cannot be used. */
export const assemble = async (config: Config, additions: Additions = {}): Promise<Runtime> => {
  const clock = systemClock
  const providers = providersOf(config)
  const health = createHealth({ ...additions.health, clock })
  const plan = planOf(config, providers, createPolicies(health, Math.random))
  const pools = createPools({ connectTimeoutMs: config.timeouts.connectMs })
  const log = createLog({ level: config.telemetry.log, redact: createRedactor(secretsOf(config, providers)) })
  const metrics = createMetrics({ inFlight: () => gateway.inFlight, logDropped: log.dropped })
  metrics.reserve({ models: plan.names.map(({ name }) => name), targets: targetsOf(plan) })
  const batch = createBatch([...(config.telemetry.metrics ? [metrics.sink] : []), createLogSink(log)])
  const send = createSend(providers.senders, pools)
  const books = await openBooks({
    config,
    store: additions.store ?? (await openStore(config.store)),
    clock,
    log: log.logger,
    isModel: (name) => plan.find(name) !== undefined,
  }).catch(async (thrown) => {
    await pools.destroy()
    await log.close()
    throw thrown
  })
  const { directory, ledger } = books
  const gateway = createGatewayFrom({
    plan: () => plan,
    transmit: (attempt) => (providers.answerers.get(attempt.target.provider) ?? send)(attempt),
    countsItself: (name) => providers.senders.get(name)?.url('', 'count_tokens', false) !== undefined,
    health,
    retryBudget: createRetryBudget({ clock }),
    sinks: [batch.sink, ...(additions.sinks ?? [])],
    money: additions.hasLedger === false ? undefined : { ledger, match: () => directory.match() },
    clock,
    random: Math.random,
    capacity,
  })
  return {
    config,
    gateway,
    plan: () => plan,
    authenticate: directory.authenticate,
    get isOpen() {
      return directory.isOpen
    },
    clientKeys: new Set([...config.providers.values()].filter((each) => each.clientKeys).map(({ name }) => name)),
    control: books.control,
    metrics: async () => {
      if (!config.telemetry.metrics) throw new GatewayError('not_found', 'Metrics are switched off here.')
      batch.flush()
      return { type: metrics.contentType, text: await metrics.text() }
    },
    refused: metrics.refused,
    log: log.logger,
    flush: () => {
      batch.flush()
      return log.flush()
    },
    close: async () => {
      // Before the connections go: a call that loses its connection would try again, over a new one.
      gateway.close(new GatewayError('overloaded', 'The gateway is closed.', { outcome: 'cancelled' }))
      await pools.destroy()
      batch.flush()
      await books.close()
      await log.close()
    },
  }
}

const secretsOf = (config: Config, providers: ProviderSet): string[] => [
  ...config.keys.map(({ key }) => key),
  ...Object.values({ ...config.server.admin, listen: undefined }).filter((token) => token !== undefined),
  ...[...config.webhooks.values()].flatMap(({ url, secret }) => [url, ...(secret === undefined ? [] : [secret])]),
  ...config.allowances.flatMap(({ webhook }) => (webhook !== undefined && URL.canParse(webhook) ? [webhook] : [])),
  ...[...providers.senders.values()].flatMap(({ secrets }) => secrets),
]

const targetsOf = (plan: Plan): string[] =>
  plan.names.flatMap(({ name }) => plan.find(name)?.targets.map(({ id }) => id) ?? [])
