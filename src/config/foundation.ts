import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Handler } from '../core/handler.ts'
import type { Target } from '../core/target.ts'
import type { GateStanding } from '../queueing/standing.ts'
import { createHealth, type Health, type HealthOptions } from '../routing/health.ts'
import { createPolicies } from '../routing/policies.ts'
import type { CacheFigures } from '../telemetry/cache-figures.ts'
import type { JobStanding } from '../telemetry/job-figures.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import type { EndpointFigures } from '../telemetry/webhook-figures.ts'
import { createKeyRests } from '../transport/key-rests.ts'
import { createPools } from '../transport/pool.ts'
import type { Config } from './config.ts'
import { type Carried, type Snapshot, snapshotOf } from './snapshot.ts'

export interface FoundationOptions {
  readonly clock: Clock
  readonly health: Omit<HealthOptions, 'clock'> | undefined
  /** Calls under way, for the metrics. */
  inFlight(): number
  /** Where the queues before targets stand, for the metrics. */
  queues(): readonly GateStanding[]
  /** How much is kept of answers, for the metrics. */
  cache(): CacheFigures
  /** Records of calls that were lost, for the metrics. */
  callsDropped(): number
  /** Calls of which it was lost what was said, for the metrics. */
  bodiesDropped(): number
  /** How many jobs are where, for the metrics. */
  jobs(): Promise<JobStanding>
  /** Where endpoints of webhooks stand, for the metrics. */
  webhooks(): Promise<readonly EndpointFigures[]>
}

/** What a gateway stands on as long as its process lives, and the snapshot that is in force. */
export interface Foundation {
  readonly health: Health
  readonly carried: Carried
  readonly log: Log
  readonly metrics: Metrics
  readonly current: Snapshot
  /** Puts another configuration in force, all of it by one assignment. Throws, and changes nothing, where it cannot be made. */
  swap(config: Config): void
}

/** Makes what outlives every configuration, with the first one in force. */
export const createFoundation = (config: Config, options: FoundationOptions): Foundation => {
  const { clock, inFlight, queues, cache, jobs, webhooks, callsDropped, bodiesDropped } = options
  const health = createHealth({ ...options.health, clock })
  const carried: Carried = {
    pools: createPools({ connectTimeoutMs: config.timeouts.connectMs }),
    rests: createKeyRests({
      clock,
      tell: (news) => {
        metrics.keyRested(news)
        log.logger.warn(news, `A key of ${news.provider} is left alone for a while.`)
      },
    }),
    policies: createPolicies(health, Math.random),
    homes: new WeakMap<Target, Handler<Attempt>>(),
  }
  let current = snapshotOf(config, carried)
  const log = createLog({ level: config.telemetry.log, redact: (text) => current.redact(text) })
  const metrics = createMetrics({
    inFlight,
    queues,
    cache,
    jobs,
    webhooks,
    callsDropped,
    bodiesDropped,
    logDropped: log.dropped,
  })
  metrics.reserve(namesOf(current))
  return {
    health,
    carried,
    log,
    metrics,
    get current() {
      return current
    },
    swap: (wanted) => {
      const next = snapshotOf(wanted, carried)
      for (const name of changedProviders(current.config, wanted)) health.forget(name)
      current = next
      log.logger.level = wanted.telemetry.log
      metrics.reserve(namesOf(next))
    },
  }
}

/** Providers that are written otherwise now: what was known of their keys may be wrong. */
const changedProviders = (before: Config, after: Config): string[] =>
  [...before.providers.values()]
    .filter((each) => JSON.stringify(each) !== JSON.stringify(after.providers.get(each.name)))
    .map(({ name }) => name)

const namesOf = ({ plan }: Snapshot): { readonly models: readonly string[]; readonly targets: readonly string[] } => ({
  models: plan.names.map(({ name }) => name),
  targets: plan.names.flatMap(({ name }) => plan.find(name)?.targets.map(({ id }) => id) ?? []),
})
