import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type JsonObject } from '../../core/json.ts'
import { mask } from '../../core/redact.ts'
import { openaiError, openaiText } from '../../testing/index.ts'
import { adminToken, callerKey, type ObserveRig, startObserveRig } from './rig.ts'

const providerKey = 'sk-a-key-of-the-provider'
const readToken = 'the-token-of-whoever-looks'
const word = 'quintessence'
const usage = { input: 10, output: 5 }

let rig: ObserveRig

before(async () => {
  rig = await startObserveRig({
    server: { port: 0, drain: { notReady: '0s', streams: '1s' }, admin: { token: adminToken, readToken } },
    telemetry: { log: 'silent', storeBodies: { models: ['chat', 'kept', 'open/raw'], maxSize: 4_096 } },
    models: { chat: 'open/a', code: 'open/c', kept: { targets: ['open/k'], cache: true } },
    cache: { key: 'a'.repeat(64) },
  })
  rig.upstream.always(({ body, path }) => {
    if (path.includes('/audio/')) return { headers: { 'content-type': 'audio/mpeg' }, body: Buffer.from(word) }
    if (path.includes('/moderations')) return { body: JSON.stringify({ id: 'm', results: [{ word }] }) }
    if (body.includes('refuse')) return openaiError(400, 'invalid_request_error', `${word} refused`)
    return openaiText(body.includes('leak') ? `The key is ${providerKey}.` : word, {
      stream: body.includes('"stream":true'),
      usage,
    })
  })
})

after(() => rig[Symbol.asyncDispose]())

interface Asked {
  readonly id: string
  readonly text: string
}

const asked = async (answering: Promise<Response>): Promise<Asked> => {
  const answer = await answering
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  return { id: answer.headers.get('x-request-id') ?? '', text }
}

const at = (path: string, body: JsonObject): Promise<Response> =>
  fetch(`${rig.running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** What is kept of a call. Where it is not there at once it is asked for again, and at last it is told whether it was dropped. */
const bodiesOf = async (id: string, token = adminToken): Promise<JsonObject | null> => {
  let told = ''
  for (let turn = 0; turn < 3; turn++) {
    const answer = await rig.ask(`/calls/${id}`, { authorization: `Bearer ${token}` })
    const call: unknown = await answer.json()
    if (isObject(call) && answer.ok) return isObject(call.bodies) ? call.bodies : null
    told = `${answer.status} ${JSON.stringify(call)} for ${id}`
    await sleep(200)
  }
  const lost = /tollgate_call_records_dropped_total \d+/.exec(await (await fetch(`${rig.running.url}/metrics`)).text())
  return assert.fail(`${told}; ${lost?.[0]}`)
}

const looksAt = async (id: string): Promise<number> => {
  const { data } = await rig.read('/audit?limit=100')
  const lines = Array.isArray(data) ? data.filter(isObject) : []
  return lines.filter((line) => line.action === 'call.read' && JSON.stringify(line).includes(id)).length
}

describe('what is said in calls', () => {
  test('is shown as it was asked and as it was told', async () => {
    const { id, text } = await asked(rig.call({ extra: { unknown: ['ü'] } }))
    assert.deepEqual(await bodiesOf(id), {
      request: JSON.stringify({
        model: 'chat',
        messages: [{ role: 'user', content: 'Hi' }],
        extra: { unknown: ['ü'] },
      }),
      response: text,
      isRequestCut: false,
      isResponseCut: false,
    })
  })

  test('is for streams what the caller got, in its own language too', async () => {
    const plain = await asked(rig.call({ stream: true }))
    assert.match(plain.text, /data: \[DONE\]/)
    assert.equal((await bodiesOf(plain.id))?.response, plain.text)
    const question = { model: 'chat', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] }
    const translated = await asked(at('/v1/messages', question))
    assert.match(translated.text, /event: message_stop/)
    const bodies = await bodiesOf(translated.id)
    assert.deepEqual([bodies?.request, bodies?.response], [JSON.stringify(question), translated.text])
  })

  test('is kept of errors that callers were told, and of answers from memory', async () => {
    const wrong = await rig.call({ messages: [{ role: 'user', content: 'refuse' }] })
    const told = await wrong.text()
    assert.equal(wrong.status, 400)
    assert.match(told, /quintessence refused/)
    assert.equal((await bodiesOf(wrong.headers.get('x-request-id') ?? ''))?.response, told)
    for (const outcome of ['miss', 'hit']) {
      const answer = await rig.call({ model: 'kept' })
      const text = await answer.text()
      assert.equal(answer.headers.get('x-tollgate-cache'), outcome)
      assert.equal((await bodiesOf(answer.headers.get('x-request-id') ?? ''))?.response, text)
    }
  })

  test('is kept at doors that read nothing only where it is JSON', async () => {
    const json = await asked(at('/v1/moderations', { model: 'open/raw', input: word }))
    const kept = await bodiesOf(json.id)
    assert.deepEqual([kept?.request, kept?.response], [`{"model":"open/raw","input":"${word}"}`, json.text])
    const speech = await asked(at('/v1/audio/speech', { model: 'open/raw', input: word, voice: 'alloy' }))
    assert.equal((await bodiesOf(speech.id))?.response, null)
  })

  test('is kept of jobs, as their results have it', async () => {
    const question = { model: 'chat', messages: [{ role: 'user', content: 'Later' }] }
    const submitted: unknown = await (await at('/v1/jobs', { endpoint: '/v1/chat/completions', body: question })).json()
    assert.ok(isObject(submitted))
    const headers = { authorization: `Bearer ${callerKey}`, prefer: 'wait=10' }
    const job = `${rig.running.url}/v1/jobs/${submitted.id}`
    await (await fetch(job, { headers })).text()
    const result = await (await fetch(`${job}/result`, { headers })).text()
    const { data } = await rig.read('/calls?limit=1')
    const [call] = Array.isArray(data) ? data.filter(isObject) : []
    const bodies = await bodiesOf(String(call?.id))
    assert.deepEqual([bodies?.request, bodies?.response], [JSON.stringify(question), result])
  })

  test('is kept of no other model', async () => {
    const { id } = await asked(rig.call({ model: 'code' }))
    assert.equal(await bodiesOf(id), null)
  })

  test('is not shown to the token that only looks, and each look of the other one is written down', async () => {
    const { id } = await asked(rig.call())
    assert.equal(await bodiesOf(id, readToken), null)
    assert.equal(await looksAt(id), 0)
    await Promise.all([bodiesOf(id), bodiesOf(id), bodiesOf(id)])
    assert.equal(await looksAt(id), 3)
  })

  test('is cut where there is too much of it', async () => {
    const { id, text } = await asked(rig.call({ messages: [{ role: 'user', content: 'x'.repeat(10_000) }] }))
    const bodies = await bodiesOf(id)
    assert.deepEqual([bodies?.isRequestCut, bodies?.isResponseCut, bodies?.response], [true, false, text])
    assert.equal(String(bodies?.request).length, 4_096)
  })

  test('never holds a secret of the gateway', async () => {
    const { id } = await asked(rig.call({ messages: [{ role: 'user', content: `leak ${providerKey}` }] }))
    const bodies = await bodiesOf(id)
    assert.ok(String(bodies?.request).includes(mask) && String(bodies?.response).includes(mask))
    assert.ok(!JSON.stringify(bodies).includes(providerKey))
  })

  test('lies encrypted in the file', async () => {
    const { id } = await asked(rig.call({ messages: [{ role: 'user', content: 'hieroglyph' }] }))
    assert.ok(await bodiesOf(id))
    for (const name of (await readdir(rig.folder)).filter((each) => each.startsWith('tollgate-calls'))) {
      const bytes = await readFile(join(rig.folder, name))
      for (const text of [word, 'hieroglyph', providerKey]) assert.ok(!bytes.includes(text), `${text} in ${name}`)
    }
  })
})
