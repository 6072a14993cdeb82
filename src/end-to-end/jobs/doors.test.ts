import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { createMemoryStore } from '../../stores/memory/index.ts'
import { openaiText } from '../../testing/index.ts'
import { asKey, chat, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn, type JobJson, jobIn } from './job-json.ts'

const endpoint = '/v1/chat/completions'

describe('the door of jobs', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig()
    rig.work()
  })
  after(() => rig[Symbol.asyncDispose]())

  test('takes a job, and gives its answer once it is done', async () => {
    const submitted = await rig.post('/v1/jobs', { endpoint, body: chat(), metadata: { order: '4711' } })
    const { id, status, position, ...job } = await jobIn(submitted, 202)
    assert.match(id, /^job_[\w-]{24}$/)
    assert.equal(submitted.headers.get('location'), `/v1/jobs/${id}`)
    assert.equal(submitted.headers.get('preference-applied'), null)
    assert.partialDeepStrictEqual(
      { status, position, ...job },
      {
        status: 'queued',
        object: 'job',
        endpoint,
        model: 'chat',
        priority: 'normal',
        metadata: { order: '4711' },
        cost_usd: null,
        usage: null,
        result: null,
      },
    )
    const waited = await rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=10' } })
    assert.equal(waited.headers.get('preference-applied'), 'wait=10')
    const done = await jobIn(waited)
    assert.partialDeepStrictEqual(done, { status: 'succeeded', is_inline: true, error: null, unknown_costs: 0 })
    assert.equal(done.attempts.length, 1)
    assert.equal(done.attempts[0]?.outcome, 'succeeded')
    assert.match(done.cost_usd ?? '', /^0\.0+\d+$/)
    assert.partialDeepStrictEqual(done.usage, { input: 9, output: 1, source: 'measured' })
    assert.ok(Date.parse(done.expires_at ?? '') > Date.parse(done.ended_at ?? ''))
    const result = await rig.ask(`/v1/jobs/${id}/result`)
    assert.equal(result.headers.get('content-type'), 'application/json')
    assert.equal(result.headers.get('x-tollgate-job-status'), '200')
    assert.deepEqual(await result.json(), done.result)
    const live = await rig.post(endpoint, chat())
    assert.deepEqual(((await live.json()) as { choices: unknown }).choices, done.result?.choices)
  })

  test('waits with whoever prefers that when submitting', async () => {
    const submitted = await rig.post('/v1/jobs', { endpoint, body: chat() }, { prefer: 'wait=10' })
    assert.equal(submitted.headers.get('preference-applied'), 'wait=10')
    assert.equal((await jobIn(submitted, 202)).status, 'succeeded')
  })

  test('takes requests at every door that answers, in every language', async () => {
    rig.upstream.script({ body: '{"data":[{"index":0,"embedding":[1]}],"model":"one"}' })
    const asked: readonly (readonly [string, object])[] = [
      ['/v1/embeddings', { model: 'chat', input: 'Hi' }],
      ['/v1/messages', { ...chat(), max_tokens: 10 }],
      ['/v1beta/models/chat:generateContent', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
      ['/v1beta/models/chat:streamGenerateContent?alt=sse', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
      ['/model/chat/converse', { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }],
      ['/v1/responses', { model: 'chat', input: 'Hi' }],
    ]
    for (const [path, body] of asked) {
      const job = await jobIn(await rig.post('/v1/jobs', { endpoint: path, body }, { prefer: 'wait=10' }), 202)
      assert.equal(job.status, 'succeeded', `${path}: ${JSON.stringify(job.error)}`)
      assert.equal(job.model, 'chat')
    }
  })

  test('gives a stream as it would have been streamed', async () => {
    const body = { ...chat(), stream: true }
    const job = await jobIn(await rig.post('/v1/jobs', { endpoint, body }, { prefer: 'wait=10' }), 202)
    assert.equal(job.status, 'succeeded')
    assert.equal(job.is_inline, false)
    assert.partialDeepStrictEqual(job.result, { url: `/v1/jobs/${job.id}/result`, status: 200 })
    const result = await rig.ask(`/v1/jobs/${job.id}/result`)
    assert.match(result.headers.get('content-type') ?? '', /^text\/event-stream/)
    assert.match(await result.text(), /data: \[DONE\]\n\n$/)
  })

  test('gives an answer that is too large for a row from its file, byte for byte', async () => {
    rig.upstream.script(openaiText('word '.repeat(80_000), {}))
    const job = await jobIn(await rig.post('/v1/jobs', { endpoint, body: chat('long') }, { prefer: 'wait=10' }), 202)
    assert.equal(job.is_inline, false)
    const result = await rig.ask(`/v1/jobs/${job.id}/result`)
    const bytes = await result.arrayBuffer()
    assert.equal(bytes.byteLength, job.result?.size)
    assert.equal(result.headers.get('content-length'), String(bytes.byteLength))
    assert.match(Buffer.from(bytes).toString(), /word word/)
  })

  test('tells of a job that failed why, in the language that was asked in', async () => {
    rig.upstream.script({ status: 400, body: '{"error":{"message":"No.","type":"invalid_request_error"}}' })
    const job = await jobIn(await rig.post('/v1/jobs', { endpoint, body: chat() }, { prefer: 'wait=10' }), 202)
    assert.partialDeepStrictEqual(job, { status: 'failed', error: { code: 'upstream_rejected' } })
    const result = await rig.ask(`/v1/jobs/${job.id}/result`)
    assert.equal(result.headers.get('x-tollgate-job-status'), '400')
    assert.match(((await result.json()) as { error: { message: string } }).error.message, /No\./)
    const again = await rig.post(`/v1/jobs/${job.id}/retry`, {})
    const second = await jobIn(again, 202)
    assert.equal(second.retry_of, job.id)
    assert.equal(again.headers.get('location'), `/v1/jobs/${second.id}`)
    const done = await jobIn(await rig.ask(`/v1/jobs/${second.id}`, { headers: { prefer: 'wait=10' } }))
    assert.equal(done.status, 'succeeded')
    assert.equal((await errorIn(await rig.post(`/v1/jobs/${done.id}/retry`, {}), 409)).code, 'conflict')
  })

  test('obeys what its headers say, of the submission and of the job', async () => {
    const headers = { 'x-tollgate-priority': 'low', 'anthropic-beta': 'a' }
    const body = { endpoint, body: chat(), headers }
    const job = await jobIn(await rig.post('/v1/jobs', body, { 'x-tollgate-user': 'ada', prefer: 'wait=10' }), 202)
    assert.deepEqual([job.status, job.priority], ['succeeded', 'low'])
  })
})

test('a job is accepted when it is kept, and not before', async () => {
  const store = createMemoryStore()
  const kept = Promise.withResolvers<void>()
  let fails = false
  const submit: typeof store.jobs.submit = async (...submissions) => {
    await kept.promise
    if (fails) throw new GatewayError('store_unavailable', 'The disk is full.')
    return store.jobs.submit(...submissions)
  }
  await using rig = await startDoorRig({ store: { ...store, jobs: { ...store.jobs, submit } } })
  const submitted = rig.post('/v1/jobs', { endpoint, body: chat() })
  // An answer to something else, asked later, is sooner there.
  const first = Promise.race([submitted.then(() => 'job'), rig.ask('/v1/models').then(() => 'models')])
  assert.equal(await first, 'models')
  kept.resolve()
  await jobIn(await submitted, 202)
  fails = true
  assert.equal((await errorIn(await rig.post('/v1/jobs', { endpoint, body: chat() }), 503)).code, 'store_unavailable')
})

describe('jobs that wait', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const submit = async (more: object = {}, key: string = keys.web): Promise<JobJson> =>
    jobIn(await rig.post('/v1/jobs', { endpoint, body: chat(), ...more }, asKey(key)), 202)

  test('have a place, a time and a deadline', async () => {
    const runAt = new Date(Date.now() + 3_600_000)
    const later = await submit({ run_at: runAt.toISOString(), deadline: '2h' })
    assert.equal(later.run_at, runAt.toISOString())
    assert.ok(Math.abs(Date.parse(later.deadline ?? '') - Date.now() - 7_200_000) < 10_000)
    const [first, second] = [await submit({ deadline: Math.floor(Date.now() / 1_000) + 900 }), await submit()]
    assert.equal((await jobIn(await rig.ask(`/v1/jobs/${first.id}`))).position, 0)
    assert.equal((await jobIn(await rig.ask(`/v1/jobs/${second.id}`))).position, 1)
    for (const { id } of [later, first, second]) await rig.post(`/v1/jobs/${id}/cancel`, {})
  })

  test('have no answer yet', async () => {
    const { id } = await submit()
    const { code, message } = await errorIn(await rig.ask(`/v1/jobs/${id}/result`), 409)
    assert.deepEqual([code, message], ['conflict', 'The job is queued: its answer is here once it has ended.'])
    const before = performance.now()
    const waited = await jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=1' } }))
    assert.equal(waited.status, 'queued')
    assert.ok(performance.now() - before > 900)
  })

  test('are cancelled once and stay so', async () => {
    const { id } = await submit()
    for (const _ of [1, 2]) {
      const cancelled = await jobIn(await rig.post(`/v1/jobs/${id}/cancel`, {}))
      assert.equal(cancelled.status, 'cancelled')
    }
    assert.match((await errorIn(await rig.ask(`/v1/jobs/${id}/result`), 409)).message, /cancelled without an answer/)
  })

  test('are seen by their team only: to others they look like none', async () => {
    const { id } = await submit()
    assert.equal((await jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: asKey(keys.colleague) }))).id, id)
    const strange = id.replaceAll(/[a-z]/g, 'q')
    for (const path of ['', '/result', '/events', '/cancel', '/retry']) {
      const method = path === '/cancel' || path === '/retry' ? 'POST' : 'GET'
      const told = async (id: string, key: string) => {
        const { message, ...rest } = await errorIn(
          await rig.ask(`/v1/jobs/${id}${path}`, { method, headers: asKey(key) }),
          404,
        )
        return { ...rest, message: message.replace(id, '') }
      }
      assert.deepEqual(await told(id, keys.other), await told(strange, keys.web), path)
    }
    assert.equal((await jobIn(await rig.ask(`/v1/jobs/${id}`))).status, 'queued')
  })

  test('are the same under the same key of their owner, which no other job may have', async () => {
    const body = { endpoint, body: chat('once') }
    const first = await jobIn(await rig.post('/v1/jobs', body, { 'idempotency-key': 'k-1' }), 202)
    const again = await rig.post('/v1/jobs', { ...body, idempotency_key: 'k-1' })
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.equal((await jobIn(again, 202)).id, first.id)
    const other = await rig.post('/v1/jobs', { endpoint, body: chat('twice') }, { 'idempotency-key': 'k-1' })
    assert.equal((await errorIn(other, 422)).code, 'idempotency_mismatch')
    const theirs = await rig.post('/v1/jobs', body, { ...asKey(keys.other), 'idempotency-key': 'k-1' })
    assert.notEqual((await jobIn(theirs, 202)).id, first.id)
  })

  test('are listed newest first, page by page, as far as they are wished for', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index++)
      ids.unshift((await submit({ body: { ...chat(), model: index % 2 ? 'secret' : 'chat' } }, keys.other)).id)
    const list = async (query: string) => {
      const answer = await rig.ask(`/v1/jobs?${query}`, { headers: asKey(keys.other) })
      assert.equal(answer.status, 200, await answer.clone().text())
      return (await answer.json()) as { object: string; data: JobJson[]; has_more: boolean; last_id: string }
    }
    const first = await list('limit=2')
    assert.deepEqual([first.object, first.has_more, first.data.map(({ id }) => id)], ['list', true, ids.slice(0, 2)])
    const all = await list(`limit=100&after=${first.last_id}`)
    assert.equal(all.has_more, false)
    assert.deepEqual(
      all.data.slice(0, 3).map(({ id }) => id),
      ids.slice(2),
    )
    assert.equal((await list('model=secret')).data.length, 2)
    assert.equal((await list('status=succeeded,running')).data.length, 0)
    assert.ok((await list('status=queued')).data.length >= 5)
    assert.equal((await list(`endpoint=${encodeURIComponent('/v1/messages')}`)).data.length, 0)
  })
})
