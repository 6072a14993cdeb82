import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openaiText } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { asKey, chat, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn, type JobJson, jobIn } from './job-json.ts'

interface Told {
  readonly event: string
  readonly id: string
  readonly data: {
    readonly status?: string
    readonly text?: string
    readonly sequence?: number
    readonly attempt?: number
  }
}

/** Events as they come; comments are left out. */
async function* eventsOf(response: Response): AsyncGenerator<Told> {
  assert.ok(response.body)
  let text = ''
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string): string =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
      if (field('event') !== '') yield { event: field('event'), id: field('id'), data: JSON.parse(field('data')) }
    }
  }
}

const gathered = async (events: AsyncIterable<Told>): Promise<Told[]> => {
  const told: Told[] = []
  for await (const each of events) told.push(each)
  return told
}

const all = (response: Response): Promise<Told[]> => gathered(eventsOf(response))
const endpoint = '/v1/chat/completions'

describe('following a job', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig({ keepAliveMs: 20 })
  })
  after(() => rig[Symbol.asyncDispose]())

  const submit = async (body: object = chat()): Promise<JobJson> =>
    jobIn(await rig.post('/v1/jobs', { endpoint, body }), 202)
  const follow = (id: string, init?: RequestInit): Promise<Response> => rig.ask(`/v1/jobs/${id}/events`, init)

  test('tells of its states and of its words as they come, until it has ended', async () => {
    const { id } = await submit({ ...chat(), stream: true })
    const response = await follow(id)
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    const events = eventsOf(response)
    assert.equal((await events.next()).value?.data.status, 'queued')
    rig.work()
    const told = await gathered(events)
    assert.equal(told.at(-1)?.data.status, 'succeeded')
    const pieces = told.filter(({ event }) => event === 'piece')
    const result = await (await rig.ask(`/v1/jobs/${id}/result`)).text()
    // Somebody who looks after the end has the answer, and needs no pieces of it.
    if (pieces.length > 0) assert.ok(result.startsWith(pieces.map(({ data }) => data.text).join('')))
  })

  test('of one that has ended tells that, with its answer, and ends', async () => {
    rig.upstream.script({ body: JSON.stringify(JSON.parse(String(openaiText('Two\nlines').body)), null, 2) })
    const { id } = await submit()
    await jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=10' } }))
    const told = await all(await follow(id))
    assert.equal(told.length, 1)
    assert.partialDeepStrictEqual(told[0], { event: 'state', data: { status: 'succeeded', is_inline: true } })
  })

  test('gives the words of a stream while it is under way, and goes on after the last one that was seen', async () => {
    rig.upstream.script({ ...openaiText('one two three four five six', { stream: true }), eventDelayMs: 100 })
    const { id } = await submit({ ...chat(), stream: true })
    const events = eventsOf(await follow(id))
    let piece: Told | undefined
    for await (const each of events)
      if (each.event === 'piece') {
        piece = each
        break
      }
    assert.ok(piece)
    assert.equal(piece.id, `${piece.data.attempt}.${piece.data.sequence}`)
    const again = eventsOf(await follow(id, { headers: { 'last-event-id': piece.id } }))
    const first = (await again.next()).value
    assert.deepEqual([first?.event, first?.data.status, first?.id], ['state', 'running', piece.id])
    const rest = await gathered(again)
    assert.ok(rest.every(({ event, data }) => event !== 'piece' || Number(data.sequence) > Number(piece.data.sequence)))
    assert.equal(rest.at(-1)?.data.status, 'succeeded')
  })

  test('takes names of events that are none for none', async () => {
    const { id } = await submit()
    await jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=10' } }))
    for (const name of ['x', '1', '1.', '99999999999.1', '-1.-1', '1.1.1'])
      assert.equal((await all(await follow(id, { headers: { 'last-event-id': name } })))[0]?.id, '0.0', name)
  })

  test('is for its owner only', async () => {
    const { id } = await submit()
    await errorIn(await follow(id, { headers: asKey(keys.other) }), 404)
    await errorIn(await follow(`job_${'0'.repeat(24)}`), 404)
  })
})

describe('following a job that waits', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig({ keepAliveMs: 20 })
  })
  after(() => rig[Symbol.asyncDispose]())

  const waiting = async (): Promise<string> =>
    (await jobIn(await rig.post('/v1/jobs', { endpoint, body: chat() }), 202)).id

  test('is kept alive, and hears that it is cancelled', async () => {
    const id = await waiting()
    const response = await rig.ask(`/v1/jobs/${id}/events`)
    assert.ok(response.body)
    let text = ''
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      text += part
      if (/(: keep-alive\n\n){2}/.test(text)) await rig.post(`/v1/jobs/${id}/cancel`, {})
    }
    assert.match(text, /"status":"cancelled"[^\n]*\n\n$/)
  })

  test('ends when its follower leaves', async () => {
    const id = await waiting()
    const left = new AbortController()
    const response = await rig.ask(`/v1/jobs/${id}/events`, { signal: left.signal })
    await response.body?.getReader().read()
    assert.equal(rig.followers(), 1)
    left.abort()
    await until(() => rig.followers() === 0, 'somebody still follows')
  })

  test('ends when the server is to stop, and so does waiting', async () => {
    const id = await waiting()
    const events = all(await rig.ask(`/v1/jobs/${id}/events`))
    const waited = rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=60' } })
    await until(() => rig.followers() === 1, 'nobody follows')
    rig.drain()
    assert.equal((await jobIn(await waited)).status, 'queued')
    assert.deepEqual(
      (await events).map(({ data }) => data.status),
      ['queued'],
    )
  })
})
