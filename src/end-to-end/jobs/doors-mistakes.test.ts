import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { asKey, chat, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn } from './job-json.ts'

const endpoint = '/v1/chat/completions'
const good = { endpoint, body: chat() }
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

/** What is wrong, the body, its status, and what the refusal points at. */
const mistakes: readonly (readonly [what: string, body: unknown, status: number, param: string | null])[] = [
  ['no endpoint', { body: chat() }, 400, 'endpoint'],
  ['an endpoint that is none', { ...good, endpoint: '/v1/chat' }, 400, 'endpoint'],
  ['an endpoint elsewhere', { ...good, endpoint: 'https://example.com/v1/chat/completions' }, 400, 'endpoint'],
  ['an endpoint that asks nothing', { ...good, endpoint: '/v1/models' }, 400, 'endpoint'],
  ['jobs about jobs', { ...good, endpoint: '/v1/jobs' }, 400, 'endpoint'],
  ['administration', { ...good, endpoint: '/admin/api/keys' }, 400, 'endpoint'],
  ['a key in the query', { ...good, endpoint: `${endpoint}?key=abc` }, 400, 'endpoint'],
  ['a very long endpoint', { ...good, endpoint: `/${'a'.repeat(5_000)}` }, 400, 'endpoint'],
  ['a number as endpoint', { ...good, endpoint: 7 }, 400, 'endpoint'],
  ['no body', { endpoint }, 400, 'body'],
  ['a body of text', { endpoint, body: '{}' }, 400, 'body'],
  ['a body without messages', { endpoint, body: { model: 'chat' } }, 400, 'body.messages'],
  [
    'a wrong role',
    { endpoint, body: { model: 'chat', messages: [{ role: 'x', content: '' }] } },
    400,
    'body.messages[0].role',
  ],
  ['an address of the caller', { endpoint, body: { ...chat(), api_base: 'http://10.0.0.1' } }, 400, 'body.api_base'],
  ['a body that is too deep', { endpoint, body: { ...chat(), x: deep(64) } }, 400, null],
  ['no model', { endpoint, body: { messages: chat().messages } }, 400, 'body.model'],
  ['an unknown model', { endpoint, body: { ...chat(), model: 'nonesuch' } }, 404, 'body.model'],
  ['a field that is not known', { ...good, callback: 'x' }, 400, 'callback'],
  ['a priority that is none', { ...good, priority: 'urgent' }, 400, 'priority'],
  ['a deadline in the past', { ...good, deadline: '2020-01-01T00:00:00Z' }, 400, 'deadline'],
  ['a deadline of no time', { ...good, deadline: '0s' }, 400, 'deadline'],
  ['a deadline that is none', { ...good, deadline: 'soon' }, 400, 'deadline'],
  ['a deadline before its time', { ...good, run_at: Date.now() / 1_000 + 900, deadline: '1m' }, 400, 'deadline'],
  ['a time years ahead', { ...good, run_at: '2099-01-01T00:00:00Z' }, 400, 'run_at'],
  ['a time that is none', { ...good, run_at: 'tomorrow' }, 400, 'run_at'],
  ['a date without a time', { ...good, run_at: '2027-01-01' }, 400, 'run_at'],
  ['a time beyond all calendars', { ...good, run_at: 1e300 }, 400, 'run_at'],
  ['a negative time', { ...good, run_at: -1 }, 400, 'run_at'],
  ['an object as time', { ...good, run_at: {} }, 400, 'run_at'],
  [
    'too many words',
    { ...good, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v'])) },
    400,
    'metadata',
  ],
  ['words that are none', { ...good, metadata: { a: 1 } }, 400, 'metadata.a'],
  ['a list of words', { ...good, metadata: ['a'] }, 400, 'metadata'],
  ['a word that is too long', { ...good, metadata: { a: 'x'.repeat(513) } }, 400, 'metadata.a'],
  ['an unknown webhook', { ...good, webhook: 'nonesuch' }, 400, 'webhook'],
  ['an address as webhook', { ...good, webhook: 'https://example.com' }, 400, 'webhook'],
  ['an empty key', { ...good, idempotency_key: '' }, 400, 'idempotency_key'],
  ['a key with a line', { ...good, idempotency_key: 'a\nb' }, 400, 'idempotency_key'],
  ['credentials', { ...good, headers: { authorization: 'Bearer x' } }, 400, 'headers.authorization'],
  ['cookies', { ...good, headers: { Cookie: 'a=b' } }, 400, 'headers.cookie'],
  ['another type', { ...good, headers: { 'Content-Type': 'text/plain' } }, 400, 'headers.content-type'],
  ['an unknown wish', { ...good, headers: { 'x-tollgate-nonesuch': '1' } }, 400, 'body.x-tollgate-nonesuch'],
  ['a header with a line', { ...good, headers: { 'x-tollgate-user': 'a\r\nb: c' } }, 400, 'headers.x-tollgate-user'],
]

describe('a job that can be none', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  for (const [what, body, status, param] of mistakes)
    test(`for ${what} is refused, and told where`, async () => {
      const error = await errorIn(await rig.post('/v1/jobs', body), status)
      assert.equal(error.param, param, JSON.stringify(error))
      assert.equal(error.type, status === 404 ? 'not_found_error' : 'invalid_request_error')
      assert.ok(error.message.length < 2_000)
    })

  test('for its form is refused as everywhere', async () => {
    const send = (body: RequestInit['body'], type = 'application/json') =>
      rig.ask('/v1/jobs', { method: 'POST', body, headers: { 'content-type': type } })
    assert.equal((await errorIn(await send('{'), 400)).code, 'invalid_request')
    assert.equal((await errorIn(await send('[]'), 400)).code, 'invalid_request')
    assert.equal((await errorIn(await send('{}', 'text/plain'), 415)).code, 'unsupported_media_type')
    assert.equal((await errorIn(await send(new Uint8Array(33 * 1024 * 1024)), 413)).code, 'too_large')
    const lone = `{"endpoint":"${endpoint}","body":{"model":"chat","messages":[{"role":"user","content":"\\ud800"}]}}`
    assert.ok((await send(lone)).status < 500)
  })

  test('for its caller is refused in the words of a live call', async () => {
    const secret = { endpoint, body: { ...chat(), model: 'secret' } }
    const refused = await errorIn(await rig.post('/v1/jobs', secret, asKey(keys.narrow)), 404)
    assert.equal(refused.code, 'unknown_model')
    assert.equal((await errorIn(await rig.post('/v1/jobs', good, asKey(keys.chatOnly)), 403)).code, 'forbidden')
    assert.equal((await errorIn(await rig.post('/v1/jobs', good, asKey('nobody')), 401)).code, 'unauthenticated')
    const listed = await rig.ask('/v1/jobs?limit=100')
    const { data } = (await listed.json()) as { data: { model: string }[] }
    assert.ok(data.every(({ model }) => model === 'chat'))
  })

  test('is told in Anthropic’s words to whoever speaks them', async () => {
    const answer = await rig.post('/v1/jobs', { endpoint }, { 'anthropic-version': '2023-06-01' })
    const { type, error } = (await answer.json()) as { type: string; error: { type: string } }
    assert.deepEqual([answer.status, type, error.type], [400, 'error', 'invalid_request_error'])
  })

  test('takes no more urgency than its key has', async () => {
    const answer = await rig.post('/v1/jobs', { ...good, priority: 'high' }, asKey(keys.narrow))
    assert.equal(((await answer.json()) as { priority: string }).priority, 'low')
  })
})

describe('what is asked of jobs', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const strange = [
    'job_',
    'job_x',
    '%2e%2e',
    '..%2f..%2fetc',
    '%00',
    'a'.repeat(3_000),
    'job_%F0%9F%98%80',
    "job_';--",
    '*',
    '{}',
  ]

  test('under an id that is none is not there, whatever it looks like', async () => {
    for (const id of strange) {
      assert.equal((await errorIn(await rig.ask(`/v1/jobs/${id}`), 404)).code, 'not_found', id)
      assert.equal((await errorIn(await rig.post(`/v1/jobs/${id}/cancel`, {}), 404)).code, 'not_found', id)
    }
  })

  test('at paths that are none is not there, and by other methods not taken', async () => {
    for (const path of ['/v1/jobs/', '/v1/jobs//', '/v1/jobs/a/b', '/v1/jobs/a/cancel/', '/v1/jobs/a/constructor'])
      assert.equal((await rig.ask(path)).status, 404, path)
    for (const method of ['PUT', 'PATCH', 'DELETE']) assert.equal((await rig.ask('/v1/jobs', { method })).status, 405)
    const { message } = await errorIn(await rig.ask('/v1/jobs/a/cancel'), 405)
    assert.equal(message, 'Use POST here.')
  })

  test('in a list is looked at', async () => {
    for (const query of ['limit=0', 'limit=-1', 'limit=a', 'status=done', 'status=', 'after=1', 'after=%00'])
      assert.equal((await errorIn(await rig.ask(`/v1/jobs?${query}`), 400)).code, 'invalid_request', query)
    assert.equal((await rig.ask('/v1/jobs?limit=999999999&model=%00&endpoint=x')).status, 200)
  })

  test('with preferences that are none is answered at once', async () => {
    const { id } = (await (await rig.post('/v1/jobs', good)).json()) as { id: string }
    for (const prefer of ['wait', 'wait=', 'wait=x', 'wait=-5', 'waiting=5', 'return=minimal', ','.repeat(2_000)]) {
      const answer = await rig.ask(`/v1/jobs/${id}`, { headers: { prefer } })
      assert.deepEqual([answer.status, answer.headers.get('preference-applied')], [200, null], prefer)
    }
  })
})
