import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createGateway, GatewayError, type LibraryGateway } from '../index.ts'
import { type FakeUpstream, silence, startFakeUpstream } from '../testing/index.ts'

const list = (vectors: readonly (readonly number[])[]): string =>
  JSON.stringify({
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: 'one',
    usage: { prompt_tokens: 10, total_tokens: 10 },
  })

describe('vectors inside an application', () => {
  let upstream: FakeUpstream
  let gateway: LibraryGateway
  before(async () => {
    upstream = await startFakeUpstream()
    gateway = await createGateway({
      discover: false,
      providers: {
        up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream' },
        sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 } },
      },
      models: { vectors: ['up/one', 'sim/embed'] },
      retry: { sameTarget: 0 },
      prices: { 'up/*': { input: 1, output: 0 } },
    })
  })
  after(async () => {
    await gateway.close()
    await upstream.close()
  })

  test('come in the order of the inputs, with usage, cost and target', async () => {
    upstream.script({
      body: list([
        [1, 0],
        [0.5, -1],
      ]),
    })
    const answer = await gateway.embed({ model: 'up/one', input: ['a', 'b'], dimensions: 2 })
    assert.deepEqual(answer.vectors, [
      [1, 0],
      [0.5, -1],
    ])
    assert.equal(answer.usage?.input, 10)
    assert.equal(answer.costUsd, '0.00001')
    assert.equal(answer.target, 'up/one')
    assert.deepEqual(JSON.parse(upstream.journal.at(-1)?.body ?? ''), {
      model: 'one',
      input: ['a', 'b'],
      dimensions: 2,
    })
    assert.equal(upstream.journal.at(-1)?.path, '/v1/embeddings')
  })

  test('come from the next target when the first fails', async () => {
    upstream.script({ status: 500 })
    const answer = await gateway.embed({ model: 'vectors', input: 'a red fox' })
    assert.equal(answer.target, 'sim/embed')
    assert.equal(answer.attempts, 2)
    assert.equal(answer.vectors[0]?.length, 256)
  })

  test('are no success when one is missing', async () => {
    upstream.script({ body: list([[1, 0]]) })
    await assert.rejects(gateway.embed({ model: 'up/one', input: ['a', 'b'] }), { code: 'upstream_garbled' })
  })

  test('are refused for a mistake in the request, before anybody is asked', async () => {
    await assert.rejects(gateway.embed({ model: 'up/one', input: [] }), { code: 'invalid_request' })
    await assert.rejects(gateway.embed({ model: 'sim/small', input: 'a' }), (thrown) => {
      assert.ok(thrown instanceof GatewayError)
      assert.equal(thrown.status, 400)
      return true
    })
  })

  test('are given up when the signal says so', async () => {
    upstream.script(silence)
    const coming = gateway.embed({ model: 'up/one', input: 'a' }, { signal: AbortSignal.timeout(30) })
    await assert.rejects(coming, { code: 'cancelled' })
  })
})
