import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { modelIn, passedHeaders, passedTo, throughTo } from './passthrough.ts'

describe('a path to pass on', () => {
  test('is what follows the name of the provider, with its query', () => {
    assert.deepEqual(passedTo('/passthrough/open.ai-2/files/a%20b?limit=2'), {
      provider: 'open.ai-2',
      path: '/files/a%20b?limit=2',
    })
    assert.deepEqual(passedTo('/passthrough/one/'), { provider: 'one', path: '/' })
    const google = '/v1beta/models/gemini-3:streamGenerateContent?alt=sse'
    assert.equal(passedTo(`/passthrough/gemini${google}`).path, google)
  })

  test('may name a model, as the languages do that name it there', () => {
    assert.equal(modelIn('/models/gemini-3:generateContent'), 'gemini-3')
    assert.equal(modelIn('/openai/deployments/gpt-5/chat/completions?api-version=1'), 'gpt-5')
    assert.equal(modelIn('/model/a%3A0/converse'), 'a:0')
    assert.equal(modelIn('/models'), undefined)
    assert.equal(modelIn('/chat/completions'), undefined)
  })
})

describe('headers to pass on', () => {
  test('are without those of the connection, and those that it names', () => {
    const headers = { connection: 'keep-alive, X-Once', 'x-once': '1', te: 'trailers', upgrade: 'h2c', accept: '*/*' }
    assert.deepEqual(passedHeaders(headers), { accept: '*/*' })
  })

  test('keep the key of idempotency, and no other key', () => {
    const headers = { 'idempotency-key': 'a', 'x-some-key': 'b', 'x-auth-token': 'c', 'my-secret': 'd' }
    assert.deepEqual(passedHeaders(headers), { 'idempotency-key': 'a' })
  })

  test('are refused where a value could begin another header', () => {
    assert.throws(() => passedHeaders({ 'x-a': 'b\r\nc' }), { code: 'invalid_request' })
  })
})

describe('a caller', () => {
  test('passes with no list of models, or with the whole provider in it', () => {
    const free = { key: 'a' }
    assert.equal(throughTo(free, 'one'), free)
    assert.equal(throughTo({ key: 'a', models: ['one/*'] }, 'one').models, undefined)
    for (const models of [[], ['one/x'], ['*'], ['two/*'], ['one']])
      assert.throws(() => throughTo({ key: 'a', models }, 'one'), { code: 'unknown_model' })
  })
})
