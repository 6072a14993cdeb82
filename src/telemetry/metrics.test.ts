import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AttemptLine } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import type { CallRecord } from '../core/record.ts'
import { noUsage } from '../core/usage.ts'
import { type MetricRow, metricTable } from './metric-table.ts'
import { createMetrics, type Metrics, type MetricsSources } from './metrics.ts'

const line: AttemptLine = {
  target: 'openai/a',
  ordinal: 1,
  started: 100,
  ended: 1_100,
  outcome: 'ok',
  usage: { ...noUsage, input: 10, cacheRead: 20, cacheWriteShort: 1, cacheWriteLong: 2, output: 30, reasoning: 5 },
  costNanos: 1_500_000_000n,
}

const record: CallRecord = {
  id: 'id',
  startedAt: 0,
  started: 0,
  durationMs: 1_200,
  firstTokenMs: 300,
  caller: { key: 'web' },
  wire: 'openai-chat',
  operation: 'chat',
  stream: true,
  model: 'chat',
  asked: 'chat',
  target: 'openai/a',
  outcome: 'ok',
  error: undefined,
  cause: undefined,
  attempts: [line],
  notes: {},
  finishes: ['stop'],
  usage: line.usage,
  costNanos: 1_500_000_000n,
  retryCount: 0,
}

const create = (sources: MetricsSources = {}): Metrics => createMetrics({ process: false, ...sources })

/** The value of one line of the text, or undefined. */
const valueIn = async (metrics: Metrics, series: string): Promise<number | undefined> => {
  const found = (await metrics.text()).split('\n').find((text) => text.startsWith(`${series} `))
  return found === undefined ? undefined : Number(found.slice(series.length + 1))
}

const after = async (records: readonly Partial<CallRecord>[], series: string): Promise<number | undefined> => {
  const metrics = create()
  for (const changes of records) metrics.sink({ ...record, ...changes })
  return valueIn(metrics, series)
}

describe('a call', () => {
  test('is counted by wire, model, target, outcome and stream', async () => {
    const series =
      'tollgate_requests_total{wire="openai-chat",model="chat",target="openai/a",outcome="ok",stream="true"}'
    assert.equal(await after([{}, {}, { stream: false }], series), 2)
  })

  test('that no target answered has the target none and its error code', async () => {
    const failed = { target: undefined, outcome: 'error', error: 'no_target', attempts: [], stream: false } as const
    assert.equal(await after([failed], 'tollgate_errors_total{code="no_target",model="chat"}'), 1)
    const series =
      'tollgate_requests_total{wire="openai-chat",model="chat",target="none",outcome="error",stream="false"}'
    assert.equal(await after([failed], series), 1)
  })

  test('leaves its duration in seconds', async () => {
    const labels = '{wire="openai-chat",model="chat",stream="true"}'
    assert.equal(await after([{}], `tollgate_request_duration_seconds_sum${labels}`), 1.2)
    const bucket = 'tollgate_request_duration_seconds_bucket{le="2.5",wire="openai-chat",model="chat",stream="true"}'
    assert.equal(await after([{}], bucket), 1)
  })

  test('leaves the time to its first token, if there was one', async () => {
    const series = 'tollgate_first_token_seconds_sum{model="chat",target="openai/a"}'
    assert.equal(await after([{}], series), 0.3)
    assert.equal(await after([{ firstTokenMs: undefined }], series), undefined)
  })

  test('that an SDK repeats is counted', async () => {
    assert.equal(await after([{}, { retryCount: 2 }], 'tollgate_sdk_retries_total'), 1)
  })
})

test('a refusal before there was a call is counted as a failed call of no model', async () => {
  const metrics = create()
  metrics.refused(new GatewayError('invalid_request', 'x'), 'openai-chat')
  const series =
    'tollgate_requests_total{wire="openai-chat",model="unknown",target="none",outcome="error",stream="false"}'
  assert.equal(await valueIn(metrics, series), 1)
  assert.equal(await valueIn(metrics, 'tollgate_errors_total{code="invalid_request",model="unknown"}'), 1)
})

describe('attempts', () => {
  const attempts: readonly AttemptLine[] = [
    { ...line, outcome: 'server', usage: undefined, costNanos: undefined },
    { ...line, ordinal: 2, outcome: 'throttled', costNanos: 0n },
    { ...line, ordinal: 3, target: 'anthropic/b' },
  ]

  test('are counted by what they came to', async () => {
    assert.equal(await after([{ attempts }], 'tollgate_attempts_total{target="openai/a",outcome="server"}'), 1)
    assert.equal(await after([{ attempts }], 'tollgate_attempts_total{target="anthropic/b",outcome="ok"}'), 1)
  })

  test('that still ran are counted as unfinished, without a duration', async () => {
    const running = [{ target: 'openai/a', ordinal: 1, started: 5 }]
    assert.equal(
      await after([{ attempts: running }], 'tollgate_attempts_total{target="openai/a",outcome="unfinished"}'),
      1,
    )
    assert.equal(
      await after([{ attempts: running }], 'tollgate_attempt_duration_seconds_count{target="openai/a"}'),
      undefined,
    )
  })

  test('at the same target again are retries, at another one fallbacks', async () => {
    assert.equal(await after([{ attempts }], 'tollgate_retries_total{target="openai/a"}'), 1)
    assert.equal(await after([{ attempts }], 'tollgate_fallbacks_total{model="chat",target="anthropic/b"}'), 1)
  })

  test('leave their tokens by kind', async () => {
    const tokens = (kind: string) => after([{}], `tollgate_tokens_total{target="openai/a",kind="${kind}"}`)
    assert.deepEqual(
      await Promise.all(['input', 'cache_read', 'cache_write_short', 'cache_write_long'].map(tokens)),
      [10, 20, 1, 2],
    )
    assert.deepEqual(await Promise.all(['output', 'reasoning', 'audio_output'].map(tokens)), [30, 5, undefined])
  })

  test('leave their cost in dollars, or that it is unknown', async () => {
    assert.equal(await after([{}, {}], 'tollgate_cost_usd_total{target="openai/a"}'), 3)
    assert.equal(await after([{ attempts }], 'tollgate_cost_unknown_total{target="openai/a"}'), 1)
  })
})

describe('the text', () => {
  test('has every metric of the table, with its help', async () => {
    const text = await create().text()
    for (const [name, row] of Object.entries<MetricRow>(metricTable)) {
      assert.ok(text.includes(`# HELP ${name} ${row.help}\n# TYPE ${name} ${row.kind}\n`), name)
    }
  })

  test('counts each call once, however often it is read', async () => {
    const metrics = create()
    metrics.sink(record)
    await metrics.text()
    metrics.sink(record)
    await metrics.text()
    assert.equal(await valueIn(metrics, 'tollgate_cost_usd_total{target="openai/a"}'), 3)
  })

  test('tells what is in flight and how many log lines were dropped', async () => {
    const state = { inFlight: 3, dropped: 2 }
    const metrics = create({ inFlight: () => state.inFlight, logDropped: () => state.dropped })
    assert.equal(await valueIn(metrics, 'tollgate_in_flight'), 3)
    state.dropped = 5
    state.inFlight = 0
    assert.equal(await valueIn(metrics, 'tollgate_log_dropped_total'), 5)
    assert.equal(await valueIn(metrics, 'tollgate_in_flight'), 0)
  })

  test('of one gateway knows nothing of another', async () => {
    const metrics = create()
    create().sink(record)
    assert.equal(await valueIn(metrics, 'tollgate_cost_usd_total{target="openai/a"}'), undefined)
  })

  test('has the figures of the process unless they are not wanted', async () => {
    assert.match(await createMetrics().text(), /^nodejs_eventloop_lag_p99_seconds /m)
    assert.doesNotMatch(await create().text(), /nodejs_/)
  })
})

describe('label values', () => {
  test('beyond a thousand become other, in every metric alike', async () => {
    const metrics = create()
    for (let index = 0; index < 100_000; index++) {
      const target = `openai/made-up-${index}`
      metrics.sink({ ...record, model: target, target, attempts: [{ ...line, target }] })
    }
    assert.equal(await valueIn(metrics, 'tollgate_attempts_total{target="other",outcome="ok"}'), 99_000)
    const text = await metrics.text()
    assert.equal(text.match(/^tollgate_attempts_total\{/gm)?.length, 1_001)
    assert.ok(text.length < 10_000_000)
  })

  test('that were reserved keep their own, however many came before', async () => {
    const metrics = create()
    metrics.reserve({ models: ['chat'], targets: ['openai/a'] })
    for (let index = 0; index < 2_000; index++)
      metrics.sink({ ...record, attempts: [{ ...line, target: `x/${index}` }] })
    metrics.reserve({ models: [], targets: ['openai/late'] })
    metrics.sink({ ...record, attempts: [line, { ...line, target: 'openai/late' }] })
    assert.equal(await valueIn(metrics, 'tollgate_attempts_total{target="openai/a",outcome="ok"}'), 1)
    assert.equal(await valueIn(metrics, 'tollgate_attempts_total{target="openai/late",outcome="ok"}'), 1)
  })

  test('cannot break out of their quotes', async () => {
    const metrics = create()
    metrics.sink({ ...record, model: 'a"} 1\nevil{b="\\' })
    assert.doesNotMatch(await metrics.text(), /^evil/m)
  })

  test('and numbers that make no sense never make the sink throw', async () => {
    const metrics = create()
    metrics.sink({ ...record, durationMs: Number.NaN, attempts: [{ ...line, costNanos: -5n, ended: Number.NaN }] })
    assert.match(await metrics.text(), /tollgate_requests_total/)
  })
})
