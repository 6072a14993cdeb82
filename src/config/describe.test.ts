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
      keys: [{ name: 'web', key: 'canary-3-long', team: 'shop' }],
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
  assert.deepEqual([described.keys[0].name, described.keys[0].team], ['web', 'shop'])
  assert.deepEqual([described.prices['local/*'][0].input, described.prices['local/*'][0].output], ['0.15', '0.0000001'])
})
