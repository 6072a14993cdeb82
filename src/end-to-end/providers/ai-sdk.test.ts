import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test'
import { ConfigError, createGateway, fromAiSdk, GatewayError, type LibraryGateway } from '../../index.ts'
import {
  anthropicError,
  anthropicText,
  anthropicToolCalls,
  type FakeUpstream,
  openaiText,
  startFakeUpstream,
} from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { question } from './rig.ts'

interface Rig extends AsyncDisposable {
  readonly upstream: FakeUpstream
  readonly gateway: LibraryGateway
}

/** A gateway whose provider is a package of the AI SDK, in front of a fake upstream. */
const start = async (): Promise<Rig> => {
  const upstream = await startFakeUpstream()
  const options = { apiKey: 'sk-of-the-package', baseURL: `${upstream.url}/v1` }
  const gateway = await createGateway({
    discover: false,
    providers: {
      named: { kind: 'ai-sdk', package: '@ai-sdk/anthropic', options },
      brought: fromAiSdk(createOpenAI(options).chat('gpt-5-mini')),
      all: fromAiSdk(createAnthropic(options)),
      spare: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-spare' },
    },
    models: { chat: { targets: ['named/claude-haiku-4-5', 'spare/m'], policies: ['order'] } },
    retry: { attempts: 2, sameTarget: 0 },
  })
  return {
    upstream,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await upstream.close()
    },
  }
}

describe('a package of the AI SDK', () => {
  test('answers whole, with usage and cost', async () => {
    await using rig = await start()
    rig.upstream.always(anthropicText('Yes.', { usage: { input: 11, output: 5 } }))
    const answer = await rig.gateway.chat(question('chat'))
    assert.equal(answer.message.content, 'Yes.')
    assert.equal(answer.target, 'named/claude-haiku-4-5')
    assert.deepEqual([answer.usage?.input, answer.usage?.output], [11, 5])
    assert.ok(answer.costUsd)
    assert.equal(rig.upstream.journal[0]?.headers['x-api-key'], 'sk-of-the-package')
  })

  test('streams, with usage at the end', async () => {
    await using rig = await start()
    rig.upstream.always(anthropicText('Yes, it is.', { stream: true, usage: { input: 11, output: 5 } }))
    const stream = rig.gateway.stream(question('chat'))
    let text = ''
    for await (const delta of stream) if (delta.kind === 'text') text += delta.text
    assert.equal(text, 'Yes, it is.')
    assert.equal(stream.answer?.finish, 'stop')
    assert.deepEqual([stream.answer?.usage?.input, stream.answer?.usage?.output], [11, 5])
  })

  test('calls tools, whole and in a stream', async () => {
    await using rig = await start()
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }]
    const call = [{ id: 'toolu_1', name: 'weather', arguments: '{"city":"Rome"}' }]
    rig.upstream.script(anthropicToolCalls(call), anthropicToolCalls(call, { stream: true }))
    const answer = await rig.gateway.chat({ ...question('chat'), tools })
    const stream = rig.gateway.stream({ ...question('chat'), tools })
    for await (const _ of stream);
    for (const each of [answer, stream.answer]) {
      assert.equal(each?.finish, 'tool_calls')
      const [tool] = (each?.message.tool_calls ?? []) as { function: { name: string; arguments: string } }[]
      assert.equal(tool?.function.name, 'weather')
      assert.deepEqual(JSON.parse(tool?.function.arguments ?? ''), { city: 'Rome' })
    }
  })

  test('speaks through every door, errors too', async () => {
    await using rig = await start()
    const post = (path: string, body: object) =>
      rig.gateway.fetch(
        new Request(`http://gateway${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
          body: JSON.stringify(body),
        }),
      )
    rig.upstream.script(
      anthropicText('One.', { stream: true }),
      anthropicText('Two.'),
      anthropicError(400, 'bad', 'invalid_request_error'),
    )
    const streamed = await (await post('/v1/messages', { ...question('all/claude-haiku-4-5'), stream: true })).text()
    assert.match(streamed, /event: message_start[\s\S]*text_delta[\s\S]*event: message_stop/)
    const whole = (await (await post('/v1/chat/completions', question('all/claude-haiku-4-5'))).json()) as {
      choices: { message: { content: string } }[]
    }
    assert.equal(whole.choices[0]?.message.content, 'Two.')
    const refused = await post('/v1/messages', question('all/claude-haiku-4-5'))
    assert.equal(refused.status, 400)
  })

  test('lets what failed there be answered elsewhere', async () => {
    for (const step of [
      anthropicError(529, 'Overloaded', 'overloaded_error'),
      anthropicError(401, 'no', 'authentication_error'),
      anthropicError(429, 'slow', 'rate_limit_error'),
    ]) {
      await using rig = await start()
      rig.upstream.always((request) => (request.path.includes('/messages') ? step : openaiText('Yes.')))
      assert.equal((await rig.gateway.chat(question('chat'))).target, 'spare/m')
    }
  })

  test('lets what it has no words for be answered elsewhere, before anything is sent', async () => {
    await using rig = await start()
    rig.upstream.always(openaiText('Yes.'))
    assert.equal((await rig.gateway.chat({ ...question('chat'), n: 1, logprobs: true })).target, 'spare/m')
    assert.equal(rig.upstream.journal.length, 1)
  })

  test('stops when its caller does', async () => {
    await using rig = await start()
    rig.upstream.always({ ...anthropicText('Yes.'), headDelayMs: 'forever' })
    const signal = AbortSignal.timeout(100)
    await assert.rejects(rig.gateway.chat(question('all/claude-haiku-4-5'), { signal }), { code: 'cancelled' })
    await until(() => rig.upstream.journal[0]?.abortedAt !== undefined, 'the package went on')
  })

  test('never passes a cut stream off as whole', async () => {
    await using rig = await start()
    const whole = anthropicText('Yes, it is so.', { stream: true })
    const events = whole.events ?? []
    for (const kept of [events.length - 1, events.length - 2, 3, 2]) {
      rig.upstream.always({ ...whole, events: events.slice(0, kept) })
      await assert.rejects(async () => {
        for await (const _ of rig.gateway.stream(question('all/claude-haiku-4-5')));
      }, GatewayError)
    }
  })

  test('is brought by a program as well, a model or all of a provider', async () => {
    await using rig = await start()
    rig.upstream.always((request) => (request.path.includes('/messages') ? anthropicText('Two.') : openaiText('One.')))
    assert.equal((await rig.gateway.chat(question('brought/gpt-5-mini'))).message.content, 'One.')
    assert.equal((await rig.gateway.chat(question('all/claude-haiku-4-5'))).message.content, 'Two.')
    assert.ok(rig.gateway.models().some(({ name }) => name === 'brought/gpt-5-mini'))
  })

  test('is complained of where it is not there', async () => {
    const complaint = async (provider: object): Promise<string> => {
      const failed = await createGateway({ discover: false, providers: { p: { kind: 'ai-sdk', ...provider } } }).catch(
        (thrown: unknown) => thrown,
      )
      assert.ok(failed instanceof ConfigError)
      return failed.message
    }
    assert.match(await complaint({}), /p\.package.*missing/s)
    assert.match(await complaint({ package: '@ai-sdk/nonesuch' }), /npm install @ai-sdk\/nonesuch/)
    assert.match(await complaint({ package: '../evil.js' }), /name of a package/)
    assert.match(await complaint({ package: '@ai-sdk/openai', apiKey: 'k' }), /p\.apiKey/)
    assert.match(await complaint({ handle: 'ai-sdk-999999' }), /fromAiSdk/)
  })
})

describe('a model of the AI SDK that a program brings', () => {
  const usage = {
    inputTokens: { total: 3, noCache: 3, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 2, text: 2, reasoning: undefined },
  }
  const finishReason = { unified: 'stop', raw: undefined } as const

  const withModel = async (model: MockLanguageModelV4): Promise<LibraryGateway> =>
    createGateway({ discover: false, providers: { mine: fromAiSdk(model) } })

  test('tells what it passed over, when it could not be asked before', async () => {
    const gateway = await withModel(
      new MockLanguageModelV4({
        doGenerate: {
          content: [{ type: 'text', text: 'Yes.' }],
          finishReason,
          usage,
          warnings: [{ type: 'unsupported', feature: 'seed' }],
        },
      }),
    )
    const response = await gateway.fetch(
      new Request('http://gateway/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...question('mine/m'), seed: 1 }),
      }),
    )
    assert.equal(response.headers.get('x-tollgate-ignored'), 'seed')
    await gateway.close()
  })

  test('is read as fast as its caller reads, and let go with it', async () => {
    let produced = 0
    let cancelled = false
    const stream = new ReadableStream({
      pull(controller) {
        produced++
        controller.enqueue({ type: 'text-delta', id: '0', delta: `${produced} ` })
      },
      cancel() {
        cancelled = true
      },
    })
    const gateway = await withModel(new MockLanguageModelV4({ doStream: { stream } }))
    for await (const delta of gateway.stream(question('mine/m')))
      if (delta.kind === 'text' && delta.text === '5 ') break
    assert.ok(produced < 20, `${produced}`)
    assert.ok(cancelled)
    await gateway.close()
  })

  test('thinks, and gets its thinking back with its proof', async () => {
    const model = new MockLanguageModelV4({
      provider: 'maker.chat',
      doStream: async () => ({
        stream: simulateReadableStream({
          chunks: [
            { type: 'stream-start', warnings: [] },
            { type: 'reasoning-start', id: 'r' },
            { type: 'reasoning-delta', id: 'r', delta: 'Hm.' },
            { type: 'reasoning-end', id: 'r', providerMetadata: { maker: { signature: 'proof' } } },
            { type: 'text-start', id: 't' },
            { type: 'text-delta', id: 't', delta: 'Yes.' },
            { type: 'text-end', id: 't' },
            { type: 'finish', finishReason, usage },
          ],
        }),
      }),
      doGenerate: { content: [{ type: 'text', text: 'Again.' }], finishReason, usage, warnings: [] },
    })
    const gateway = await withModel(model)
    const ask = async (body: object) =>
      gateway.fetch(
        new Request('http://gateway/v1/messages', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
          body: JSON.stringify(body),
        }),
      )
    const events = (await (await ask({ ...question('mine/m'), stream: true })).text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as { delta?: { signature?: string } })
    const signature = events.find(({ delta }) => delta?.signature !== undefined)?.delta?.signature
    const response = await ask({
      ...question('mine/m'),
      messages: [
        { role: 'user', content: 'Hello' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature },
            { type: 'text', text: 'Yes.' },
          ],
        },
        { role: 'user', content: 'And?' },
      ],
    })
    assert.equal(response.status, 200)
    assert.deepEqual(model.doGenerateCalls[0]?.prompt[1]?.content, [
      { type: 'reasoning', text: 'Hm.', providerOptions: { maker: { signature: 'proof' } } },
      { type: 'text', text: 'Yes.' },
    ])
    await gateway.close()
  })
})
