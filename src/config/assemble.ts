import { systemClock } from '../core/clock.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Sink } from '../core/record.ts'
import { createExplain, type Explain } from '../explain.ts'
import { createForesee } from '../foresee.ts'
import { createGatewayFrom, type Gateway, type Parts } from '../gateway.ts'
import type { MakeJobDoors } from '../jobs/perform.ts'
import type { JobPauses } from '../jobs/retry-time.ts'
import { createGates, type Gates } from '../queueing/gates.ts'
import { OutputForecast } from '../queueing/output-forecast.ts'
import type { HealthOptions } from '../routing/health.ts'
import { createHedging } from '../routing/hedging.ts'
import { createRetryBudget } from '../routing/retry-budget.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { Store } from '../stores/store.ts'
import { createSchemaChecks, type SchemaChecks } from '../structured/schema-checks.ts'
import { type Batch, createBatch, oneByOne } from '../telemetry/batch.ts'
import { openTraces, type Traces } from '../telemetry/open-traces.ts'
import { providerNameOf } from '../telemetry/provider-names.ts'
import { wireNamed } from '../wire/wires.ts'
import { usualBodies } from './bodies-schema.ts'
import { type Books, openBooks } from './books.ts'
import { ConfigError } from './complaints.ts'
import type { Config } from './config.ts'
import { createFoundation, type Foundation } from './foundation.ts'
import { type Observing, openObserving } from './observing.ts'
import { type Answers, answersSecret, createAnswers, keepsAnswers } from './open-cache.ts'
import { type JobDesk, openJobs } from './open-jobs.ts'
import { openStore } from './open-store.ts'
import { plainBodies } from './resolve-bodies.ts'
import { restartNeeded } from './restart.ts'
import type { Runtime } from './runtime.ts'
import { targetStandings } from './target-standings.ts'

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
  /** What jobs are done at. Default: nothing, and there are no jobs. */
  readonly doors?: MakeJobDoors | undefined
  /** How long a job waits for its next attempt. Default: from 1 s to 15 minutes. */
  readonly jobPauses?: JobPauses | undefined
}

/** Puts a gateway together from its configuration. Rejects with `store_unavailable` when its store cannot be used. */
export const assemble = async (config: Config, additions: Additions = {}): Promise<Runtime> => {
  const clock = systemClock
  const traces = await openTraces(config.telemetry.traces, {
    redact: (text) => foundation.current.redact(text),
    mask: (text) => foundation.current.mask(text),
    providerName: (name) => providerNameOf(foundation.current.config.providers.get(name)?.kind ?? name),
  }).catch((thrown) => {
    throw new ConfigError([{ path: 'telemetry.traces', problem: asGatewayError(thrown).message }])
  })
  const gates = createGates({ clock })
  const foundation = createFoundation(config, {
    clock,
    health: additions.health,
    inFlight: () => gateway.inFlight,
    queues: gates.standings,
    cache: () => ({ standing: answers.standing(), recall: gateway.recallStandings() }),
    callsDropped: () => observing.dropped(),
    bodiesDropped: () => observing.bodiesDropped(),
    jobs: () => store.jobs.counts(),
    webhooks: () => store.webhooks.standings(),
  })
  const { health, carried, log, metrics } = foundation
  const batch = createBatch([
    ...(config.telemetry.metrics ? [oneByOne(metrics.sink)] : []),
    log.calls,
    ...(traces ? [oneByOne(traces.sink)] : []),
    oneByOne((record) => observing.watch(record)),
  ])
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
  const observing = openObserving({
    // Where nobody can ask for them, they are not kept.
    calls: additions.hasLedger === false ? undefined : config.telemetry.calls,
    bodies: {
      bodiesMs: (config.telemetry.storeBodies ?? { keepMs: usualBodies.keep }).keepMs,
      keys: config.cache.keys,
      rules: () => foundation.current.config.telemetry.storeBodies,
      modelOf: (name) => foundation.current.plan.find(name)?.name,
      mask: (text) => foundation.current.mask(text),
    },
    secret,
    redact: (text) => foundation.current.redact(text),
    warn: (message, facts) => log.logger.warn(facts, message),
    budgets: () => budgetsOf(foundation.current.config),
    declined: (decline) => {
      metrics.declined(decline)
      books.tellDecline(decline)
    },
  })
  const warning = additions.hasLedger === false ? undefined : plainBodies(config)
  if (warning !== undefined) log.logger.warn({ field: 'telemetry.storeBodies' }, warning)
  const forecasts = { calls: new OutputForecast(), attempts: new OutputForecast() }
  const parts: Parts = {
    plan: () => foundation.current.plan,
    transmit: (attempt) => (carried.homes.get(attempt.target) ?? foundation.current.transmit)(attempt),
    countsItself: (name) =>
      foundation.current.providers.senders.get(name)?.url('', 'count_tokens', false) !== undefined,
    health,
    retryBudget: createRetryBudget({ clock }),
    hedging: createHedging(),
    gates,
    sinks: [batch.sink, ...observing.sinks, ...(additions.sinks ?? [])],
    nameOf: observing.nameOf,
    listens: config.telemetry.traces?.content,
    transcribe: observing.transcribe,
    repeats: {
      reader: (wire, form) => wireNamed(wire)?.reader(form),
      told: ({ id }, isSame) => observing.repeated(id, isSame),
    },
    money: additions.hasLedger === false ? undefined : { ledger, match: () => directory.match(), forecasts },
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
  }
  const gateway = createGatewayFrom(parts)
  const explain = createExplain({ ...parts, standing: (...of) => store.ledger.standing(...of) })
  const desk = await openJobs({
    config: () => foundation.current.config,
    store,
    doors: additions.doors?.({ gateway, foresee: createForesee(parts), plan: parts.plan, files: store.files }),
    named: (key) => directory.named(key),
    secret,
    figures: metrics.jobs,
    booked: () => (additions.hasLedger === false ? Promise.resolve() : books.flush()),
    told: metrics.webhooks.attempted,
    pauses: additions.jobPauses,
    log: log.logger,
  }).catch(async (thrown) => {
    await books.close()
    await carried.pools.destroy()
    await log.close()
    throw thrown
  })
  const made = {
    started: config,
    foundation,
    traces,
    batch,
    books,
    gates,
    checks,
    answers,
    observing,
    gateway,
    explain,
  }
  return runtimeOf({ ...made, desk, files: store.files })
}

const budgetsOf = ({ models }: Config): Record<string, number> =>
  Object.fromEntries(
    [...models].flatMap(([name, { latencyBudgetMs }]) => (latencyBudgetMs ? [[name, latencyBudgetMs]] : [])),
  )

interface Assembled {
  /** The configuration at the start. */
  readonly started: Config
  readonly foundation: Foundation
  readonly traces: Traces | undefined
  readonly batch: Batch
  readonly books: Books
  readonly gates: Gates
  readonly checks: SchemaChecks
  readonly answers: Answers
  readonly observing: Observing
  readonly gateway: Gateway
  readonly explain: Explain
  readonly desk: JobDesk
  readonly files: FileStore
}

const runtimeOf = (assembled: Assembled): Runtime => {
  const { started, foundation, traces, batch, books, gates, checks, answers, observing, gateway, explain, desk } =
    assembled
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
    jobs: desk.jobs,
    webhooks: desk.webhooks,
    jobControl: desk.control,
    webhookSecret: desk.webhookSecret,
    files: assembled.files,
    work: desk.work,
    stopWork: desk.stop,
    metrics: async () => {
      if (!started.telemetry.metrics) throw new GatewayError('not_found', 'Metrics are switched off here.')
      batch.flush()
      return { type: metrics.contentType, text: await metrics.text() }
    },
    queues: gates.standings,
    observing,
    targets: (others) =>
      targetStandings(
        { config: foundation.current.config, plan: foundation.current.plan, health: foundation.health },
        others,
      ),
    currentTrace: () => traces?.current(),
    explaining: {
      explain,
      callerNamed: (key) => directory.callers.get(key),
      get isOpen() {
        return directory.isOpen
      },
    },
    refused: metrics.refused,
    shed: metrics.shed,
    log: log.logger,
    flush: () => {
      batch.flush()
      return log.flush()
    },
    close: async () => {
      await desk.close()
      // Before the connections go: a call that loses its connection would try again, over a new one.
      gateway.close(new GatewayError('overloaded', 'The gateway is closed.', { outcome: 'cancelled' }))
      await carried.pools.destroy()
      await checks.close()
      await answers.close()
      batch.flush()
      await traces?.close()
      await observing.close()
      await books.close()
      await log.close()
    },
  }
}
