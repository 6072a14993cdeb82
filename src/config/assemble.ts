import type { Logger } from 'pino'
import type { Control } from '../control/control.ts'
import type { Authenticate } from '../control/directory.ts'
import { systemClock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { Sink } from '../core/record.ts'
import { createGatewayFrom, type Gateway } from '../gateway.ts'
import { createGates, type Gates } from '../queueing/gates.ts'
import type { GateStanding } from '../queueing/standing.ts'
import type { HealthOptions } from '../routing/health.ts'
import { createHedging } from '../routing/hedging.ts'
import type { Plan } from '../routing/plan.ts'
import { createRetryBudget } from '../routing/retry-budget.ts'
import type { AnswerCache, Store } from '../stores/store.ts'
import { createSchemaChecks, type SchemaChecks } from '../structured/schema-checks.ts'
import { type Batch, createBatch } from '../telemetry/batch.ts'
import { createLogSink } from '../telemetry/log.ts'
import { wireNamed } from '../wire/wires.ts'
import { type Books, openBooks } from './books.ts'
import type { Config } from './config.ts'
import { createFoundation, type Foundation } from './foundation.ts'
import { type Answers, answersSecret, createAnswers, keepsAnswers } from './open-cache.ts'
import { openStore } from './open-store.ts'
import { restartNeeded } from './restart.ts'

/** Everything a configuration becomes. */
export interface Runtime {
  /** The one in force. */
  readonly config: Config
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  /** True while nobody ever had a key, so that everybody is let in. */
  readonly isOpen: boolean
  /**
   * Puts another configuration in force, whole or not at all, and gives the fields that hold only after a restart. Calls
   * under way end by what they began with; health, limits, leases and connections stay. Throws where it cannot be made.
   */
  replace(config: Config): readonly string[]
  /** Would everybody be let in with this configuration? */
  opensWith(config: Config): boolean
  /** Notes that a configuration was put in force, or could not be. */
  reloaded(isGood: boolean): void
  /** Providers that take keys of callers. */
  readonly clientKeys: ReadonlySet<string>
  /** What administrators can do. */
  readonly control: Control
  /** Answers that are kept; where no model keeps any, there are none. */
  readonly answers: AnswerCache
  /** Throws `not_found` where they are switched off. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Where the queues before targets stand. */
  queues(): readonly GateStanding[]
  /** Counts a refusal that happened before there was a call. */
  refused(error: GatewayError, wire: string): void
  /** Counts a call that was turned away because there is too much to do. */
  shed(reason: string, whom: string): void
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
  const gates = createGates({ clock })
  const foundation = createFoundation(config, {
    clock,
    health: additions.health,
    inFlight: () => gateway.inFlight,
    queues: gates.standings,
    cache: () => ({ standing: answers.standing(), recall: gateway.recallStandings() }),
  })
  const { health, carried, log, metrics } = foundation
  const batch = createBatch([...(config.telemetry.metrics ? [metrics.sink] : []), createLogSink(log)])
  const store = additions.store ?? (await openStore(config.store))
  const answers = createAnswers(config.cache, (message, facts) => log.logger.warn(facts, message))
  const books = await openBooks({
    config: () => foundation.current.config,
    store,
    answers,
    clock,
    log: log.logger,
    isModel: (name) => foundation.current.plan.find(name) !== undefined,
  }).catch(async (thrown) => {
    await carried.pools.destroy()
    await log.close()
    throw thrown
  })
  const { directory, ledger } = books
  const checks = createSchemaChecks()
  if (keepsAnswers(config)) await answers.open()
  const secret = await store.control.secret()
  const gateway = createGatewayFrom({
    plan: () => foundation.current.plan,
    transmit: (attempt) => (carried.homes.get(attempt.target) ?? foundation.current.transmit)(attempt),
    countsItself: (name) =>
      foundation.current.providers.senders.get(name)?.url('', 'count_tokens', false) !== undefined,
    health,
    retryBudget: createRetryBudget({ clock }),
    hedging: createHedging(),
    gates,
    sinks: [batch.sink, ...(additions.sinks ?? [])],
    money: additions.hasLedger === false ? undefined : { ledger, match: () => directory.match() },
    structured: { checks, wire: wireNamed },
    keyed: { calls: store.idempotency, secret, wire: wireNamed },
    memory: {
      answers,
      secret: answersSecret(secret),
      reader: (wire, form) => wireNamed(wire)?.reader(form),
      recallChanged: ({ scope, ...facts }) =>
        log.logger.warn(
          { scope: foundation.current.redact(scope), ...facts },
          facts.isSuspended
            ? 'Only equal questions of this scope are answered from memory: too many answers to similar ones did not fit.'
            : 'Similar questions of this scope are answered from memory again.',
        ),
    },
    clock,
    random: Math.random,
    capacity: config.server.capacity,
  })
  return runtimeOf({ started: config, foundation, batch, books, gates, checks, answers, gateway })
}

interface Assembled {
  /** The configuration at the start. */
  readonly started: Config
  readonly foundation: Foundation
  readonly batch: Batch
  readonly books: Books
  readonly gates: Gates
  readonly checks: SchemaChecks
  readonly answers: Answers
  readonly gateway: Gateway
}

const runtimeOf = ({ started, foundation, batch, books, gates, checks, answers, gateway }: Assembled): Runtime => {
  const { carried, log, metrics } = foundation
  const { directory, control } = books
  return {
    get config() {
      return foundation.current.config
    },
    gateway,
    plan: () => foundation.current.plan,
    authenticate: directory.authenticate,
    get isOpen() {
      return directory.isOpen
    },
    replace: (wanted) => {
      foundation.swap(wanted)
      directory.declare(wanted)
      if (keepsAnswers(wanted)) void answers.open()
      return restartNeeded(started, wanted)
    },
    opensWith: ({ keys }) => keys.length === 0 && !directory.hasMadeKeys,
    reloaded: metrics.reloaded,
    get clientKeys() {
      return foundation.current.clientKeys
    },
    control,
    answers,
    metrics: async () => {
      if (!started.telemetry.metrics) throw new GatewayError('not_found', 'Metrics are switched off here.')
      batch.flush()
      return { type: metrics.contentType, text: await metrics.text() }
    },
    queues: gates.standings,
    refused: metrics.refused,
    shed: metrics.shed,
    log: log.logger,
    flush: () => {
      batch.flush()
      return log.flush()
    },
    close: async () => {
      // Before the connections go: a call that loses its connection would try again, over a new one.
      gateway.close(new GatewayError('overloaded', 'The gateway is closed.', { outcome: 'cancelled' }))
      await carried.pools.destroy()
      await checks.close()
      await answers.close()
      batch.flush()
      await books.close()
      await log.close()
    },
  }
}
