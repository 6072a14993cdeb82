/** One metric, as it is exposed and documented. */
export interface MetricRow {
  readonly kind: 'counter' | 'histogram' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[] | undefined
}

const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600]
const firstTokenSeconds = [0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 30, 60]

/** Every metric of the gateway; `docs/reference/metrics.md` is written from this table. */
export const metricTable = {
  tollgate_requests_total: {
    kind: 'counter',
    help: 'Calls that ended, by how they ended (ok, error, cancelled). The target is the one that answered, or none.',
    labels: ['wire', 'model', 'target', 'outcome', 'stream'],
  },
  tollgate_errors_total: {
    kind: 'counter',
    help: 'Calls that ended with an error, by its code.',
    labels: ['code', 'model'],
  },
  tollgate_attempts_total: {
    kind: 'counter',
    help: 'Attempts at upstreams, by what they came to. Those that still ran when their call ended are unfinished.',
    labels: ['target', 'outcome'],
  },
  tollgate_retries_total: {
    kind: 'counter',
    help: 'Attempts at the target that the same call had just tried.',
    labels: ['target'],
  },
  tollgate_fallbacks_total: {
    kind: 'counter',
    help: 'Attempts at another target than the one the same call had just tried; the label names where it went.',
    labels: ['model', 'target'],
  },
  tollgate_hedges_total: {
    kind: 'counter',
    help:
      'Calls whose first target was late, by what became of asking a second one: won, lost, failed, denied (by a budget ' +
      'or limit), or capped (its share was used up, so nobody was asked).',
    labels: ['model', 'outcome'],
  },
  tollgate_mirrored_total: {
    kind: 'counter',
    help:
      'Copies of calls that were sent to a mirror, by how they ended (ok, error, cancelled), or dropped where too many ' +
      'were under way. They are no calls: only figures of attempts, tokens and cost count them too.',
    labels: ['model', 'target', 'outcome'],
  },
  tollgate_own_calls_total: {
    kind: 'counter',
    help:
      'Calls that the gateway made for itself, by what for: flight (equal calls asked together went on without the one ' +
      'that asked), refresh (a kept answer is renewed), embed (vectors to compare questions by), check and judge (was an ' +
      'answer to a similar question the right one, and is the answer to this one the same again?), and by how they ended. Only figures of attempts, tokens and cost ' +
      'count them too.',
    labels: ['purpose', 'outcome'],
  },
  tollgate_cache_requests_total: {
    kind: 'counter',
    help:
      'Calls of models that keep answers, by what memory had to do with their answer: hit, stale (given while a new one ' +
      'is asked for), semantic (the answer to a similar question), coalesced (the one of an equal call under way), miss, ' +
      'or off (not looked for).',
    labels: ['model', 'outcome'],
  },
  tollgate_cache_would_hit_total: {
    kind: 'counter',
    help: 'Calls that would have got the answer to a similar question, where that is only tried out.',
    labels: ['model'],
  },
  tollgate_cache_saved_usd_total: {
    kind: 'counter',
    help: 'US dollars that answers from memory cost the first time, where that is known.',
    labels: ['model'],
  },
  tollgate_cache_saved_seconds_total: {
    kind: 'counter',
    help: 'How much sooner answers from memory were there than the first time.',
    labels: ['model'],
  },
  tollgate_cache_entries: {
    kind: 'gauge',
    help: 'Answers that are kept, by where: memory or disk.',
    labels: ['tier'],
  },
  tollgate_cache_bytes: {
    kind: 'gauge',
    help: 'What they take, by where.',
    labels: ['tier'],
  },
  tollgate_cache_bytes_limit: {
    kind: 'gauge',
    help: 'What they may take, by where.',
    labels: ['tier'],
  },
  tollgate_cache_suspended_scopes: {
    kind: 'gauge',
    help: 'Scopes in which only equal questions are answered from memory, because too many answers to similar ones did not fit.',
    labels: [],
  },
  tollgate_cache_false_hit_ratio: {
    kind: 'gauge',
    help: 'Wrong answers for each request, if every similar question were answered from memory: the scope that fares worst.',
    labels: [],
  },
  tollgate_output_total: {
    kind: 'counter',
    help:
      'Calls that asked for JSON, by the schema they named (none: any object), by how their answer became valid (native: ' +
      'as it came; extracted, repaired, coerced: put right; asked_again, fallback, default; invalid: it did not), and by ' +
      'whether the very first answer was valid as it came.',
    labels: ['model', 'schema', 'rung', 'first_try'],
  },
  tollgate_output_repair_usd_total: {
    kind: 'counter',
    help: 'US dollars of attempts beyond the first time of asking, for answers that had to be asked for again.',
    labels: ['model'],
  },
  tollgate_request_duration_seconds: {
    kind: 'histogram',
    help: 'From the arrival of a call to the end of its answer.',
    labels: ['wire', 'model', 'stream'],
    buckets: callSeconds,
  },
  tollgate_first_token_seconds: {
    kind: 'histogram',
    help: 'From the arrival of a call to the first thing the model said.',
    labels: ['model', 'target'],
    buckets: firstTokenSeconds,
  },
  tollgate_attempt_duration_seconds: {
    kind: 'histogram',
    help: 'From the start of an attempt to its end.',
    labels: ['target'],
    buckets: callSeconds,
  },
  tollgate_queue_wait_seconds: {
    kind: 'histogram',
    help: 'How long attempts waited for their turn, whether it came or not; only of targets with a queue.',
    labels: ['target'],
    buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
  },
  tollgate_queue_shed_total: {
    kind: 'counter',
    help:
      'Attempts that were refused a place, or lost it: full, share (its key has its quarter of the places), hopeless (its ' +
      'turn would come too late), late (its turn did not come in time), evicted (others needed the place).',
    labels: ['queue', 'reason'],
  },
  tollgate_queue_waiting: {
    kind: 'gauge',
    help: 'Attempts that wait for their turn now.',
    labels: ['queue'],
  },
  tollgate_queue_in_flight: {
    kind: 'gauge',
    help: 'Attempts that were let through a queue and are under way now.',
    labels: ['queue'],
  },
  tollgate_queue_concurrency_limit: {
    kind: 'gauge',
    help: 'How many may be under way at once, as their target fares now.',
    labels: ['queue'],
  },
  tollgate_queue_predicted_wait_seconds: {
    kind: 'gauge',
    help: 'How long an attempt would wait that came now.',
    labels: ['queue'],
  },
  tollgate_provider_quota_limit: {
    kind: 'gauge',
    help: 'What a provider allows within its window, as it told or as it is configured: requests or tokens.',
    labels: ['queue', 'unit', 'window'],
  },
  tollgate_provider_quota_used: {
    kind: 'gauge',
    help: 'What was used of it in the latest window, with what is set aside for answers under way.',
    labels: ['queue', 'unit', 'window'],
  },
  tollgate_tokens_total: {
    kind: 'counter',
    help:
      'Tokens of all attempts in disjoint parts: input, cache_read, cache_write_short, cache_write_long, audio_input, ' +
      'output, reasoning, audio_output.',
    labels: ['target', 'kind'],
  },
  tollgate_cost_usd_total: {
    kind: 'counter',
    help: 'US dollars of all attempts whose cost is known. A floating-point figure for display; bills are exact.',
    labels: ['target'],
  },
  tollgate_cost_unknown_total: {
    kind: 'counter',
    help: 'Attempts whose cost is unknown, because usage or price are.',
    labels: ['target'],
  },
  tollgate_jobs: {
    kind: 'gauge',
    help:
      'Jobs of the store, by where they are: queued (they could begin), scheduled (their time has not come), running, or ' +
      'dead (failed for good and not asked again). Every process that shares the store tells the same.',
    labels: ['state'],
  },
  tollgate_jobs_oldest_seconds: {
    kind: 'gauge',
    help: 'How long the job that could have begun first waits already.',
    labels: [],
  },
  tollgate_jobs_ended_total: {
    kind: 'counter',
    help:
      'Jobs that ended in this process: succeeded, failed, cancelled; or swept (their deadline passed, or their worker was ' +
      'lost and nobody is to try again).',
    labels: ['outcome'],
  },
  tollgate_job_attempts_total: {
    kind: 'counter',
    help:
      'Attempts at jobs in this process: succeeded, failed (for good), again (another one follows), cancelled, released ' +
      '(given back because the worker stopped), lost (another worker had the job by then).',
    labels: ['outcome'],
  },
  tollgate_job_queue_seconds: {
    kind: 'histogram',
    help: 'From the moment at which a job could have begun to its first attempt.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200],
  },
  tollgate_job_attempt_duration_seconds: {
    kind: 'histogram',
    help: 'From the start of an attempt at a job until its end was on disk.',
    labels: [],
    buckets: callSeconds,
  },
  tollgate_job_duration_seconds: {
    kind: 'histogram',
    help: 'From the moment at which a job could have begun to its end.',
    labels: [],
    buckets: [0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400],
  },
  tollgate_webhook_deliveries_total: {
    kind: 'counter',
    help:
      'Attempts to tell webhooks of jobs in this process: delivered, again (another attempt follows), failed (it was the ' +
      'last one).',
    labels: ['outcome'],
  },
  tollgate_webhook_events_pending: {
    kind: 'gauge',
    help:
      'Ends of jobs of the store that webhooks are still to be told of: pending, or disabled (nothing is sent to their ' +
      'endpoint until it is enabled). Every process that shares the store tells the same.',
    labels: ['state'],
  },
  tollgate_webhook_endpoints_disabled: {
    kind: 'gauge',
    help: 'Webhook endpoints to which nothing is sent: they said so (410), or failed for more than five days.',
    labels: [],
  },
  tollgate_idempotent_total: {
    kind: 'counter',
    help:
      'Calls with an idempotency key, by what became of it: first (it was asked), replayed (its answer was there), ' +
      'waited (it got the answer of an equal call that was under way), conflict (that took longer than it could wait), ' +
      'or mismatch (something else was asked under the key).',
    labels: ['outcome'],
  },
  tollgate_sdk_retries_total: {
    kind: 'counter',
    help: 'Calls that the caller’s SDK says it repeats.',
    labels: [],
  },
  tollgate_provider_keys_rested_total: {
    kind: 'counter',
    help:
      'Keys of providers with several that were left alone for a while, by why: throttled, quota (no credit), auth ' +
      '(refused). The label `key` is the place in the configuration, 1 for the first.',
    labels: ['provider', 'key', 'reason'],
  },
  tollgate_quality_declines_total: {
    kind: 'counter',
    help:
      'Times that a model became worse than it used to be, by what: failures (for no fault of callers), invalid ' +
      '(structured output), refused, feedback (scores of callers).',
    labels: ['model', 'metric'],
  },
  tollgate_config_reload_total: {
    kind: 'counter',
    help: 'Times the configuration was read again while running, by what came of it: ok, or failed (the old one stayed).',
    labels: ['outcome'],
  },
  tollgate_config_reload_failed: {
    kind: 'gauge',
    help: '1 while the latest configuration is not in force because something is wrong with it, else 0.',
    labels: [],
  },
  tollgate_config_reload_success_timestamp_seconds: {
    kind: 'gauge',
    help: 'When a configuration was last put in force while running, as Unix time; 0: not since the start.',
    labels: [],
  },
  tollgate_shed_total: {
    kind: 'counter',
    help:
      'Calls that were turned away because the gateway has too much to do, by of what (calls, event_loop, heap, memory) ' +
      'and whom that meets (low priority, retry of an SDK, all).',
    labels: ['reason', 'whom'],
  },
  tollgate_log_dropped_total: {
    kind: 'counter',
    help: 'Log lines that were dropped because the destination did not take them.',
    labels: [],
  },
  tollgate_call_records_dropped_total: {
    kind: 'counter',
    help: 'Records of calls that were not kept because their file was too slow or could not be written.',
    labels: [],
  },
  tollgate_call_bodies_dropped_total: {
    kind: 'counter',
    help: 'Calls of which it was not kept what was said, though it should have been: there was too much of it, or it could not be written.',
    labels: [],
  },
  tollgate_in_flight: {
    kind: 'gauge',
    help: 'Calls being handled now.',
    labels: [],
  },
} as const satisfies Readonly<Record<`tollgate_${string}`, MetricRow>>

export type MetricName = keyof typeof metricTable

type StringsFor<Labels extends readonly string[]> = { readonly [Index in keyof Labels]: string }

/** Values for the labels of a metric, in the order of its table row. */
export type LabelValues<Name extends MetricName> = StringsFor<(typeof metricTable)[Name]['labels']>
