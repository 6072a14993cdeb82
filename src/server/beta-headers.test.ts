import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { parseConfig } from '../config/load.ts'
import { anthropicText, type FakeUpstream, openaiText, startFakeUpstream } from '../testing/index.ts'
import { type Running, startServer } from './start.ts'

describe('headers that belong to a language', () => {
  let upstream: FakeUpstream
  let running: Running

  before(async () => {
    upstream = await startFakeUpstream()
    const config = await parseConfig(
      {
        server: { port: 0, drain: { notReady: '0s', streams: '0s' } },
        discover: false,
        providers: {
          an: {
            kind: 'anthropic',
            baseUrl: `${upstream.url}/v1`,
            apiKey: 'sk-an',
            headers: { 'anthropic-beta': 'own-1' },
          },
          op: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-op' },
        },
        telemetry: { log: 'silent' },
      },
      {},
    )
    running = await startServer(config)
  })

  after(async () => {
    await running.stop(AbortSignal.abort())
    await upstream.close()
  })

  const ask = (model: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${running.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }),
    })

  test("an upstream that speaks the caller's language gets them beside the provider's own", async () => {
    upstream.script(anthropicText('Hello'))
    const response = await ask('an/claude-haiku-4-5', { 'anthropic-beta': 'files-api-2025-04-14' })
    assert.equal(response.status, 200)
    assert.equal(upstream.journal.at(-1)?.headers['anthropic-beta'], 'own-1,files-api-2025-04-14')
  })

  test('an upstream of another language never sees them', async () => {
    upstream.script(openaiText('Hello'))
    const response = await ask('op/m', { 'anthropic-beta': 'files-api-2025-04-14', 'anthropic-version': '2023-06-01' })
    assert.equal(response.status, 200)
    const { headers } = upstream.journal.at(-1) ?? { headers: {} }
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('anthropic')),
      [],
    )
  })

  test('answers and refusals carry an id where the client of the language looks for it', async () => {
    upstream.script(anthropicText('Hello'))
    const answered = await ask('an/claude-haiku-4-5', {})
    assert.equal(answered.headers.get('request-id'), answered.headers.get('x-request-id'))
    const refused = await ask('', {})
    assert.equal(refused.status, 400)
    assert.match(refused.headers.get('request-id') ?? '', /^[\w-]{24}$/)
  })
})
