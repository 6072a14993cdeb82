import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cut, openaiText, silence } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { chat, numbered, type Rig, startRig } from './rig.ts'

const key = 'a key'

const calls = (rig: Rig): number => rig.upstream.journal.length

const arrived = (rig: Rig, count: number): Promise<void> =>
  until(() => calls(rig) >= count, `not ${count} calls at the upstream`, 5_000)

describe('the same key at the same time', () => {
  for (const stream of [false, true])
    it(`is asked once for ten, ${stream ? 'streamed' : 'whole'}`, async () => {
      await using rig = await startRig()
      rig.upstream.always(numbered(rig.upstream, { headDelayMs: 100 }))
      const body = chat('Hello.', stream)
      const all = await Promise.all(Array.from({ length: 10 }, () => rig.ask({ body, key })))
      assert.equal(calls(rig), 1)
      assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]))
      assert.equal(all.filter(({ isReplay }) => isReplay).length, 9)
      const outcomes = rig.gateway.records.map(({ notes }) => notes.idempotency)
      assert.deepEqual(outcomes.toSorted(), ['first', ...Array(9).fill('waited')])
      const money = rig.gateway.records.map(({ costNanos }) => costNanos)
      assert.equal(money.filter((nanos) => nanos === 0n).length, 9)
    })

  it('is refused while another body is under way', async () => {
    await using rig = await startRig()
    rig.upstream.always(numbered(rig.upstream, { headDelayMs: 200 }))
    const first = rig.ask({ key })
    await arrived(rig, 1)
    assert.equal((await rig.ask({ body: chat('Something else.'), key })).status, 422)
    assert.equal((await first).status, 200)
  })

  it('says when to come again where it cannot wait so long', async () => {
    await using rig = await startRig()
    rig.upstream.always(numbered(rig.upstream, { headDelayMs: 1_500 }))
    const first = rig.ask({ key })
    await arrived(rig, 1)
    const second = await rig.ask({ key, headers: { 'x-tollgate-timeout-ms': '300' } })
    assert.equal(second.status, 409, second.text)
    assert.match(second.text, /idempotency_conflict/)
    assert.equal(second.headers.get('x-should-retry'), 'true')
    assert.ok(Number(second.headers.get('retry-after')) >= 1)
    assert.equal((await first).status, 200)
    assert.ok((await rig.ask({ key })).isReplay)
    assert.equal(calls(rig), 1)
  })

  it('takes over from a caller that left', async () => {
    await using rig = await startRig()
    rig.upstream.script(silence())
    const leaving = new AbortController()
    const first = rig.ask({ key, signal: leaving.signal }).catch(() => 'left')
    await arrived(rig, 1)
    const second = rig.ask({ key })
    await until(() => rig.gateway.gateway.inFlight === 2, 'not both under way')
    leaving.abort()
    assert.equal(await first, 'left')
    const answered = await second
    assert.deepEqual([answered.status, answered.isReplay], [200, false])
    assert.equal(calls(rig), 2)
    assert.ok((await rig.ask({ key })).isReplay)
  })
})

describe('the same key after the end', () => {
  it('asks anew after a failure, a cut, or a caller that left in the middle', async () => {
    await using rig = await startRig()
    rig.upstream.script({ status: 500, body: '{"error":{"message":"no"}}' })
    assert.equal((await rig.ask({ key: 'failed' })).status, 502)
    assert.deepEqual((await rig.ask({ key: 'failed' })).isReplay, false)

    const body = chat('Hello.', true)
    rig.upstream.script(cut(openaiText('One two three four five.', { stream: true }), 900, 'end'))
    assert.match((await rig.ask({ body, key: 'cut' })).text, /upstream_garbled|error/)
    const again = await rig.ask({ body, key: 'cut' })
    assert.deepEqual([again.status, again.isReplay], [200, false])
    assert.match(again.text, /\[DONE\]/)

    rig.upstream.script({ ...openaiText('One two three four five.', { stream: true }), eventDelayMs: 50 })
    const leaving = new AbortController()
    const left = fetch(`http://127.0.0.1:${rig.gateway.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'left' },
      body: JSON.stringify(body),
      signal: leaving.signal,
    })
    const reader = (await left).body?.getReader()
    await reader?.read()
    leaving.abort()
    await until(() => rig.gateway.gateway.inFlight === 0, 'it is under way still')
    const after = await rig.ask({ body, key: 'left' })
    assert.deepEqual([after.status, after.isReplay], [200, false])
  })

  it('does not keep refusals of what was never asked', async () => {
    await using rig = await startRig()
    assert.equal((await rig.ask({ body: { model: 'chat', messages: [], temperature: 'hot' }, key })).status, 400)
    assert.equal((await rig.ask({ body: { ...chat('Hello.'), model: 'nobody' }, key })).status, 404)
    assert.equal((await rig.ask({ key })).status, 200)
  })

  it('does not keep what is larger than 4 MiB', async () => {
    await using rig = await startRig()
    rig.upstream.always(() => openaiText('x'.repeat(4 * 1024 * 1024 + 1)))
    assert.equal((await rig.ask({ key })).status, 200)
    assert.deepEqual((await rig.ask({ key })).isReplay, false)
    assert.equal(calls(rig), 2)
  })

  it('keeps what is nearly as large', async () => {
    await using rig = await startRig()
    rig.upstream.always(() => openaiText('x'.repeat(4 * 1024 * 1024 - 4_096)))
    const first = await rig.ask({ key })
    const second = await rig.ask({ key })
    assert.ok(second.isReplay)
    assert.equal(second.text, first.text)
  })
})

describe('a key and who asks', () => {
  const keys = [
    { name: 'one', key: 'key-number-one' },
    { name: 'two', key: 'key-number-two' },
  ]
  const by = (name: string) => ({ authorization: `Bearer key-number-${name}` })

  it('belongs to one virtual key: another one that makes up the same asks for itself', async () => {
    await using rig = await startRig({ keys })
    const one = await rig.ask({ key, headers: by('one') })
    const two = await rig.ask({ key, headers: by('two') })
    assert.deepEqual([one.status, two.status, one.isReplay, two.isReplay], [200, 200, false, false])
    assert.notEqual(one.text, two.text)
    assert.equal((await rig.ask({ key, headers: by('one') })).text, one.text)
    assert.equal((await rig.ask({ body: chat('Else.'), key, headers: by('two') })).status, 422)
  })

  it('never gives the answer to one end user to another', async () => {
    await using rig = await startRig()
    const asFor = (user: string) => ({ 'x-tollgate-user': user })
    assert.equal((await rig.ask({ key, headers: asFor('ada') })).status, 200)
    assert.equal((await rig.ask({ key, headers: asFor('bob') })).status, 422)
    assert.ok((await rig.ask({ key, headers: asFor('ada') })).isReplay)
  })

  it('is answered when the first answer has used the budget up, and uses nothing up', async () => {
    const prices = { 'up/*': { input: 0, output: 0, perCall: 0.01 } }
    await using rig = await startRig({ prices, keys: [{ name: 'one', key: 'key-number-one', budget: { usd: 0.01 } }] })
    const asked = { key, headers: by('one') }
    assert.equal((await rig.ask(asked)).status, 200)
    assert.equal((await rig.ask({ headers: by('one') })).status, 402)
    assert.equal((await rig.ask({ key: 'another', headers: by('one') })).status, 402)
    for (let index = 0; index < 3; index++) assert.ok((await rig.ask(asked)).isReplay)
    assert.equal(calls(rig), 1)
  })

  it('is answered when the requests of a minute are used up', async () => {
    await using rig = await startRig({
      keys: [{ name: 'one', key: 'key-number-one', limits: { requests: '1/1h' } }],
    })
    const asked = { key, headers: by('one') }
    assert.equal((await rig.ask(asked)).status, 200)
    assert.equal((await rig.ask({ headers: by('one') })).status, 429)
    assert.ok((await rig.ask(asked)).isReplay)
  })
})
