import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeConfig, parseConfig } from './load.ts'

test('a described configuration is plain JSON without any secret', async () => {
  const config = await parseConfig(
    {
      providers: {
        openai: { apiKey: 'sk-canary-1', headers: { 'x-secret': 'canary-2' } },
        local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' },
      },
      models: { chat: ['openai/gpt-5-mini', 'groq/llama'] },
      server: { admin: { token: 'canary-5-long-enough', readToken: 'canary-6-long-enough' } },
      keys: [
        {
          name: 'web',
          key: 'canary-3-long',
          team: 'shop',
          budget: { usd: 0.5, webhook: 'https://example.com/canary-7' },
        },
      ],
      webhooks: { endpoints: { ops: { url: 'https://example.com/canary-8', secret: 'canary-9-long-enough' } } },
      prices: { 'local/*': { input: 0.15, output: 1e-7 } },
    },
    { GROQ_API_KEY: 'canary-4' },
    async () => undefined,
  )
  const text = JSON.stringify(describeConfig(config))
  assert.doesNotMatch(text, /canary/)
  const described = JSON.parse(text)
  assert.equal(described.providers.openai.apiKey, '[hidden]')
  assert.equal(described.providers.openai.headers['x-secret'], '[hidden]')
  assert.equal(described.providers.local.apiKey, undefined)
  assert.equal(described.providers.groq.foundBy, 'GROQ_API_KEY')
  assert.equal(described.models.chat.targets[1].id, 'groq/llama')
  assert.partialDeepStrictEqual(described.allowances[0], {
    id: 'key:web/budget/total',
    limit: '0.5 USD',
    webhook: 'https://example.com/[hidden]',
  })
  assert.deepEqual(described.webhooks.ops, {
    allowHttp: false,
    allowPrivate: [],
    url: 'https://example.com/[hidden]',
    secrets: ['[hidden]'],
  })
  assert.deepEqual([described.keys[0].name, described.keys[0].team], ['web', 'shop'])
  assert.deepEqual([described.prices['local/*'][0].input, described.prices['local/*'][0].output], ['0.15', '0.0000001'])
})
