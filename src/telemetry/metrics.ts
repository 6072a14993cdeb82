import type { AttemptLine, CacheNote } from '../core/call.ts'
import type { GatewayError } from '../core/errors.ts'
import type { OutputNote } from '../core/output-rules.ts'
import type { CallRecord, Sink } from '../core/record.ts'
import type { TokenPart } from '../core/usage.ts'
import type { GateStanding } from '../queueing/standing.ts'
import { type CacheFigures, createCacheFigures } from './cache-figures.ts'
import { createJobFigures, type JobFigures, type JobStanding } from './job-figures.ts'
import { createQueueFigures } from './queue-figures.ts'
import { MetricRegistry, metricsType } from './registry.ts'
import { createWebhookFigures, type EndpointFigures, type WebhookFigures } from './webhook-figures.ts'

/** What is read when somebody looks at the metrics. */
export interface MetricsSources {
  /** Calls being handled now. */
  readonly inFlight?: (() => number) | undefined
  /** Where the queues before targets stand. */
  readonly queues?: (() => readonly GateStanding[]) | undefined
  /** How much is kept of answers, and how answering like similar questions goes. */
  readonly cache?: (() => CacheFigures) | undefined
  /** How many jobs are where; what cannot be read is not shown. */
  readonly jobs?: (() => Promise<JobStanding>) | undefined
  /** Where endpoints of webhooks stand; what cannot be read is not shown. */
  readonly webhooks?: (() => Promise<readonly EndpointFigures[]>) | undefined
  /** Log lines dropped since the start. */
  readonly logDropped?: (() => number) | undefined
  /** Records of calls dropped since the start. */
  readonly callsDropped?: (() => number) | undefined
  /** Calls of which it was lost since the start what was said. */
  readonly bodiesDropped?: (() => number) | undefined
  /** Figures of the process too (memory, CPU, event loop, garbage collection), from the first look on: default true. */
  readonly process?: boolean | undefined
}

/** Figures over all calls, for Prometheus. */
export interface Metrics {
  readonly sink: Sink
  readonly contentType: string
  /** Everything in the text format. */
  text(): Promise<string>
  /** Counts a refusal that came before there was a call, such as a body that cannot be read. */
  readonly refused: (error: GatewayError, wire: string) => void
  /** Counts a call that was turned away because there is too much to do. */
  readonly shed: (reason: string, whom: string) => void
  /** Counts a model that became worse than it used to be. */
  readonly declined: (decline: { readonly model: string; readonly metric: string }) => void
  /** Counts a key of a provider that is left alone for a while. */
  readonly keyRested: (news: { readonly provider: string; readonly ordinal: number; readonly outcome: string }) => void
  readonly jobs: Pick<JobFigures, 'attempted' | 'swept'>
  readonly webhooks: Pick<WebhookFigures, 'attempted'>
  /** Counts a configuration that was put in force while running, or that was not because something is wrong with it. */
  readonly reloaded: (isGood: boolean) => void
  /** Makes room for configured models and targets, which keep their own label values however many others come. */
  reserve(names: { readonly models: readonly string[]; readonly targets: readonly string[] }): void
}

/** Label values of `tollgate_tokens_total` and what they count. */
const tokenKinds: readonly (readonly [kind: string, part: TokenPart])[] = [
  ['input', 'input'],
  ['cache_read', 'cacheRead'],
  ['cache_write_short', 'cacheWriteShort'],
  ['cache_write_long', 'cacheWriteLong'],
  ['audio_input', 'audioInput'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
  ['audio_output', 'audioOutput'],
]

/** Metrics of one gateway, in a registry of their own. */
export const createMetrics = (sources: MetricsSources = {}): Metrics => {
  const metrics = new MetricRegistry({ hasProcess: sources.process !== false })
  let droppedBefore = 0
  let callsDroppedBefore = 0
  let bodiesDroppedBefore = 0
  const tellQueues = createQueueFigures(metrics)
  const tellCache = createCacheFigures(metrics)
  const jobs = createJobFigures(metrics)
  const webhooks = createWebhookFigures(metrics)
  return {
    sink: (record) => {
      const { purpose } = record.notes
      if (purpose === undefined) countCall(metrics, record)
      else if (purpose !== 'mirror') metrics.add('tollgate_own_calls_total', [purpose, record.outcome])
      else metrics.add('tollgate_mirrored_total', [record.model, record.attempts[0]?.target ?? 'none', record.outcome])
      let before: string | undefined
      for (const line of record.attempts) {
        countAttempt(metrics, line)
        // It went side by side with the one before, not after it.
        if (line.hedge) continue
        if (before === line.target) metrics.add('tollgate_retries_total', [line.target])
        else if (before !== undefined) metrics.add('tollgate_fallbacks_total', [record.model, line.target])
        before = line.target
      }
    },
    contentType: metricsType,
    text: async () => {
      const dropped = sources.logDropped?.() ?? 0
      metrics.add('tollgate_log_dropped_total', [], dropped - droppedBefore)
      droppedBefore = dropped
      const callsDropped = sources.callsDropped?.() ?? 0
      metrics.add('tollgate_call_records_dropped_total', [], callsDropped - callsDroppedBefore)
      callsDroppedBefore = callsDropped
      const bodiesDropped = sources.bodiesDropped?.() ?? 0
      metrics.add('tollgate_call_bodies_dropped_total', [], bodiesDropped - bodiesDroppedBefore)
      bodiesDroppedBefore = bodiesDropped
      tellQueues(sources.queues?.() ?? [])
      tellCache(sources.cache?.())
      const standing = await sources.jobs?.().catch(() => undefined)
      if (standing) jobs.show(standing)
      const endpoints = await sources.webhooks?.().catch(() => undefined)
      if (endpoints) webhooks.show(endpoints)
      metrics.set('tollgate_in_flight', sources.inFlight?.() ?? 0)
      return metrics.text()
    },
    refused: ({ code }, wire) => {
      metrics.add('tollgate_requests_total', [wire, 'unknown', 'none', 'error', 'false'])
      metrics.add('tollgate_errors_total', [code, 'unknown'])
    },
    shed: (reason, whom) => metrics.add('tollgate_shed_total', [reason, whom]),
    declined: ({ model, metric }) => metrics.add('tollgate_quality_declines_total', [model, metric]),
    keyRested: ({ provider, ordinal, outcome }) =>
      metrics.add('tollgate_provider_keys_rested_total', [provider, String(ordinal), outcome]),
    jobs,
    webhooks,
    reloaded: (isGood) => {
      metrics.add('tollgate_config_reload_total', [isGood ? 'ok' : 'failed'])
      metrics.set('tollgate_config_reload_failed', isGood ? 0 : 1)
      if (isGood) metrics.set('tollgate_config_reload_success_timestamp_seconds', Date.now() / 1_000)
    },
    reserve: ({ models, targets }) => {
      for (const model of models) metrics.bounds.bounded('model', model, true)
      for (const target of targets) metrics.bounds.bounded('target', target, true)
    },
  }
}

const countCall = (metrics: MetricRegistry, record: CallRecord): void => {
  const { wire, model, target = 'none', outcome } = record
  const stream = record.stream ? 'true' : 'false'
  metrics.add('tollgate_requests_total', [wire, model, target, outcome, stream])
  metrics.observeMs('tollgate_request_duration_seconds', [wire, model, stream], record.durationMs)
  if (record.firstTokenMs !== undefined)
    metrics.observeMs('tollgate_first_token_seconds', [model, target], record.firstTokenMs)
  if (record.error !== undefined) metrics.add('tollgate_errors_total', [record.error, model])
  if (record.notes.hedge !== undefined) metrics.add('tollgate_hedges_total', [model, record.notes.hedge])
  if (record.notes.output !== undefined) countOutput(metrics, record, record.notes.output)
  if (record.notes.cache !== undefined) countCache(metrics, model, record.notes.cache)
  if (record.notes.mirror === 'full') metrics.add('tollgate_mirrored_total', [model, 'none', 'dropped'])
  const { idempotency } = record.notes
  if (idempotency !== undefined) metrics.add('tollgate_idempotent_total', [idempotency])
  if (record.retryCount > 0) metrics.add('tollgate_sdk_retries_total', [])
}

const countCache = (metrics: MetricRegistry, model: string, note: CacheNote): void => {
  const { outcome, savedNanos, savedMs, wouldHit } = note
  metrics.add('tollgate_cache_requests_total', [model, outcome])
  if (savedNanos) metrics.add('tollgate_cache_saved_usd_total', [model], Number(savedNanos) / 1e9)
  if (savedMs !== undefined && savedMs > 0) metrics.add('tollgate_cache_saved_seconds_total', [model], savedMs / 1000)
  if (wouldHit) metrics.add('tollgate_cache_would_hit_total', [model])
}

const countOutput = (metrics: MetricRegistry, { model, attempts }: CallRecord, note: OutputNote): void => {
  const { schema = 'none', rung = 'invalid', isFirstTry, firstAttempts } = note
  metrics.add('tollgate_output_total', [model, schema, rung, isFirstTry ? 'true' : 'false'])
  for (const { costNanos } of attempts.slice(firstAttempts))
    if (costNanos) metrics.add('tollgate_output_repair_usd_total', [model], Number(costNanos) / 1e9)
}

const countAttempt = (metrics: MetricRegistry, line: AttemptLine): void => {
  const target = line.target
  metrics.add('tollgate_attempts_total', [target, line.outcome ?? 'unfinished'])
  if (line.ended !== undefined)
    metrics.observeMs('tollgate_attempt_duration_seconds', [target], line.ended - line.started)
  if (line.queuedMs !== undefined) metrics.observeMs('tollgate_queue_wait_seconds', [target], line.queuedMs)
  if (line.usage) {
    for (const [kind, part] of tokenKinds) {
      if (line.usage[part] > 0) metrics.add('tollgate_tokens_total', [target, kind], line.usage[part])
    }
  }
  if (line.costNanos === undefined) metrics.add('tollgate_cost_unknown_total', [target])
  else metrics.add('tollgate_cost_usd_total', [target], Number(line.costNanos) / 1e9)
}
