import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { lastOf } from '../raw/rig.ts'
import { type Rig, startRig } from './rig.ts'

describe('where client and provider speak one language', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const cases = [
    {
      language: 'OpenAI',
      path: '/v1/embeddings',
      asked: { model: 'openai/one', input: 'a', future_field: { deep: [1] } },
      sent: { model: 'one', input: 'a', future_field: { deep: [1] } },
      answer: '{ "data":[{"embedding":[1e-7, 0.10, -2],"index":0 , "future":1}], "object":"list","x":{} }\n',
    },
    {
      language: 'Gemini',
      path: '/v1beta/models/gemini/one:batchEmbedContents',
      asked: { requests: [{ model: 'models/gemini/one', content: { parts: [{ inlineData: {} }] }, futureField: 1 }] },
      sent: { requests: [{ model: 'models/one', content: { parts: [{ inlineData: {} }] }, futureField: 1 }] },
      answer: '{"embeddings": [ {"values":[1e-7, 0.10], "shape":[2]} ], "future":true}',
    },
  ]
  for (const { language, path, asked, sent, answer } of cases) {
    test(`${language}'s bytes pass untouched, with fields that nobody knows`, async () => {
      rig.upstream.script({ body: answer })
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked) }
      const response = await fetch(rig.url + path, init)
      assert.equal(response.status, 200)
      assert.equal(await response.text(), answer)
      assert.deepEqual(JSON.parse(lastOf(rig.upstream).body), sent)
    })
  }

  test('as many tokens pass as OpenAI takes', async () => {
    rig.upstream.script({ body: '{"data":[{"index":0,"embedding":[1]}]}' })
    const input = Array.from({ length: 100 }, () => Array.from({ length: 3_000 }, (_, index) => index))
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${rig.url}/v1/embeddings`, {
      ...init,
      body: JSON.stringify({ model: 'openai/one', input }),
    })
    assert.equal(response.status, 200)
    assert.deepEqual(JSON.parse(lastOf(rig.upstream).body), { model: 'one', input })
  })

  test('errors come in the language of the door', async () => {
    const ask = async (path: string, body: object) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const response = await fetch(rig.url + path, init)
      return {
        status: response.status,
        body: (await response.json()) as { error: { status?: string; param?: string } },
      }
    }
    const google = await ask('/v1beta/models/openai/one:embedContent', { content: { parts: [] } })
    assert.deepEqual([google.status, google.body.error.status], [400, 'INVALID_ARGUMENT'])
    const task = await ask('/v1beta/models/openai/one:embedContent', {
      content: { parts: [{ text: 'a' }] },
      taskType: 'CLUSTERING',
    })
    assert.equal(task.status, 400)
    assert.match(JSON.stringify(task.body), /taskType cannot be expressed/)
    const openai = await ask('/v1/embeddings', { model: 'openai/one', input: [] })
    assert.deepEqual([openai.status, openai.body.error.param], [400, 'input'])
    rig.upstream.script({ status: 429, headers: { 'retry-after': '1' }, body: '{"error":{"message":"slow down"}}' })
    const limited = await ask('/v1beta/models/openai/one:embedContent', { content: { parts: [{ text: 'a' }] } })
    assert.deepEqual([limited.status, limited.body.error.status], [429, 'RESOURCE_EXHAUSTED'])
  })
})
