import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import OpenAI, { toFile } from 'openai'
import { asJson, lastOf, ownKey, type Rig, startRig, upstreamKey } from './rig.ts'

describe('doors whose requests pass unread', () => {
  let rig: Rig
  let client: OpenAI
  before(async () => {
    rig = await startRig({ prices: { 'one/*': { input: 1, output: 2 } } })
    client = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: ownKey, maxRetries: 0 })
  })
  beforeEach(() => rig.first.always({ status: 500 }))
  after(() => rig[Symbol.asyncDispose]())

  test('give pictures as they came, with their cost in the record', async () => {
    const body = JSON.stringify({
      created: 1,
      data: [{ b64_json: 'iVBORw0KGgo=' }],
      usage: { input_tokens: 10, output_tokens: 100, total_tokens: 110 },
    })
    rig.first.script({ body })
    const { data, response } = await client.images.generate({ model: 'draw', prompt: 'A fox' }).withResponse()
    assert.equal(data.data?.[0]?.b64_json, 'iVBORw0KGgo=')
    assert.equal(response.headers.get('x-tollgate-target'), 'one/painter')
    const sent = lastOf(rig.first)
    assert.equal(sent.path, '/v1/images/generations')
    assert.equal(sent.headers.authorization, `Bearer ${upstreamKey}`)
    assert.deepEqual(JSON.parse(sent.body), { model: 'painter', prompt: 'A fox' })
    const record = await rig.gateway.recordOf(response.headers.get('x-request-id') ?? '')
    assert.deepEqual([record.operation, record.usage?.output, record.costNanos], ['image', 100, 210_000n])
  })

  test('take forms, and change nothing in them but the name of the model', async () => {
    rig.first.script({ body: JSON.stringify({ text: 'Hello', usage: { type: 'duration', seconds: 4 } }) })
    const sound = Buffer.from('RIFF\r\n--not-a-boundary\r\nmodel')
    const file = await toFile(sound, 'a.wav')
    const { text } = await client.audio.transcriptions.create({ model: 'draw', file, language: 'en' })
    assert.equal(text, 'Hello')
    const sent = lastOf(rig.first)
    assert.equal(sent.path, '/v1/audio/transcriptions')
    const form = await new Response(sent.body, {
      headers: { 'content-type': sent.headers['content-type'] ?? '' },
    }).formData()
    assert.equal(form.get('model'), 'painter')
    assert.equal(form.get('language'), 'en')
    assert.equal(await (form.get('file') as File).text(), sound.toString())
  })

  test('stream sound as it comes, byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 256))
    rig.first.script({ headers: { 'content-type': 'audio/mpeg' }, body: bytes, framing: 'chunked' })
    const answer = await client.audio.speech.create({ model: 'draw', voice: 'alloy', input: 'Hi' })
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes))
    assert.equal(answer.headers.get('content-type'), 'audio/mpeg')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  })

  test('moderate and rank', async () => {
    rig.first.script({ body: JSON.stringify({ id: 'm', model: 'painter', results: [{ flagged: false }] }) })
    assert.equal((await client.moderations.create({ model: 'draw', input: 'Hi' })).results[0]?.flagged, false)
    rig.first.script({ body: JSON.stringify({ results: [{ index: 1 }], usage: { total_tokens: 12 } }) })
    const ranked = await rig.ask('/v1/rerank', asJson({ model: 'one/ranker', query: 'a', documents: ['b', 'c'] }))
    assert.deepEqual(((await ranked.json()) as { results: unknown }).results, [{ index: 1 }])
    const record = await rig.gateway.recordOf(ranked.headers.get('x-request-id') ?? '')
    assert.deepEqual([record.operation, record.usage?.input, record.model], ['rerank', 12, 'unlisted'])
  })

  test('ask the next target when the first fails before its first byte', async () => {
    rig.second.script({ body: '{"data":[]}' })
    const response = await rig.ask('/v1/images/generations', asJson({ model: 'draw', prompt: 'A fox' }))
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-tollgate-target'), 'two/painter-2')
    assert.equal(response.headers.get('x-tollgate-attempts'), '2')
    assert.equal(JSON.parse(lastOf(rig.second).body).model, 'painter-2')
  })

  test('tell in their own words that nobody could answer, and in the words of the provider what it rejects', async () => {
    rig.second.script({ status: 500, body: 'out of paint' })
    const failed = await rig.ask('/v1/images/generations', asJson({ model: 'draw', prompt: 'A fox' }))
    assert.equal(failed.status, 502)
    assert.equal(((await failed.json()) as { error: { code: string } }).error.code, 'upstream_failed')
    const words = { message: 'No foxes.', type: 'invalid_request_error', param: 'prompt', code: 'no_foxes' }
    rig.first.script({ status: 400, body: JSON.stringify({ error: words }) })
    const rejected = client.images.generate({ model: 'draw', prompt: 'A fox' })
    await assert.rejects(rejected, { status: 400, code: 'no_foxes', param: 'prompt' })
  })

  test('tell what is unknown: what a picture without usage costs', async () => {
    rig.first.script({ body: '{"data":[]}' })
    const response = await rig.ask('/v1/images/generations', asJson({ model: 'draw', prompt: 'A fox' }))
    await response.text()
    const record = await rig.gateway.recordOf(response.headers.get('x-request-id') ?? '')
    assert.deepEqual([record.usage, record.costNanos], [undefined, undefined])
  })

  test('break off where the upstream does, so that nothing looks whole that is not', async () => {
    rig.first.script({
      headers: { 'content-type': 'audio/mpeg' },
      body: Buffer.alloc(100_000, 1),
      framing: 'chunked',
      cut: { atByte: 60_000, by: 'end' },
    })
    const response = await rig.ask('/v1/audio/speech', asJson({ model: 'draw', input: 'Hi', voice: 'alloy' }))
    assert.equal(response.status, 200)
    await assert.rejects(response.arrayBuffer())
    const record = await rig.gateway.recordOf(response.headers.get('x-request-id') ?? '')
    assert.equal(record.outcome, 'error')
  })

  const mistakes: readonly (readonly [string, string, RequestInit, number])[] = [
    ['no model', '/v1/images/generations', asJson({ prompt: 'A fox' }), 400],
    ['an unknown model', '/v1/images/generations', asJson({ model: 'nonesuch' }), 404],
    ['a provider that has no pictures', '/v1/images/generations', asJson({ model: 'claude/a' }), 400],
    ['an address of the caller', '/v1/rerank', asJson({ model: 'draw', api_base: 'http://169.254.169.254' }), 400],
    ['a body that is no JSON', '/v1/moderations', { ...asJson({}), body: '{' }, 400],
    ['text', '/v1/moderations', { method: 'POST', body: 'hi', headers: { 'content-type': 'text/plain' } }, 415],
    ['another method', '/v1/moderations', { method: 'GET' }, 405],
  ]
  for (const [what, path, init, status] of mistakes) {
    test(`refuse ${what} with ${status}, and ask nobody`, async () => {
      const before = rig.first.journal.length + rig.second.journal.length
      const response = await rig.ask(path, init)
      assert.equal(response.status, status)
      assert.equal(typeof ((await response.json()) as { error: { message: unknown } }).error.message, 'string')
      assert.equal(rig.first.journal.length + rig.second.journal.length, before)
    })
  }

  test('refuse a form in which the model could be read in two ways', async () => {
    const part = (head: string, value: string) => `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`
    const forms = [
      `${part('name="model"', 'draw')}${part('name="model"', 'two/x')}--b--\r\n`,
      `${part('name=model', 'draw')}--b--\r\n`,
      `${part('name="model"; filename="m"', 'draw')}--b--\r\n`,
      `${part('name="model"', 'draw')}--b`,
      `${part('name="x"', 'draw')}--b--\r\n`,
      'no form at all',
    ]
    for (const body of forms) {
      const headers = { 'content-type': 'multipart/form-data; boundary=b' }
      const response = await rig.ask('/v1/audio/transcriptions', { method: 'POST', headers, body })
      assert.equal(response.status, 400, body)
    }
  })
})
