import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import OpenAI, { toFile } from 'openai'
import { asKey, chat, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn, type JobJson, jobIn } from './job-json.ts'

const later = { prefer: 'respond-async' }

describe('a request that prefers to be answered later', () => {
  let rig: DoorRig
  let client: OpenAI
  before(async () => {
    rig = await startDoorRig({ maxFileBytes: 4 * 1024 * 1024 })
    client = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: keys.web, maxRetries: 0, defaultHeaders: later })
    rig.work()
  })
  after(() => rig[Symbol.asyncDispose]())

  const finished = async (id: string): Promise<JobJson> =>
    jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=10' } }))

  test('becomes a job, at the doors of every language', async () => {
    const asked: readonly (readonly [string, object])[] = [
      ['/v1/chat/completions', chat()],
      ['/v1/messages', { ...chat(), max_tokens: 10 }],
      ['/v1beta/models/chat:streamGenerateContent?alt=sse', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
      ['/model/chat/converse', { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }],
    ]
    for (const [path, body] of asked) {
      const answer = await rig.post(path, body, later)
      const job = await jobIn(answer, 202)
      assert.equal(answer.headers.get('preference-applied'), 'respond-async')
      assert.equal(answer.headers.get('location'), `/v1/jobs/${job.id}`)
      assert.equal(job.endpoint, path)
      assert.equal((await finished(job.id)).status, 'succeeded', path)
    }
  })

  test('may wait for a moment all the same', async () => {
    const answer = await rig.post('/v1/chat/completions', chat(), { prefer: 'respond-async, wait=10' })
    assert.equal(answer.headers.get('preference-applied'), 'respond-async, wait=10')
    assert.equal((await jobIn(answer, 202)).status, 'succeeded')
  })

  test('is answered at once where it says anything else', async () => {
    for (const prefer of ['return=minimal', 'respond-asynchronously', 'x-respond-async', 'wait=5']) {
      const answer = await rig.post('/v1/chat/completions', chat(), { prefer })
      assert.deepEqual([answer.status, answer.headers.get('preference-applied')], [200, null], prefer)
      await answer.text()
    }
  })

  test('is one job under one key', async () => {
    const headers = { ...later, 'idempotency-key': 'twice' }
    const first = await jobIn(await rig.post('/v1/chat/completions', chat(), headers), 202)
    const again = await rig.post('/v1/chat/completions', chat(), headers)
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.equal((await jobIn(again, 202)).id, first.id)
    await errorIn(await rig.post('/v1/chat/completions', chat('other'), headers), 422)
  })

  test('is refused as it would be at once, in the language of its door', async () => {
    const answer = await rig.post('/v1/messages', { model: 'chat', messages: [{ role: 'x' }], max_tokens: 1 }, later)
    const { type } = (await answer.json()) as { type: string }
    assert.deepEqual([answer.status, type], [400, 'error'])
    assert.equal(
      (await errorIn(await rig.post('/v1/chat/completions', { model: 'chat' }, later), 400)).param,
      'messages',
    )
    const unknown = await rig.post('/v1/chat/completions', { ...chat(), model: 'nonesuch' }, later)
    assert.equal((await errorIn(unknown, 404)).param, 'model')
    const ownKey = { ...later, 'x-tollgate-provider-key': 'up=sk-mine' }
    const refused = await errorIn(await rig.post('/v1/chat/completions', chat(), ownKey), 400)
    assert.equal(refused.param, 'x-tollgate-provider-key')
  })

  test('needs a key that may come back for it', async () => {
    const headers = { ...later, ...asKey(keys.chatOnly) }
    assert.equal((await errorIn(await rig.post('/v1/chat/completions', chat(), headers), 403)).code, 'forbidden')
    assert.equal((await rig.post('/v1/chat/completions', chat(), asKey(keys.chatOnly))).status, 200)
  })

  test('may be a form, which goes to its provider as it came', async () => {
    const sound = Buffer.alloc(1_000_000, 'RIFF')
    rig.upstream.script({ body: JSON.stringify({ text: 'Hello' }) })
    const file = await toFile(sound, 'a.wav')
    const job = (await client.audio.transcriptions.create({ file, model: 'draw' })) as unknown as JobJson
    assert.equal(job.object, 'job')
    const done = await finished(job.id)
    assert.deepEqual([done.status, done.result?.text, done.model], ['succeeded', 'Hello', 'draw'])
    const sent = rig.upstream.journal.at(-1)
    const headers = { 'content-type': String(sent?.headers['content-type']) }
    const form = await new Response(sent?.body, { headers }).formData()
    assert.equal(form.get('model'), 'painter')
    assert.equal((form.get('file') as File).size, sound.length)
  })

  test('is one job under one key also as a form, which has another boundary each time', async () => {
    rig.upstream.script({ body: JSON.stringify({ text: 'Hello' }) })
    const send = async (words: string): Promise<Response> => {
      const form = new FormData()
      form.set('model', 'draw')
      form.set('file', new File([words], 'a.wav'))
      const headers = { ...later, 'idempotency-key': 'form' }
      return rig.ask('/v1/audio/transcriptions', { method: 'POST', body: form, headers })
    }
    const first = await jobIn(await send('RIFF'), 202)
    assert.equal((await jobIn(await send('RIFF'), 202)).id, first.id)
    await errorIn(await send('RIFX'), 422)
    assert.equal((await finished(first.id)).status, 'succeeded')
  })

  test('may be JSON that passes unread, and gives back sound', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    rig.upstream.script({ headers: { 'content-type': 'audio/mpeg' }, body: bytes, framing: 'chunked' })
    const answer = await rig.post('/v1/audio/speech', { model: 'draw', voice: 'alloy', input: 'Hi' }, later)
    const done = await finished((await jobIn(answer, 202)).id)
    assert.partialDeepStrictEqual(done.result, { content_type: 'audio/mpeg', size: bytes.length })
    const result = await rig.ask(`/v1/jobs/${done.id}/result`)
    assert.equal(result.headers.get('content-type'), 'audio/mpeg')
    assert.equal(result.headers.get('x-content-type-options'), 'nosniff')
    assert.ok(Buffer.from(await result.arrayBuffer()).equals(bytes))
  })

  const forms: readonly (readonly [string, (form: FormData) => void, number])[] = [
    ['no model', (form) => form.delete('model'), 400],
    ['two models', (form) => form.append('model', 'chat'), 400],
    ['an unknown model', (form) => form.set('model', 'nonesuch'), 404],
    ['a file as model', (form) => form.set('model', new File(['draw'], 'x')), 400],
    ['an address of the caller', (form) => form.set('api_base', 'http://10.0.0.1'), 400],
    ['more than fits', (form) => form.set('file', new File([new Uint8Array(5 * 1024 * 1024)], 'x')), 413],
  ]
  for (const [what, spoil, status] of forms)
    test(`is refused as a form with ${what}, and leaves nothing`, async () => {
      const form = new FormData()
      form.set('model', 'draw')
      form.set('file', new File(['RIFF'], 'a.wav'))
      spoil(form)
      const answer = await rig.ask('/v1/audio/transcriptions', { method: 'POST', body: form, headers: later })
      await errorIn(answer, status)
    })

  test('is no job when its caller leaves in the middle', async () => {
    const before = (await (await rig.ask('/v1/jobs?limit=100')).json()) as { data: unknown[] }
    const leaving = request(`${rig.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: {
        ...asKey(keys.web),
        ...later,
        'content-type': 'multipart/form-data; boundary=edge',
        'content-length': 100_000,
      },
    })
    leaving.on('error', () => {})
    await new Promise((resolve) => leaving.write(`--edge\r\n${'x'.repeat(2_000)}`, resolve))
    leaving.destroy()
    const after = (await (await rig.ask('/v1/jobs?limit=100')).json()) as { data: unknown[] }
    assert.equal(after.data.length, before.data.length)
  })

  test('passes to a provider by its name as it is', async () => {
    rig.upstream.script({ body: '{"ok":true}' })
    const answer = await rig.post('/passthrough/up/anything', { model: 'one' }, later)
    assert.deepEqual([answer.status, await answer.json()], [200, { ok: true }])
    assert.equal(rig.upstream.journal.at(-1)?.headers.prefer, 'respond-async')
  })
})
