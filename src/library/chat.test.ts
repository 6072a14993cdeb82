import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, GatewayError, type LibraryGateway } from '../index.ts'
import {
  type FakeUpstream,
  openaiError,
  openaiText,
  openaiToolCalls,
  silence,
  stall,
  startFakeUpstream,
} from '../testing/index.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}

const wasAnswered = (): never => assert.fail('it was answered')

const told = (thrown: unknown): GatewayError => {
  assert.ok(thrown instanceof GatewayError)
  return thrown
}

const rootOf = (error: Error): Error => (error.cause instanceof Error ? rootOf(error.cause) : error)

describe('a gateway inside an application', () => {
  let upstream: FakeUpstream
  let gateway: LibraryGateway
  before(async () => {
    upstream = await startFakeUpstream()
    gateway = await createGateway({
      discover: false,
      providers: {
        up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream', models: ['one'] },
        thinker: { kind: 'deepseek', baseUrl: `${upstream.url}/v1`, models: ['d'] },
        sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1e6 },
      },
      models: { chat: ['up/one', 'sim/small'] },
      retry: { sameTarget: 0 },
      prices: { 'up/*': { input: 1, output: 2 } },
    })
  })
  afterEach(() => upstream.always({ status: 500 }))
  after(async () => {
    await gateway.close()
    await upstream.close()
  })

  test('gives a whole answer with its usage, cost, target and times', async () => {
    upstream.script(openaiText('It is sunny.', { usage: { input: 100, output: 7, cached: 40 } }))
    const answer = await gateway.chat({ model: 'up/one', messages })
    assert.equal(answer.text, 'It is sunny.')
    assert.equal(answer.finish, 'stop')
    assert.equal(answer.target, 'up/one')
    assert.equal(answer.attempts, 1)
    assert.deepEqual(answer.message, { role: 'assistant', content: 'It is sunny.' })
    assert.deepEqual([answer.usage?.input, answer.usage?.cacheRead, answer.usage?.output], [60, 40, 7])
    assert.equal(answer.costUsd, '0.000114')
    assert.ok((answer.firstTokenMs ?? -1) > 0 && answer.durationMs >= (answer.firstTokenMs ?? 0))
  })

  test('sends fields that it does not know, and takes each choice apart', async () => {
    const answer = await gateway.chat({ model: 'sim/small', messages, n: 2, max_tokens: 4 })
    assert.equal(answer.choices.length, 2)
    assert.equal(answer.choices[0]?.text, answer.text)
    upstream.script(openaiText('Yes.'))
    await gateway.chat({ model: 'up/one', messages, some_field_of_tomorrow: { deep: true } })
    const sent = JSON.parse(upstream.journal.at(-1)?.body ?? '')
    assert.deepEqual(sent.some_field_of_tomorrow, { deep: true })
  })

  test('gives calls of tools, and a message to append to the conversation that goes back as it came', async () => {
    upstream.script(openaiToolCalls([{ name: 'weather', arguments: '{"city":"Oslo"}', id: 'call_1' }]))
    const answer = await gateway.chat({ model: 'up/one', messages, tools: [weather] })
    assert.equal(answer.finish, 'tool_calls')
    assert.deepEqual(answer.toolCalls, [{ id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }])
    upstream.script(openaiText('It is cold.'))
    const result = { role: 'tool', tool_call_id: 'call_1', content: '-3' }
    await gateway.chat({ model: 'up/one', messages: [...messages, answer.message, result], tools: [weather] })
    const sent = JSON.parse(upstream.journal.at(-1)?.body ?? '')
    assert.deepEqual(sent.messages, [...messages, answer.message, result])
  })

  test('carries thinking into the next turn where the provider wants it back', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const said = { role: 'assistant', content: null, reasoning_content: 'Let me look.', tool_calls: [call] }
    const choices = [{ index: 0, message: said, finish_reason: 'tool_calls' }]
    upstream.script({ body: JSON.stringify({ id: 'c', object: 'chat.completion', model: 'd', choices }) })
    const answer = await gateway.chat({ model: 'thinker/d', messages, tools: [weather] })
    assert.equal(answer.reasoning, 'Let me look.')
    upstream.script(openaiText('It is cold.'))
    const result = { role: 'tool', tool_call_id: 'call_1', content: '-3' }
    await gateway.chat({ model: 'thinker/d', messages: [...messages, answer.message, result], tools: [weather] })
    const sent = JSON.parse(upstream.journal.at(-1)?.body ?? '')
    assert.deepEqual(sent.messages[1], said)
  })

  test('answers from the next target when the first one fails, and says how many were tried', async () => {
    upstream.script(openaiError(500, null, 'It failed.'))
    const answer = await gateway.chat({ model: 'chat', messages })
    assert.deepEqual([answer.target, answer.attempts], ['sim/small', 2])
  })

  test('asks the first target alone when that is wished', async () => {
    upstream.script(openaiError(500, null, 'It failed.'))
    await assert.rejects(gateway.chat({ model: 'chat', messages }, { noFallback: true }), { code: 'upstream_failed' })
  })

  test('throws a GatewayError with its code and the upstream’s own words', async () => {
    upstream.script(openaiError(400, 'unsupported_value', 'temperature is too high'))
    const error = await gateway.chat({ model: 'up/one', messages }).then(wasAnswered, told)
    assert.equal(error.code, 'upstream_rejected')
    assert.equal(error.status, 400)
    assert.equal(error.details.upstream?.message, 'temperature is too high')
  })

  const mistakes: readonly [what: string, request: object, options: object, error: object][] = [
    ['no messages', { model: 'chat' }, {}, { code: 'invalid_request', details: { param: 'messages' } }],
    ['no model', { messages }, {}, { code: 'invalid_request', details: { param: 'model' } }],
    ['an unknown model', { model: 'nope', messages }, {}, { code: 'unknown_model' }],
    ['a time below nothing', { model: 'chat', messages }, { timeoutMs: -1 }, { code: 'invalid_request' }],
    ['a time that is none', { model: 'chat', messages }, { timeoutMs: Number.NaN }, { code: 'invalid_request' }],
    ['a signal that has fired', { model: 'chat', messages }, { signal: AbortSignal.abort() }, { code: 'cancelled' }],
  ]
  for (const [what, request, options, error] of mistakes) {
    test(`throws a GatewayError for ${what}, and sends nothing`, async () => {
      const before = upstream.journal.length
      const thrown = await gateway.chat(request as never, options).then(wasAnswered, told)
      assert.partialDeepStrictEqual({ code: thrown.code, details: { ...thrown.details } }, error)
      assert.equal(upstream.journal.length, before)
    })
  }

  test('stops the upstream when the signal fires', async () => {
    upstream.script(silence())
    const controller = new AbortController()
    const asked = upstream.journal.length
    const answer = gateway.chat({ model: 'up/one', messages }, { signal: controller.signal })
    while (upstream.journal.length === asked) await sleep(5)
    controller.abort(new Error('the user left'))
    const error = await answer.then(wasAnswered, told)
    assert.equal(error.code, 'cancelled')
    assert.equal(rootOf(error).message, 'the user left')
    while (upstream.journal[asked]?.abortedAt === undefined) await sleep(5)
  })

  test('gives up after timeoutMs, and stops the upstream', async () => {
    upstream.script(silence())
    const asked = upstream.journal.length
    await assert.rejects(gateway.chat({ model: 'up/one', messages }, { timeoutMs: 100 }), {
      code: 'deadline_exceeded',
    })
    while (upstream.journal[asked]?.abortedAt === undefined) await sleep(5)
  })

  test('streams what is said as it comes, and has the whole answer at the end', async () => {
    upstream.script(openaiText('It was a dark night.', { stream: true, usage: { input: 100, output: 7 } }))
    const stream = gateway.stream({ model: 'up/one', messages })
    let text = ''
    for await (const delta of stream) {
      assert.equal(stream.answer, undefined)
      if (delta.kind === 'text') text += delta.text
    }
    assert.equal(text, 'It was a dark night.')
    assert.equal(stream.answer?.text, text)
    assert.equal(stream.answer?.costUsd, '0.000114')
    assert.equal(stream.answer?.target, 'up/one')
  })

  test('asks nothing before somebody reads the stream', async () => {
    const before = upstream.journal.length
    gateway.stream({ model: 'up/one', messages })
    await sleep(20)
    assert.equal(upstream.journal.length, before)
  })

  test('stops the upstream when the loop is left', async () => {
    upstream.script(stall(openaiText('It was a dark night.', { stream: true }), 3))
    const asked = upstream.journal.length
    for await (const delta of gateway.stream({ model: 'up/one', messages })) if (delta.kind === 'text') break
    while (upstream.journal[asked]?.abortedAt === undefined) await sleep(5)
  })

  test('throws out of the loop when a stream breaks, and has no whole answer then', async () => {
    const broken = openaiText('It was a dark night.', { stream: true })
    upstream.script({ ...broken, events: broken.events?.slice(0, 4) })
    const stream = gateway.stream({ model: 'chat', messages })
    let text = ''
    await assert.rejects(
      async () => {
        for await (const delta of stream) if (delta.kind === 'text') text += delta.text
      },
      { code: 'upstream_garbled' },
    )
    assert.match(text, /^It was/)
    assert.equal(stream.answer, undefined)
  })

  test('lists models and tells its figures', async () => {
    const names = gateway.models().map(({ name }) => name)
    assert.deepEqual(names, ['chat', 'up/one', 'thinker/d', 'sim/small', 'sim/large', 'sim/embed'])
    assert.match(await gateway.metrics(), /tollgate_requests_total\{[^}]*model="sim\/small"[^}]*\} [1-9]/)
  })
})
