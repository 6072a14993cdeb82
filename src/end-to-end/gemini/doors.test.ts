import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError } from '@google/genai'
import { generateText } from 'ai'
import { parseConfig } from '../../config/load.ts'
import { createGateway } from '../../library/create-gateway.ts'
import { type Running, startServer } from '../../server/start.ts'
import { type FakeUpstream, geminiText, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { aiModel } from '../clients/talk-ai.ts'
import { googleClient } from './talk-google.ts'

const hello = { contents: [{ parts: [{ text: 'Hi' }] }] }

interface Told {
  readonly error: { readonly code: number; readonly status: string; readonly message: string }
}

const configFor = (openai: FakeUpstream, gemini: FakeUpstream) => ({
  discover: false,
  telemetry: { log: 'silent' as const, metrics: false },
  providers: {
    up: { kind: 'openai' as const, baseUrl: `${openai.url}/v1`, apiKey: 'sk-up', models: ['gpt-5-mini'] },
    google: { kind: 'gemini' as const, baseUrl: `${gemini.url}/v1beta`, apiKey: 'AIza-up' },
  },
  models: { chat: 'up/gpt-5-mini', 'team/fast:8b': 'google/gemini-3.6-flash' },
  keys: [
    { name: 'all', key: 'sk-everything' },
    { name: 'some', key: 'sk-whole-only', doors: ['/v1beta/models/{model}:generateContent' as const] },
  ],
})

describe('doors whose path names the model', async () => {
  const openai = await startFakeUpstream()
  const gemini = await startFakeUpstream()
  let gateway: Running
  before(async () => {
    openai.always(openaiText('From OpenAI.'))
    gemini.always(geminiText('From Gemini.'))
    gateway = await startServer(await parseConfig({ server: { port: 0 }, ...configFor(openai, gemini) }, {}))
  })
  after(async () => {
    await gateway?.stop(AbortSignal.abort())
    await Promise.all([openai.close(), gemini.close()])
  })

  const post = async (path: string, headers: Record<string, string> = { 'x-goog-api-key': 'sk-everything' }) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(hello),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Told }
  }

  for (const version of ['v1beta', 'v1']) {
    test(`Google’s client of ${version} finds a public model, and one by its provider's name`, async () => {
      const { models } = googleClient(gateway.url, { apiKey: 'sk-everything', apiVersion: version })
      for (const [model, text] of [
        ['chat', 'From OpenAI.'],
        ['up/gpt-5-mini', 'From OpenAI.'],
        ['team/fast:8b', 'From Gemini.'],
        ['models/google/gemini-3.6-flash', 'From Gemini.'],
      ] as const)
        assert.equal((await models.generateContent({ model, contents: 'Hi' })).text, text)
    })
  }

  test('the AI SDK’s provider for Google finds models whose names have a slash', async () => {
    const model = aiModel('ai-google', gateway.url, 'up/gpt-5-mini', 'sk-everything')
    assert.equal((await generateText({ model, prompt: 'Hi', maxRetries: 0 })).text, 'From OpenAI.')
  })

  test('a slash may be written as %2F, and nothing else leaves the name', async () => {
    assert.equal((await post('/v1beta/models/up%2Fgpt-5-mini:generateContent')).status, 200)
    for (const name of ['..%2Fchat', '%2e%2e', 'a//b', '%00', '%zz'])
      assert.equal((await post(`/v1beta/models/${name}:generateContent`)).status, 404, name)
  })

  test('the key comes in either header, and never in the address', async () => {
    const path = '/v1beta/models/chat:generateContent'
    assert.equal((await post(path, { authorization: 'Bearer sk-everything' })).status, 200)
    const refused = await post(`${path}?key=sk-everything`, {})
    assert.equal(refused.status, 400)
    assert.equal(refused.body.error.status, 'INVALID_ARGUMENT')
    assert.match(refused.body.error.message, /use a header/)
    assert.doesNotMatch(JSON.stringify(refused.body), /sk-everything/)
    const { status, body } = await post(path, { 'x-goog-api-key': 'sk-wrong' })
    assert.deepEqual([status, body.error.code, body.error.status], [401, 401, 'UNAUTHENTICATED'])
  })

  test('a stream is told as events, and whoever asks for it otherwise is told how', async () => {
    const { status, body } = await post('/v1beta/models/chat:streamGenerateContent')
    assert.equal(status, 400)
    assert.match(body.error.message, /alt=sse/)
    const { models } = googleClient(gateway.url, { apiKey: 'sk-everything' })
    const texts: string[] = []
    for await (const piece of await models.generateContentStream({ model: 'chat', contents: 'Hi' }))
      texts.push(piece.text ?? '')
    assert.equal(texts.join(''), 'From OpenAI.')
  })

  test('a key is good for the doors that it names', async () => {
    const headers = { 'x-goog-api-key': 'sk-whole-only' }
    assert.equal((await post('/v1beta/models/chat:generateContent', headers)).status, 200)
    for (const path of ['/v1/models/chat:generateContent', '/v1beta/models/chat:streamGenerateContent?alt=sse']) {
      const { status, body } = await post(path, headers)
      assert.deepEqual([status, body.error.status], [403, 'PERMISSION_DENIED'])
    }
  })

  test('what is not there is told in Google’s words', async () => {
    const { models } = googleClient(gateway.url, { apiKey: 'sk-everything' })
    await assert.rejects(models.generateContent({ model: 'nobody', contents: 'Hi' }), (error: ApiError) => {
      assert.ok(error instanceof ApiError)
      assert.equal(error.status, 404)
      const { error: told, tollgate } = JSON.parse(error.message)
      assert.deepEqual([told.code, told.status, tollgate.code], [404, 'NOT_FOUND', 'unknown_model'])
      return true
    })
    assert.equal((await post('/v1beta/models/chat:bakeBread')).body.error.status, 'NOT_FOUND')
    const get = await fetch(`${gateway.url}/v1beta/models/chat:generateContent`)
    assert.equal(get.status, 405)
  })

  test('the models of a key are listed, and one is found', async () => {
    const { models } = googleClient(gateway.url, { apiKey: 'sk-everything' })
    const names: (string | undefined)[] = []
    for await (const { name } of await models.list()) names.push(name)
    assert.ok(names.includes('models/chat') && names.includes('models/team/fast:8b'), names.join())
    assert.equal((await models.get({ model: 'chat' })).name, 'models/chat')
    assert.equal((await models.get({ model: 'up/gpt-5-mini' })).displayName, 'up/gpt-5-mini')
    await assert.rejects(models.get({ model: 'nobody' }), { status: 404 })
  })

  test('answers tell what they cost and who answered', async () => {
    const { headers } = await post('/v1beta/models/team/fast:8b:generateContent')
    assert.match(headers.get('x-tollgate-cost-usd') ?? '', /^0\.0000\d+$/)
    assert.equal(headers.get('x-tollgate-target'), 'google/gemini-3.6-flash')
  })

  test('the library’s handler has the same doors', async () => {
    const library = await createGateway(configFor(openai, gemini))
    try {
      const ask = (path: string, more: RequestInit = {}): Promise<Response> =>
        library.fetch(
          new Request(`http://localhost${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-goog-api-key': 'sk-everything' },
            body: JSON.stringify(hello),
            ...more,
          }),
        )
      const whole = await ask('/v1beta/models/up%2Fgpt-5-mini:generateContent')
      assert.match(await whole.text(), /From OpenAI\./)
      const stream = await ask('/v1/models/chat:streamGenerateContent?alt=sse')
      assert.match(await stream.text(), /"finishReason":"STOP"/)
      assert.equal((await ask('/v1beta/models/chat:streamGenerateContent')).status, 400)
      const keyed = await ask('/v1beta/models/chat:generateContent?key=sk-everything')
      assert.equal(keyed.status, 400)
      assert.equal(((await keyed.json()) as Told).error.status, 'INVALID_ARGUMENT')
      const listed = await ask('/v1beta/models', { method: 'GET', body: null })
      assert.match(await listed.text(), /"name":"models\/chat"/)
    } finally {
      await library.close()
    }
  })
})
