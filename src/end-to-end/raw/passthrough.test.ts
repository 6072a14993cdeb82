import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { toFile } from 'openai'
import { anthropicText, openaiText } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { asJson, lastOf, ownKey, type Rig, startRig, upstreamKey } from './rig.ts'

describe('what is passed on to a provider', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig({
      prices: { 'one/*': { input: 1, output: 2 }, 'claude/*': { input: 3, output: 15 } },
      keys: [
        { name: 'all', key: ownKey },
        { name: 'narrow', key: 'sk-tg-narrow-0123456789abcdef', models: ['draw', 'two/*'] },
        { name: 'elsewhere', key: 'sk-tg-elsewhere-0123456789abc', doors: ['/v1/models'] },
      ],
    })
  })
  after(() => rig[Symbol.asyncDispose]())
  const recordOf = (response: Response) => rig.gateway.recordOf(response.headers.get('x-request-id') ?? '')

  test('is a conversation of an official client, streamed untouched, with usage and cost in the record', async () => {
    const client = new OpenAI({ baseURL: `${rig.url}/passthrough/one`, apiKey: ownKey, maxRetries: 0 })
    rig.first.script(openaiText('It is sunny.', { stream: true, usage: { input: 100, output: 7 } }))
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const { data, response } = await client.chat.completions
      .create({ model: 'gpt-9', messages, stream: true, stream_options: { include_usage: true } })
      .withResponse()
    let text = ''
    for await (const { choices } of data) text += choices[0]?.delta.content ?? ''
    assert.equal(text, 'It is sunny.')
    assert.equal(lastOf(rig.first).path, '/v1/chat/completions')
    const record = await recordOf(response)
    assert.deepEqual([record.operation, record.target], ['passthrough', 'one/gpt-9'])
    assert.deepEqual([record.usage?.input, record.usage?.output, record.costNanos], [100, 7, 114_000n])
  })

  test('may say the version that the address of the provider ends with, as some clients do', async () => {
    const client = new Anthropic({ baseURL: `${rig.url}/passthrough/claude`, apiKey: ownKey, maxRetries: 0 })
    rig.second.script(anthropicText('Well.', { usage: { input: 10, output: 2 } }))
    const asking = { model: 'claude-9', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] }
    const { data, response } = await client.messages.create(asking).withResponse()
    assert.deepEqual(data.content[0]?.type, 'text')
    assert.equal(lastOf(rig.second).path, '/v1/messages')
    assert.equal(lastOf(rig.second).headers['x-api-key'], upstreamKey)
    assert.equal((await recordOf(response)).costNanos, 60_000n)
  })

  test('is any method, with its path, query and body, and the answer as it is', async () => {
    rig.first.script({ status: 201, headers: { 'content-type': 'text/plain' }, body: 'made' })
    const response = await rig.ask('/passthrough/one/files/a%20b?limit=2&after=x', {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'bytes',
    })
    assert.deepEqual([response.status, await response.text()], [201, 'made'])
    const sent = lastOf(rig.first)
    assert.deepEqual([sent.method, sent.path, sent.body], ['PUT', '/v1/files/a%20b?limit=2&after=x', 'bytes'])
    rig.first.script({ status: 204 })
    assert.equal((await rig.ask('/passthrough/one/files/x', { method: 'DELETE' })).status, 204)
    rig.first.script({ body: 'abc' })
    const head = await rig.ask('/passthrough/one/files/x', { method: 'HEAD' })
    assert.deepEqual([head.status, lastOf(rig.first).method], [200, 'HEAD'])
  })

  test('is charged as the model that the path names, whatever the body says', async () => {
    rig.first.script({ body: '{"usageMetadata":{"promptTokenCount":1}}' })
    const response = await rig.ask('/passthrough/one/models/dear:generateContent', asJson({ model: 'cheap' }))
    await response.text()
    assert.equal((await recordOf(response)).target, 'one/dear')
  })

  test('is a body that cannot be read here as well', async () => {
    rig.first.script({ body: '{}' })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"model":"a","model":' }
    const response = await rig.ask('/passthrough/one/anything', init)
    assert.equal(response.status, 200)
    assert.equal(lastOf(rig.first).body, init.body)
    assert.equal((await recordOf(response)).target, 'one/*')
  })

  test('is an upload that streams, up to the limit of bodies', async () => {
    const client = new OpenAI({ baseURL: `${rig.url}/passthrough/one`, apiKey: ownKey, maxRetries: 0 })
    rig.first.script({ body: '{"id":"file-1"}' })
    const file = await toFile(Buffer.alloc(3_000_000, 'x'), 'a.jsonl')
    assert.equal((await client.files.create({ file, purpose: 'batch' })).id, 'file-1')
    assert.ok(lastOf(rig.first).bytes > 3_000_000)
  })

  test('carries the proof of the provider, and nothing of the caller, of browsers, of proxies or of ours', async () => {
    rig.first.script({
      headers: {
        'content-type': 'application/json',
        'set-cookie': 'a=b',
        'access-control-allow-origin': '*',
        'openai-organization': 'our-organization',
        'x-request-id': 'upstream-1',
      },
      body: '{}',
    })
    const response = await rig.ask('/passthrough/one/models', {
      headers: {
        cookie: 'session=1',
        'x-api-key': 'k',
        'api-key': 'k',
        'x-goog-api-key': 'k',
        'openai-organization': 'another',
        'x-forwarded-for': '10.0.0.1',
        'x-tollgate-user': 'ann',
        'x-http-method-override': 'DELETE',
        'x-mine': 'kept',
      },
    })
    const { headers } = lastOf(rig.first)
    assert.equal(headers.authorization, `Bearer ${upstreamKey}`)
    assert.equal(headers['x-mine'], 'kept')
    for (const name of ['cookie', 'x-api-key', 'api-key', 'x-goog-api-key', 'openai-organization', 'x-forwarded-for'])
      assert.equal(headers[name], undefined, name)
    assert.ok(!JSON.stringify(lastOf(rig.first).rawHeaders).includes(ownKey))
    assert.deepEqual(
      Object.keys(headers).filter((name) => /tollgate|override/.test(name)),
      [],
    )
    for (const name of ['set-cookie', 'access-control-allow-origin', 'openai-organization'])
      assert.equal(response.headers.get(name), null, name)
    assert.equal(response.headers.get('x-upstream-request-id'), 'upstream-1')
    assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/)
  })

  test('fails as the provider fails, once, without its words about our key', async () => {
    const before = rig.first.journal.length
    rig.first.script({ status: 418, headers: { 'content-type': 'text/plain' }, body: 'I am a teapot.' })
    const failed = await rig.ask('/passthrough/one/brew', asJson({}))
    assert.deepEqual([failed.status, await failed.text()], [418, 'I am a teapot.'])
    rig.first.script({ status: 500, body: `{"error":"${upstreamKey} broke"}` })
    const broken = await rig.ask('/passthrough/one/brew', asJson({}))
    assert.deepEqual([broken.status, await broken.text()], [500, '{"error":"[redacted] broke"}'])
    rig.first.script({ status: 401, body: `{"error":{"message":"bad key ${upstreamKey}"}}` })
    const refused = await rig.ask('/passthrough/one/brew', asJson({}))
    assert.equal(refused.status, 502)
    assert.ok(!(await refused.text()).includes(upstreamKey))
    assert.equal(rig.first.journal.length, before + 3)
  })

  test('follows no redirect', async () => {
    rig.first.script({ status: 302, headers: { location: 'http://169.254.169.254/' } })
    const response = await rig.ask('/passthrough/one/models')
    assert.equal(response.status, 502)
    assert.equal(response.headers.get('location'), null)
  })

  test('is stopped at the provider when the caller goes away', async () => {
    rig.first.script({ events: ['data: 1\n\n', 'data: 2\n\n'], eventDelayMs: 'forever' })
    const leaving = new AbortController()
    const response = await rig.ask('/passthrough/one/stream', { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await until(() => lastOf(rig.first).abortedAt !== undefined, 'the upstream was not told')
    assert.equal((await recordOf(response)).outcome, 'cancelled')
  })

  test('is open to a key with a list of models only where the list has the whole provider', async () => {
    const as = (key: string, path: string) => rig.ask(path, { headers: { authorization: `Bearer ${key}` } })
    rig.second.script({ body: '{}' })
    assert.equal((await as('sk-tg-narrow-0123456789abcdef', '/passthrough/two/models')).status, 200)
    assert.equal((await as('sk-tg-narrow-0123456789abcdef', '/passthrough/one/models')).status, 404)
    assert.equal((await as('sk-tg-narrow-0123456789abcdef', '/passthrough/nonesuch/models')).status, 404)
    assert.equal((await as('sk-tg-elsewhere-0123456789abc', '/passthrough/two/models')).status, 403)
    assert.equal((await as('sk-wrong', '/passthrough/two/models')).status, 401)
  })
})
