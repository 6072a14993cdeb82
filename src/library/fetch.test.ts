import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type LibraryGateway } from '../index.ts'
import { type FakeUpstream, openaiText, silence, stall, startFakeUpstream } from '../testing/index.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const origin = 'http://inside.example'

interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const post = (path: string, body: unknown, { headers, signal }: Asked = {}): Request =>
  new Request(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })

describe('the handler of a gateway', () => {
  let upstream: FakeUpstream
  let gateway: LibraryGateway
  before(async () => {
    upstream = await startFakeUpstream()
    gateway = await createGateway({
      discover: false,
      server: { maxBodyBytes: '2KiB' },
      providers: {
        up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, models: ['one'] },
        sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1e6 },
      },
    })
  })
  after(async () => {
    await gateway.close()
    await upstream.close()
  })

  test('answers in OpenAI’s language', async () => {
    const response = await gateway.fetch(post('/v1/chat/completions', { model: 'sim/small', messages }))
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-tollgate-target'), 'sim/small')
    assert.match(response.headers.get('x-tollgate-cost-usd') ?? '', /^0\.0\d+$/)
    const { object, choices } = (await response.json()) as { object: string; choices: unknown[] }
    assert.deepEqual([object, choices.length], ['chat.completion', 1])
  })

  test('answers in Anthropic’s language', async () => {
    const response = await gateway.fetch(post('/v1/messages', { model: 'sim/small', max_tokens: 50, messages }))
    assert.equal(response.status, 200)
    const { type, content } = (await response.json()) as { type: string; content: { type: string }[] }
    assert.deepEqual([type, content[0]?.type], ['message', 'text'])
  })

  test('streams in both languages, each to its own end mark, the cost before it', async () => {
    const asked = { model: 'sim/small', max_tokens: 5, stream: true, messages }
    const openai = await (await gateway.fetch(post('/v1/chat/completions', asked))).text()
    assert.match(openai, /: tollgate cost_usd=0\.0000028 target=sim\/small attempts=1\n\ndata: \[DONE\]\n\n$/)
    const anthropic = await (await gateway.fetch(post('/v1/messages', asked))).text()
    assert.match(anthropic, /^event: message_start\n/)
    assert.match(
      anthropic,
      /\n\n: tollgate cost_usd=0\.0000028 [^\n]+\n\n(event: [^\n]+\n[^\n]+\n\n)*event: message_stop\n[^\n]+\n\n$/,
    )
  })

  const refusals: readonly [what: string, request: () => Request, status: number, code: string][] = [
    ['a body that is no JSON', () => post('/v1/chat/completions', '{'), 400, 'invalid_request'],
    ['a model that does not exist', () => post('/v1/chat/completions', { model: 'x', messages }), 404, 'unknown_model'],
    ['a path that leads nowhere', () => post('/v1/nothing', {}), 404, 'not_found'],
    ['a wrong method', () => new Request(`${origin}/v1/chat/completions`), 405, 'method_not_allowed'],
    [
      'another type of content',
      () => post('/v1/chat/completions', '{}', { headers: { 'content-type': 'text/plain' } }),
      415,
      'unsupported_media_type',
    ],
    ['a body over the limit', () => post('/v1/chat/completions', 'x'.repeat(3000)), 413, 'too_large'],
  ]
  for (const [what, request, status, code] of refusals) {
    test(`refuses ${what} with ${status} in OpenAI’s form`, async () => {
      const response = await gateway.fetch(request())
      const { error } = (await response.json()) as { error: { tollgate: { code: string } } }
      assert.deepEqual([response.status, error.tollgate.code], [status, code])
      assert.equal(response.headers.get('x-should-retry'), 'false')
    })
  }

  test('refuses in Anthropic’s form where Anthropic’s door is asked', async () => {
    const response = await gateway.fetch(post('/v1/messages', { model: 'sim/small', messages }))
    const body = (await response.json()) as { type: string; error: { type: string; message: string } }
    assert.equal(response.status, 400)
    assert.deepEqual([body.type, body.error.type], ['error', 'invalid_request_error'])
    assert.match(body.error.message, /^max_tokens: /)
  })

  test('stops the upstream when the request is aborted before its answer', async () => {
    upstream.script(silence())
    const asked = upstream.journal.length
    const controller = new AbortController()
    const request = post('/v1/chat/completions', { model: 'up/one', messages }, { signal: controller.signal })
    const answer = gateway.fetch(request)
    while (upstream.journal.length === asked) await sleep(5)
    controller.abort()
    const response = await answer
    assert.equal(response.status, 499)
    while (upstream.journal[asked]?.abortedAt === undefined) await sleep(5)
  })

  test('stops the upstream when the reader of a stream goes away', async () => {
    upstream.script(stall(openaiText('It was a dark night.', { stream: true }), 3))
    const asked = upstream.journal.length
    const response = await gateway.fetch(post('/v1/chat/completions', { model: 'up/one', messages, stream: true }))
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    while (upstream.journal[asked]?.abortedAt === undefined) await sleep(5)
  })

  test('shows models, health and figures', async () => {
    const pages = ['/v1/models', '/v1/models/sim%2Fsmall', '/healthz', '/readyz', '/metrics']
    const responses = await Promise.all(pages.map((path) => gateway.fetch(new Request(origin + path))))
    assert.deepEqual(
      responses.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    )
    const listed = (await responses[0]?.json()) as { data: { id: string }[] } | undefined
    assert.deepEqual(
      listed?.data.map(({ id }) => id),
      ['up/one', 'sim/small', 'sim/large', 'sim/embed'],
    )
  })

  test('asks for a key where keys are configured', async () => {
    const guarded = await createGateway({
      discover: false,
      providers: { sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 } } },
      keys: [{ name: 'web', key: 'web-secret' }],
    })
    const body = { model: 'sim/small', messages, max_tokens: 3 }
    const stranger = await guarded.fetch(post('/v1/chat/completions', body))
    const known = await guarded.fetch(post('/v1/messages', body, { headers: { 'x-api-key': 'web-secret' } }))
    const figures = await guarded.fetch(new Request(`${origin}/metrics`))
    assert.deepEqual([stranger.status, known.status, figures.status], [401, 200, 401])
    await guarded.close()
  })
})
