import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/record.ts'
import { openaiText } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { type RoutingRig, says, startRoutingRig } from './rig.ts'

const chat = { targets: ['one/m'], mirror: { target: 'two/m', share: 1 } }

const copyOf = async ({ gateway }: RoutingRig, id: string): Promise<CallRecord> => {
  const found = (): CallRecord | undefined => gateway.records.find(({ notes }) => notes.parent === id)
  await until(() => found() !== undefined, 'no copy was recorded')
  return found() as CallRecord
}

describe('a mirror', () => {
  test('is asked the same as the call, in the background, and leaves a record and a bill of its own', async () => {
    await using rig = await startRoutingRig(chat)
    rig.one.always(says('the answer'))
    rig.two.always(says('another answer of more words'))
    const asked = await rig.ask()
    assert.match(asked.text, /the answer/)
    const copy = await copyOf(rig, asked.id)
    const call = await rig.gateway.recordOf(asked.id)
    assert.deepEqual([copy.notes.purpose, copy.outcome, copy.target, copy.model], ['mirror', 'ok', 'two/m', 'chat'])
    assert.deepEqual([call.notes.mirror, call.target, call.attempts.length], ['sent', 'one/m', 1])
    assert.notEqual(copy.id, call.id)
    assert.equal(copy.caller, call.caller)
    assert.ok((copy.costNanos ?? 0n) > (call.costNanos ?? 0n))
    const bodies = [rig.one, rig.two].map(({ journal }) => JSON.parse(journal[0]?.body ?? '{}'))
    assert.deepEqual(bodies[0].messages, bodies[1].messages)
  })

  test('is read to the end of its stream', async () => {
    await using rig = await startRoutingRig(chat)
    rig.one.always(says('the answer'))
    rig.two.always(says('another answer of more words'))
    const { id } = await rig.ask({ stream: true })
    const copy = await copyOf(rig, id)
    assert.equal(copy.outcome, 'ok')
    assert.equal(copy.usage?.source, 'measured')
  })

  test('that is slow delays nobody, and that fails harms nobody', async () => {
    await using rig = await startRoutingRig(chat)
    rig.one.always(says('the answer'))
    rig.two.script(says('late', 1_500), { hangUp: 'reset' })
    const begun = performance.now()
    assert.equal((await rig.ask()).status, 200)
    const failing = await rig.ask()
    assert.ok(performance.now() - begun < 1_000)
    assert.equal(failing.status, 200)
    assert.equal((await copyOf(rig, failing.id)).outcome, 'error')
  })

  test('is not asked of a call that nobody answers', async () => {
    await using rig = await startRoutingRig({ ...chat, retry: { attempts: 1 } })
    rig.one.always({ status: 500 })
    assert.equal((await rig.ask()).status, 502)
    await sleep(50)
    assert.equal(rig.two.journal.length, 0)
  })

  const untouched: readonly (readonly [name: string, body: object, headers: Record<string, string>])[] = [
    ['what the provider keeps', { store: true }, {}],
    ['a caller that wants no other target', {}, { 'x-tollgate-no-fallback': 'true' }],
  ]
  for (const [name, body, headers] of untouched)
    test(`is not asked for ${name}`, async () => {
      await using rig = await startRoutingRig(chat)
      rig.one.always(says('the answer'))
      rig.two.always(says('a copy'))
      assert.equal((await rig.ask(body, headers)).status, 200)
      await sleep(50)
      assert.equal(rig.two.journal.length, 0)
    })

  test('is asked about its share of the calls', async () => {
    await using rig = await startRoutingRig({ ...chat, mirror: { target: 'two/m', share: '30%' } })
    rig.one.always(says('the answer'))
    rig.two.always(says('a copy'))
    const calls = 200
    for (let count = 0; count < calls; count += 10) await Promise.all(Array.from({ length: 10 }, () => rig.ask()))
    await sleep(100)
    // Six standard deviations of so many draws.
    assert.ok(Math.abs(rig.two.journal.length - 60) < 39, `${rig.two.journal.length} of ${calls}`)
  })

  test('is asked no more than 64 times at once; further calls are answered and not copied', async () => {
    await using rig = await startRoutingRig(chat)
    rig.one.always(says('the answer'))
    rig.two.always(says('late', 3_000))
    for (let count = 0; count < 80; count += 20) await Promise.all(Array.from({ length: 20 }, () => rig.ask()))
    await until(() => rig.two.journal.length === 64, 'so many are asked')
    await sleep(50)
    assert.equal(rig.two.journal.length, 64)
    const full = rig.gateway.records.filter(({ notes }) => notes.mirror === 'full')
    assert.equal(full.length, 16)
  })

  test('is stopped when the gateway closes', async () => {
    await using rig = await startRoutingRig(chat)
    rig.one.always(says('the answer'))
    rig.two.always(says('late', 5_000))
    const { id } = await rig.ask()
    await until(() => rig.two.journal.length === 1, 'the copy is under way')
    rig.gateway.gateway.close(new GatewayError('overloaded', 'It is closed.', { outcome: 'cancelled' }))
    assert.equal((await copyOf(rig, id)).attempts[0]?.outcome, 'cancelled')
  })

  test('is charged to the budget of the call, and not asked where that has no room', async () => {
    // An attempt can cost 0.00125 USD. The call costs 0.000809, which leaves too little for a copy.
    await using rig = await startRoutingRig(chat, {
      budgets: [{ scope: 'key:anonymous', usd: 0.002, per: 'day', onShort: 'reject' }],
    })
    rig.one.always(openaiText('the answer', { usage: { input: 9, output: 80 } }))
    rig.two.always(says('a copy'))
    const asked = await rig.ask()
    assert.equal(asked.status, 200)
    const copy = await copyOf(rig, asked.id)
    assert.deepEqual([copy.error, copy.attempts[0]?.sent, copy.costNanos], ['budget_exhausted', false, 0n])
    assert.equal(rig.two.journal.length, 0)
  })

  test('takes from the budget of the call what it costs', async () => {
    await using rig = await startRoutingRig(chat, {
      budgets: [{ scope: 'key:anonymous', usd: 0.002, per: 'day', onShort: 'reject' }],
    })
    rig.one.always(says('the answer'))
    rig.two.always(openaiText('a copy', { usage: { input: 9, output: 80 } }))
    const asked = await rig.ask()
    assert.equal((await copyOf(rig, asked.id)).costNanos, 809_000n)
    const next = await rig.ask()
    assert.equal(next.status, 402)
  })
})
