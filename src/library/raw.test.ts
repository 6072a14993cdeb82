import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createGateway, type LibraryGateway } from '../index.ts'
import { type FakeUpstream, openaiText, startFakeUpstream } from '../testing/index.ts'

describe('the handler of a gateway', () => {
  let upstream: FakeUpstream
  let gateway: LibraryGateway
  before(async () => {
    upstream = await startFakeUpstream()
    gateway = await createGateway({
      discover: false,
      providers: {
        up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream-secret' },
        sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 } },
      },
    })
  })
  after(async () => {
    await gateway.close()
    await upstream.close()
  })
  const ask = (path: string, init: RequestInit = {}) => gateway.fetch(new Request(`http://localhost${path}`, init))
  const asJson = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

  test('has doors for vectors, in both languages', async () => {
    const listed = await ask('/v1/embeddings', asJson({ model: 'sim/embed', input: ['a', 'b'], dimensions: 4 }))
    assert.equal(((await listed.json()) as { data: unknown[] }).data.length, 2)
    const body = { content: { parts: [{ text: 'a' }] }, outputDimensionality: 4 }
    const one = await ask('/v1beta/models/sim/embed:embedContent', asJson(body))
    assert.equal(((await one.json()) as { embedding: { values: number[] } }).embedding.values.length, 4)
  })

  test('passes on what is not read, streamed', async () => {
    upstream.script(openaiText('Hello', { stream: true }))
    const response = await ask('/passthrough/up/chat/completions', asJson({ model: 'm', stream: true }))
    assert.equal(response.status, 200)
    assert.match(await response.text(), /\[DONE\]/)
    assert.equal(upstream.journal.at(-1)?.headers.authorization, 'Bearer sk-upstream-secret')
    upstream.script({ status: 204 })
    assert.equal((await ask('/passthrough/up/files/x', { method: 'DELETE' })).status, 204)
  })

  test('breaks off where the provider does', async () => {
    upstream.script({ body: Buffer.alloc(50_000, 1), framing: 'chunked', cut: { atByte: 20_000, by: 'end' } })
    const response = await ask('/v1/audio/speech', asJson({ model: 'up/voice', input: 'Hi' }))
    await assert.rejects(response.arrayBuffer())
  })

  test('says what a provider inside the process does not take', async () => {
    const response = await ask('/passthrough/sim/models')
    assert.equal(response.status, 404)
    const drawn = await ask('/v1/images/generations', asJson({ model: 'sim/small', prompt: 'A fox' }))
    assert.equal(drawn.status, 400)
  })
})
