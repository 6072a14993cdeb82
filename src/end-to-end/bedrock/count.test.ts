import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startFakeUpstream } from '../../testing/index.ts'
import { startGateway } from '../faults/harness.ts'
import { post } from '../hostile/post.ts'

const converse = { messages: [{ role: 'user', content: [{ text: 'How many tokens is this?' }] }] }

describe('the tokens of a question in Bedrock’s language', () => {
  test('are counted, by the gateway for Bedrock and by the provider where it counts', async () => {
    const upstream = await startFakeUpstream()
    upstream.always({ body: '{"input_tokens":42}' })
    const gateway = await startGateway({
      providers: {
        bedrock: { kind: 'bedrock', baseUrl: upstream.url, apiKey: 'ABSKupstream' },
        anthropic: { kind: 'anthropic', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream' },
      },
      models: { here: 'bedrock/amazon.nova-lite-v1:0', there: 'anthropic/claude-haiku-4-5' },
    })
    const count = (model: string, body: object) =>
      post({ port: gateway.port, path: `/model/${model}/count-tokens`, body: JSON.stringify(body) })
    try {
      const there = await count('there', { input: { converse } })
      assert.deepEqual([there.status, there.text], [200, '{"inputTokens":42}'])
      const here = await count('here', { input: { converse } })
      assert.equal(here.status, 200)
      assert.equal(here.headers['x-tollgate-count'], 'estimated')
      const { inputTokens } = JSON.parse(here.text)
      assert.ok(inputTokens > 5 && inputTokens < 30, String(inputTokens))
      assert.equal(upstream.journal.length, 1)
      for (const body of [
        {},
        { input: {} },
        { input: { invokeModel: { body: 'e30=' } } },
        { input: { converse: {} } },
      ]) {
        const { status, text } = await count('here', body)
        assert.deepEqual([status, JSON.parse(text).__type], [400, 'ValidationException'])
      }
    } finally {
      await gateway[Symbol.asyncDispose]()
      await upstream.close()
    }
  })
})
