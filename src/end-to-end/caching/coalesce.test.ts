import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FakeUpstream, openaiText, openSlowReader, type Step } from '../../testing/index.ts'
import { plainAllowance } from '../../testing/plain-ledger.ts'
import { type Asking, ask, errorIn, newId, requestBytes, saidIn, type Transcript } from '../faults/client.ts'
import { until } from '../faults/harness.ts'
import { askAndLeave, type CoalesceRig, startCoalesce } from './coalesce-rig.ts'

const text = 'Good day, Grüße, 你好 🦊! How are you?'
const usage = { input: 1_000, output: 100 }
/** A thousand tokens read and a hundred written, in nano-dollars. */
const paid = '2000000'

const event = (content: string): string =>
  `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`

const saysText = (stream: boolean): Step => openaiText(text, { stream, usage })

const heardIn = ({ status, headers, text: said, complete }: Transcript): string => {
  assert.equal(status, 200)
  assert.ok(complete)
  if (!String(headers['content-type']).startsWith('text/event-stream')) {
    const { choices } = JSON.parse(said) as { choices: { message: { content: string } }[] }
    return choices[0]?.message.content ?? ''
  }
  const { words, ends, errors } = saidIn(said)
  assert.deepEqual([ends, errors], [1, []])
  return words
}

const askMany = (rig: CoalesceRig, askings: readonly Asking[]): Promise<Transcript>[] =>
  askings.map((asking) => ask(rig.port, { ...asking, agent: rig.agent }))

const arrived = (rig: CoalesceRig, count: number): Promise<void> =>
  until(() => rig.gateway.inFlight === count, `not all of ${count} calls arrived`, 8_000)

/** Lines of attempts: those who got an answer with others have lines of their own, of nothing. */
const paidLines = ({ ledger }: CoalesceRig) => ledger.lines.filter(({ memory }) => memory === undefined)

const requestsOf = ({ journal }: FakeUpstream): number => journal.length

const bound = (credential: string): Asking => ({ headers: { authorization: `Bearer ${credential}` } })

describe('500 equal questions that nobody asked before', () => {
  for (const [kind, isStream] of [
    ['whole answers', () => false],
    ['streams', () => true],
    ['both', (at: number) => at % 2 === 1],
    ['both, the first a stream', (at: number) => at % 2 === 0],
  ] as const)
    test(`for ${kind} are one call, paid once`, async () => {
      await using rig = await startCoalesce()
      const upstream = rig.answers(saysText)
      const askings = Array.from({ length: 500 }, (_, at) => ({ stream: isStream(at) }))
      const asked = askMany(rig, askings)
      await arrived(rig, 500)
      upstream.let()
      for (const transcript of await Promise.all(asked)) assert.equal(heardIn(transcript), text)
      assert.equal(requestsOf(rig.upstream), 1)
      assert.deepEqual(
        paidLines(rig).map(({ cost, outcome }) => [cost, outcome]),
        [[paid, 'ok']],
      )
      await until(() => rig.records.length === 500, 'somebody was not recorded')
      const outcomes = rig.records.map(({ notes }) => notes.cache?.outcome)
      assert.deepEqual([outcomes.filter((outcome) => outcome === 'coalesced').length, rig.gateway.inFlight], [499, 0])
      assert.ok(rig.records.every(({ outcome }) => outcome === 'ok'))
      assert.equal(rig.ledger.heldCount, 0)
    })
})

describe('when the client goes whose call it was', () => {
  test('before the answer begins, the others get it, and its team pays', async () => {
    await using rig = await startCoalesce()
    const upstream = rig.answers(saysText)
    const leader = askAndLeave(rig.port, { stream: true, ...bound('acme/leader') })
    await until(() => requestsOf(rig.upstream) === 1, 'the leader did not ask')
    const asked = askMany(
      rig,
      Array.from({ length: 100 }, () => ({ stream: true, ...bound('acme/web') })),
    )
    await arrived(rig, 101)
    leader.leave()
    await arrived(rig, 100)
    upstream.let()
    for (const transcript of await Promise.all(asked)) assert.equal(heardIn(transcript), text)
    assert.equal(requestsOf(rig.upstream), 1)
    await until(() => rig.records.length === 102, 'something was not recorded')
    assert.deepEqual(
      paidLines(rig).map(({ cost, key }) => [cost, key]),
      [[paid, 'leader']],
    )
    const [flight] = rig.records.filter(({ notes }) => notes.purpose === 'flight')
    const [left] = rig.records.filter(({ outcome }) => outcome === 'cancelled')
    assert.equal(flight?.notes.parent, left?.id)
    assert.equal(left?.attempts.length, 0)
  })

  test('after its first words, the others get it whole, and its team pays', async () => {
    await using rig = await startCoalesce()
    const upstream = rig.answers((stream) => ({ ...openaiText(text, { stream, usage }), eventDelayMs: 80 }))
    const leader = askAndLeave(rig.port, { stream: true, ...bound('acme/leader') })
    await until(() => requestsOf(rig.upstream) === 1, 'the leader did not ask')
    const asked = askMany(
      rig,
      Array.from({ length: 100 }, () => ({ stream: true, ...bound('acme/web') })),
    )
    await arrived(rig, 101)
    upstream.let()
    await leader.heard
    leader.leave()
    for (const transcript of await Promise.all(asked)) assert.equal(heardIn(transcript), text)
    assert.equal(requestsOf(rig.upstream), 1)
    await until(() => rig.records.length === 102, 'something was not recorded')
    assert.deepEqual(
      paidLines(rig).map(({ cost, key, outcome }) => [cost, key, outcome]),
      [[paid, 'leader', 'ok']],
    )
  })

  test('and everybody else as well, the upstream is stopped', async () => {
    await using rig = await startCoalesce()
    rig.upstream.always({ events: [event('x')], endless: true, eventDelayMs: 20 })
    const clients = Array.from({ length: 5 }, () => askAndLeave(rig.port, { stream: true }))
    await Promise.all(clients.map(({ heard }) => heard))
    assert.equal(requestsOf(rig.upstream), 1)
    for (const client of clients.slice(0, 4)) client.leave()
    await arrived(rig, 1)
    assert.equal(rig.upstream.openSockets(), 1)
    clients[4]?.leave()
    await until(() => rig.upstream.openSockets() === 0, 'the upstream goes on for nobody')
    await until(() => rig.records.length === 6, 'something was not recorded')
    assert.equal(paidLines(rig).length, 1)
  })
})

describe('equal questions', () => {
  test('of two teams are two calls, each with its own answer', async () => {
    await using rig = await startCoalesce()
    rig.answers(saysText).let()
    const asked = ['acme/web', 'other/web', 'acme/mobile'].map((who) => ({ stream: true, ...bound(who) }))
    for (const transcript of await Promise.all(askMany(rig, asked))) assert.equal(heardIn(transcript), text)
    assert.equal(requestsOf(rig.upstream), 2)
    assert.deepEqual(new Set(paidLines(rig).map(({ team }) => team)), new Set(['acme', 'other']))
  })

  test('of one who has no money left are asked by the others', async () => {
    const budget = plainAllowance({ scope: 'key:poor', limit: 1n, onShort: 'reject' })
    const rich = plainAllowance({ id: 'rich', scope: 'key:rich', limit: 1_000_000_000_000n })
    await using rig = await startCoalesce([budget, rich])
    const { promise, resolve } = Promise.withResolvers<void>()
    rig.ledger.waits = () => promise
    rig.answers(saysText).let()
    const poor = ask(rig.port, { ...bound('acme/poor'), agent: rig.agent })
    await arrived(rig, 1)
    const others = askMany(
      rig,
      Array.from({ length: 20 }, () => bound('acme/rich')),
    )
    await arrived(rig, 21)
    resolve()
    const refused = await poor
    assert.equal(errorIn(refused.text).code, 'budget_exhausted')
    for (const transcript of await Promise.all(others)) assert.equal(heardIn(transcript), text)
    assert.equal(requestsOf(rig.upstream), 1)
    assert.deepEqual(
      paidLines(rig).map(({ key, cost }) => [key, cost]),
      [['rich', paid]],
    )
  })

  test('of one who has money for a short answer have an answer of their own', async () => {
    const budget = plainAllowance({ scope: 'key:poor', limit: 4_000_000n, onShort: 'clamp' })
    await using rig = await startCoalesce([budget])
    const { promise, resolve } = Promise.withResolvers<void>()
    rig.ledger.waits = () => promise
    rig.answers(saysText).let()
    const poor = ask(rig.port, { ...bound('acme/poor'), agent: rig.agent })
    await arrived(rig, 1)
    const others = askMany(
      rig,
      Array.from({ length: 20 }, () => bound('acme/rich')),
    )
    await arrived(rig, 21)
    resolve()
    for (const transcript of await Promise.all([poor, ...others])) assert.equal(heardIn(transcript), text)
    const caps = rig.upstream.journal.map(({ body }) => 'max_completion_tokens' in JSON.parse(body))
    assert.deepEqual(caps, [true, false])
    assert.deepEqual(new Set(paidLines(rig).map(({ key }) => key)), new Set(['poor', 'rich']))
  })

  test('read too slowly are given up, while the others get everything', async () => {
    await using rig = await startCoalesce()
    const ending = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    const count = 250
    const big = Buffer.from(event('x'.repeat(64 * 1024)))
    const upstream = rig.answers(() => ({ events: [...Array<Buffer>(count).fill(big), ending] }))
    const fast = [ask(rig.port, { stream: true, agent: rig.agent })]
    await until(() => requestsOf(rig.upstream) === 1, 'the leader did not ask')
    fast.push(ask(rig.port, { stream: true, agent: rig.agent }))
    const bytes = requestBytes({ id: newId(), stream: true }).replace('host:', 'connection: close\r\nhost:')
    const opening = openSlowReader(rig.port, bytes, 1_024)
    await arrived(rig, 3)
    upstream.let()
    const slow = await opening
    for (const transcript of await Promise.all(fast)) assert.equal(heardIn(transcript).length, count * 64 * 1024)
    const { errors, ends } = saidIn(await bodyOf(slow.drain()))
    assert.deepEqual([errors, ends], [['overloaded'], 0])
    assert.equal(requestsOf(rig.upstream), 1)
  })
})

/** The body of a chunked answer. */
const bodyOf = async (coming: Promise<Buffer>): Promise<string> => {
  const raw = (await coming).toString('latin1')
  return raw.slice(raw.indexOf('\r\n\r\n') + 4).replace(/(^|\r\n)[0-9a-f]+\r\n/g, '')
}
