import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { context, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  StackContextManager,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { ConfigError } from '../../config/complaints.ts'
import { describeConfig } from '../../config/describe.ts'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { createGateway } from '../../library/create-gateway.ts'
import { type Running, startServer } from '../../server/start.ts'
import { type CollectedSpan, type Collector, startCollector } from '../../testing/collector.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/fake-upstream.ts'
import { openaiError, openaiText } from '../../testing/index.ts'

const canary = 'sk-canary-of-the-upstream-0123456789'
const words = 'the words that nobody else may read'
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Names of the conventions for generative AI that a span may carry, beside those of our own. */
const conventions: ReadonlySet<string> = new Set([
  ...['operation.name', 'provider.name', 'request.model', 'request.stream', 'response.model', 'conversation.id'],
  ...['response.finish_reasons', 'response.time_to_first_chunk', 'usage.input_tokens', 'usage.output_tokens'],
  ...['usage.cache_read.input_tokens', 'usage.cache_write.input_tokens', 'usage.reasoning.output_tokens'],
])

const checkNames = ({ attributes }: CollectedSpan): void => {
  for (const name of Object.keys(attributes)) {
    const isOurs = name.startsWith('tollgate.') || name === 'error.type' || name === 'http.response.status_code'
    assert.ok(isOurs || conventions.has(name.replace(/^gen_ai\./, '')), name)
  }
}

interface World extends AsyncDisposable {
  readonly collector: Collector
  readonly upstream: FakeUpstream
  readonly server: Running
  ask(body: object, headers?: Record<string, string>, signal?: AbortSignal): Promise<Response>
  /** The spans, when everything was sent. */
  stop(): Promise<readonly CollectedSpan[]>
}

const start = async (more: ConfigInput = {}, traces: object = {}): Promise<World> => {
  const upstream = await startFakeUpstream()
  const collector = await startCollector()
  const at = { kind: 'openai', baseUrl: `${upstream.url}/v1`, apiKey: canary } as const
  const config = await parseConfig(
    {
      discover: false,
      server: { port: 0, drain: { notReady: '1ms', streams: '1ms' } },
      providers: { one: at, two: at },
      models: { chat: ['one/m', 'two/m'] },
      ...more,
      telemetry: { log: 'silent', metrics: false, traces: { otlp: collector.url, ...traces }, ...more.telemetry },
    },
    {},
  )
  const server = await startServer(config)
  let isOver = false
  const stop = async (): Promise<readonly CollectedSpan[]> => {
    if (!isOver) await server.stop(AbortSignal.abort())
    isOver = true
    return collector.spans
  }
  return {
    collector,
    upstream,
    server,
    stop,
    ask: (body, headers = {}, signal) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: words }], ...body }),
        ...(signal && { signal }),
      }),
    [Symbol.asyncDispose]: async () => {
      await stop()
      await upstream.close()
      await collector[Symbol.asyncDispose]()
    },
  }
}

const split = (spans: readonly CollectedSpan[]) => ({
  calls: spans.filter(({ kind }) => kind === 2),
  attempts: spans.filter(({ kind }) => kind === 3).toSorted((one, other) => one.startMs - other.startMs),
})

describe('the spans of a call', () => {
  test('stand under the caller’s span, an attempt each, and say what happened in the words of the conventions', async () => {
    await using world = await start({ retry: { sameTarget: 0 } })
    world.upstream.script(openaiError(500, null, 'No.'), openaiText('Yes.', { usage: { input: 100, output: 7 } }))
    const answer = await world.ask({}, { traceparent: parent, tracestate: 'vendor=1', 'x-tollgate-session': 's-1' })
    await answer.text()
    const { calls, attempts } = split(await world.stop())
    const [call] = calls
    assert.ok(call && calls.length === 1)
    assert.equal(call.traceId, parent.slice(3, 35))
    assert.equal(call.parentSpanId, parent.slice(36, 52))
    assert.equal(call.traceState, 'vendor=1')
    assert.equal(call.name, 'chat chat')
    assert.equal(call.status, 0)
    assert.equal(call.attributes['gen_ai.conversation.id'], 's-1')
    assert.equal(call.attributes['tollgate.key'], 'anonymous')
    assert.equal(attempts.length, 2)
    const [failed, good] = attempts as [CollectedSpan, CollectedSpan]
    for (const span of [call, failed, good]) checkNames(span)
    for (const { traceId, parentSpanId, startMs, endMs } of attempts) {
      assert.equal(traceId, call.traceId)
      assert.equal(parentSpanId, call.spanId)
      assert.ok(startMs >= call.startMs - 1 && endMs <= call.endMs + 1 && startMs <= endMs)
    }
    assert.equal(failed.status, 2)
    assert.equal(failed.attributes['error.type'], 'upstream_failed')
    assert.equal(failed.attributes['gen_ai.usage.input_tokens'], undefined)
    assert.equal(good.name, 'chat m')
    assert.equal(good.status, 0)
    assert.deepEqual(
      ['provider.name', 'operation.name', 'request.model', 'usage.input_tokens', 'usage.output_tokens'].map(
        (name) => good.attributes[`gen_ai.${name}`],
      ),
      ['openai', 'chat', 'm', 100, 7],
    )
    assert.deepEqual(good.attributes['gen_ai.response.finish_reasons'], ['stop'])
    assert.equal(good.attributes['http.response.status_code'], 200)
  })

  test('tell of a stream how long its first words took', async () => {
    await using world = await start()
    world.upstream.script(openaiText('Yes.', { stream: true, usage: { input: 1, output: 1 } }))
    await (await world.ask({ stream: true })).text()
    const { calls, attempts } = split(await world.stop())
    for (const span of [calls[0], attempts[0]]) {
      assert.ok(span)
      assert.equal(span.attributes['gen_ai.request.stream'], true)
      const seconds = span.attributes['gen_ai.response.time_to_first_chunk']
      assert.ok(typeof seconds === 'number' && seconds > 0 && seconds <= (span.endMs - span.startMs) / 1_000 + 0.001)
    }
    assert.equal(calls[0]?.parentSpanId, undefined)
  })

  test('tell that nobody answered, and that somebody went away, which is no failure', async () => {
    await using world = await start({ retry: { attempts: 1 } })
    world.upstream.script(openaiError(500, null, 'No.'))
    assert.equal((await world.ask({})).status, 502)
    const stop = new AbortController()
    const asked = new Promise<void>((resolve) => {
      world.upstream.always(() => {
        resolve()
        return { ...openaiText('Late.'), headDelayMs: 'forever' }
      })
    })
    const leaving = world.ask({}, {}, stop.signal).catch(() => undefined)
    await asked
    stop.abort()
    await leaving
    await world.collector.until(4)
    const { calls } = split(await world.stop())
    assert.deepEqual(
      calls.map(({ status, attributes }) => [status, attributes['error.type']]),
      [
        [2, 'upstream_failed'],
        [0, 'cancelled'],
      ],
    )
  })

  test('hold neither a word of the conversation nor a secret', async () => {
    await using world = await start({}, { headers: { authorization: 'Bearer of-the-collector' } })
    world.upstream.always(openaiError(400, null, `Refused ${words} with ${canary}.`))
    await (await world.ask({ user: canary }, { 'x-tollgate-session': canary, 'x-tollgate-tags': `a=${canary}` })).text()
    assert.ok((await world.stop()).length >= 2)
    const sent = world.collector.bodies.join('\n')
    assert.equal(sent.includes(canary), false)
    assert.equal(sent.includes(words), false)
    assert.equal(world.collector.headers[0]?.authorization, 'Bearer of-the-collector')
  })
})

describe('spans that carry what is said', () => {
  const messages = [
    { role: 'system', content: 'Be short.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: words },
        { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
      ],
    },
    {
      role: 'assistant',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'A cat.' },
  ]
  const inCall = (spans: readonly CollectedSpan[], name: string): unknown => {
    const text = split(spans).calls[0]?.attributes[name]
    return typeof text === 'string' ? JSON.parse(text) : text
  }

  for (const stream of [false, true])
    test(`hold it as the conventions have it, ${stream ? 'of a stream' : 'of a whole answer'}`, async () => {
      await using world = await start({}, { content: true })
      world.upstream.script(openaiText('A cat, I say.', { stream }))
      await (await world.ask({ messages, stream })).text()
      const spans = await world.stop()
      assert.deepEqual(inCall(spans, 'gen_ai.input.messages'), [
        { role: 'system', parts: [{ type: 'text', content: 'Be short.' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', content: words },
            { type: 'image', mime_type: null, uri: 'https://a.example/b.png' },
          ],
        },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: { at: 1 } }] },
        {
          role: 'tool',
          parts: [{ type: 'tool_call_response', id: 'c1', response: [{ type: 'text', content: 'A cat.' }] }],
        },
      ])
      assert.deepEqual(inCall(spans, 'gen_ai.output.messages'), [
        { role: 'assistant', parts: [{ type: 'text', content: 'A cat, I say.' }], finish_reason: 'stop' },
      ])
      assert.equal(inCall(spans, 'tollgate.content.cut'), undefined)
      for (const { attributes } of split(spans).attempts) assert.equal('gen_ai.input.messages' in attributes, false)
    })

  test('hold no secret, and no more than so much', async () => {
    await using world = await start({}, { content: true })
    world.upstream.script(openaiText(`The key is ${canary}. ${'x'.repeat(100_000)}`))
    const long = [
      { role: 'user', content: 'first' },
      { role: 'user', content: 'y'.repeat(70_000) },
      { role: 'user', content: `the last, ${canary}` },
    ]
    await (await world.ask({ messages: long })).text()
    const spans = await world.stop()
    const asked = inCall(spans, 'gen_ai.input.messages') as { parts: { content: string }[] }[]
    assert.deepEqual(
      asked.map(({ parts }) => parts[0]?.content.slice(0, 22)),
      ['y'.repeat(22), 'the last, [redacted]'],
    )
    assert.ok(JSON.stringify(asked).length < 66_000)
    assert.ok(JSON.stringify(inCall(spans, 'gen_ai.output.messages')).length < 66_000)
    assert.equal(inCall(spans, 'tollgate.content.cut'), true)
    assert.equal(world.collector.bodies.join('').includes(canary), false)
  })

  test('hold what was asked where nobody answered', async () => {
    await using world = await start({ retry: { attempts: 1 } }, { content: true })
    world.upstream.script(openaiError(500, null, 'No.'))
    assert.equal((await world.ask({})).status, 502)
    const spans = await world.stop()
    assert.deepEqual(inCall(spans, 'gen_ai.input.messages'), [
      { role: 'user', parts: [{ type: 'text', content: words }] },
    ])
    assert.equal(inCall(spans, 'gen_ai.output.messages'), undefined)
  })
})

describe('a trace', () => {
  test('that its caller does not sample leaves no spans', async () => {
    await using world = await start()
    world.upstream.always(openaiText('Yes.'))
    await (await world.ask({}, { traceparent: parent.replace(/01$/, '00') })).text()
    await (await world.ask({}, { traceparent: 'nonsense' })).text()
    const { calls } = split(await world.stop())
    assert.equal(calls.length, 1)
    assert.equal(calls[0]?.parentSpanId, undefined)
  })

  test('that begins here is sampled by its share', async () => {
    await using world = await start({}, { sample: 0 })
    world.upstream.always(openaiText('Yes.'))
    await (await world.ask({})).text()
    await (await world.ask({}, { traceparent: parent })).text()
    assert.equal(split(await world.stop()).calls.length, 1)
  })

  test('is told to providers only where the configuration says so', async () => {
    await using world = await start()
    world.upstream.always(openaiText('Yes.'))
    await (await world.ask({}, { traceparent: parent })).text()
    assert.equal(world.upstream.journal[0]?.headers.traceparent, undefined)
    await using open = await start({ telemetry: { propagate: true } })
    open.upstream.always(openaiText('Yes.'))
    await (await open.ask({}, { traceparent: parent, tracestate: 'vendor=1' })).text()
    const [sent] = open.upstream.journal
    assert.deepEqual([sent?.headers.traceparent, sent?.headers.tracestate], [parent, 'vendor=1'])
  })

  test('of a program goes on in the gateway inside it, where that is asked for', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    trace.setGlobalTracerProvider(provider)
    context.setGlobalContextManager(new StackContextManager().enable())
    const gateway = await createGateway({
      discover: false,
      providers: { sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1e6 } },
      telemetry: { traces: { global: true } },
    })
    const own = provider.getTracer('application').startSpan('own')
    const asked = { model: 'sim/small', messages: [{ role: 'user' as const, content: words }] }
    await context.with(trace.setSpan(context.active(), own), () => gateway.chat(asked))
    await gateway.close()
    own.end()
    const spans = exporter.getFinishedSpans()
    const call = spans.find(({ name }) => name === 'chat sim/small')
    assert.equal(call?.parentSpanContext?.spanId, own.spanContext().spanId)
    assert.equal(spans.length, 3)
    trace.disable()
    context.disable()
  })
})

describe('what is wrong with traces', () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{}, /needs otlp, the address of a collector, or global: true/],
    [{ otlp: 'nowhere' }, /telemetry.traces.otlp: expected an address/],
    [{ otlp: 'http://127.0.0.1:1', global: true }, /does not go with otlp/],
  ]
  for (const [traces, words] of wrong)
    test(`is told: ${JSON.stringify(traces)}`, async () => {
      const input = { discover: false, telemetry: { traces } } as const
      await assert.rejects(parseConfig(input, {}), (error) => error instanceof ConfigError && words.test(error.message))
    })
})

describe('a configuration with traces', () => {
  test('is shown without what a collector is told as a secret', async () => {
    const traces = { otlp: 'http://127.0.0.1:4318', headers: { authorization: `Bearer ${canary}` } }
    const config = await parseConfig({ discover: false, telemetry: { traces } }, {})
    const shown = JSON.stringify(describeConfig(config))
    assert.equal(shown.includes(canary), false)
    assert.ok(shown.includes('http://127.0.0.1:4318'))
  })
})
