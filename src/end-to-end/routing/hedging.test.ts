import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { until } from '../faults/harness.ts'
import { type RoutingRig, says, startRoutingRig } from './rig.ts'

const hedge = { after: '60ms', budget: '100%' }
const slowMs = 2_000

const outcomesOf = async ({ gateway }: RoutingRig, id: string) => {
  const record = await gateway.recordOf(id)
  return record.attempts.map(({ target, ordinal, outcome, hedge: isHedge }) => ({ target, ordinal, outcome, isHedge }))
}

for (const stream of [false, true])
  describe(`a target whose first words are late, ${stream ? 'in a stream' : 'in a whole answer'}`, () => {
    test('loses against the second, which is asked meanwhile; both leave a line and a bill', async () => {
      await using rig = await startRoutingRig({ hedge })
      rig.one.always(says('slow', slowMs))
      rig.two.always(says('quick'))
      const asked = await rig.ask({ stream })
      assert.equal(asked.status, 200)
      assert.match(asked.text, /quick/)
      assert.equal(asked.headers.get('x-tollgate-target'), 'two/m')
      assert.equal(asked.headers.get('x-tollgate-attempts'), '2')
      assert.deepEqual(await outcomesOf(rig, asked.id), [
        { target: 'one/m', ordinal: 1, outcome: 'cancelled', isHedge: undefined },
        { target: 'two/m', ordinal: 2, outcome: 'ok', isHedge: true },
      ])
      const record = await rig.gateway.recordOf(asked.id)
      assert.equal(record.notes.hedge, 'won')
      const [lost, won] = record.attempts
      assert.ok((lost?.costNanos ?? 0n) > 0n && (won?.costNanos ?? 0n) > 0n)
      assert.equal(record.costNanos, (lost?.costNanos ?? 0n) + (won?.costNanos ?? 0n))
      await until(() => rig.one.openSockets() === 0, 'the one that lost is hung up on')
    })

    test('wins when it begins before the second does, which is stopped and billed', async () => {
      await using rig = await startRoutingRig({ hedge })
      rig.one.always(says('first', 150))
      rig.two.always(says('second', slowMs))
      const asked = await rig.ask({ stream })
      assert.match(asked.text, /first/)
      assert.equal(asked.headers.get('x-tollgate-target'), 'one/m')
      assert.deepEqual(await outcomesOf(rig, asked.id), [
        { target: 'two/m', ordinal: 2, outcome: 'cancelled', isHedge: true },
        { target: 'one/m', ordinal: 1, outcome: 'ok', isHedge: undefined },
      ])
      const record = await rig.gateway.recordOf(asked.id)
      assert.equal(record.notes.hedge, 'lost')
      assert.equal(record.target, 'one/m')
      assert.equal(record.usage, record.attempts[1]?.usage)
      assert.ok((record.attempts[0]?.costNanos ?? 0n) > 0n)
    })
  })

describe('a second question', () => {
  test('is not asked when the first answers in time', async () => {
    await using rig = await startRoutingRig({ hedge })
    rig.one.always(says('quick'))
    const asked = await rig.ask()
    assert.equal((await outcomesOf(rig, asked.id)).length, 1)
    assert.equal(rig.two.journal.length, 0)
  })

  test('goes to the same target where there is no other', async () => {
    await using rig = await startRoutingRig({ hedge, targets: ['one/m'] })
    rig.one.script(says('slow', slowMs), says('quick'))
    assert.match((await rig.ask()).text, /quick/)
    assert.equal(rig.one.journal.length, 2)
  })

  test('goes to the same target for a caller that wants no other', async () => {
    await using rig = await startRoutingRig({ hedge })
    rig.one.script(says('slow', slowMs), says('quick'))
    assert.match((await rig.ask({}, { 'x-tollgate-no-fallback': 'true' })).text, /quick/)
    assert.equal(rig.two.journal.length, 0)
  })

  test('is not asked of what is kept by the provider: it would be kept twice', async () => {
    await using rig = await startRoutingRig({ hedge })
    rig.one.always(says('once', 200))
    const asked = await rig.ask({ store: true })
    assert.match(asked.text, /once/)
    assert.equal(rig.two.journal.length, 0)
  })

  test('is not asked when it could not begin before the call’s time is over', async () => {
    await using rig = await startRoutingRig({ hedge: { after: '600ms', budget: '100%' } })
    rig.one.always(says('slow', 900))
    await rig.ask({}, { 'x-tollgate-timeout-ms': '1000' })
    assert.equal(rig.two.journal.length, 0)
  })

  test('is not asked beyond its share of the calls, and that is recorded', async () => {
    await using rig = await startRoutingRig({ hedge: { after: '20ms', budget: '25%' } })
    rig.one.always(says('slow', 120))
    rig.two.always(says('quick'))
    const hedges: (string | undefined)[] = []
    for (let count = 0; count < 8; count++) {
      const { id } = await rig.ask()
      hedges.push((await rig.gateway.recordOf(id)).notes.hedge)
    }
    const capped = 'capped'
    assert.deepEqual(hedges, [capped, capped, capped, 'won', capped, capped, capped, 'won'])
  })

  test('is not asked beyond the attempts that a call may make', async () => {
    await using rig = await startRoutingRig({ hedge, retry: { attempts: 1 } })
    rig.one.always(says('slow', 200))
    assert.match((await rig.ask()).text, /slow/)
    assert.equal(rig.two.journal.length, 0)
  })

  test('that fails leaves the first alone', async () => {
    await using rig = await startRoutingRig({ hedge })
    rig.one.always(says('slow', 300))
    rig.two.always({ status: 500 })
    const asked = await rig.ask()
    assert.match(asked.text, /slow/)
    assert.equal((await rig.gateway.recordOf(asked.id)).notes.hedge, 'failed')
  })

  test('answers when the first fails while both are asked', async () => {
    await using rig = await startRoutingRig({ hedge })
    rig.one.always({ status: 500, headDelayMs: 120 })
    rig.two.always(says('still here', 250))
    const asked = await rig.ask()
    assert.match(asked.text, /still here/)
    assert.equal(rig.one.journal.length, 1)
  })

  test('does not hide what the first failed of when both do', async () => {
    await using rig = await startRoutingRig({ hedge, retry: { sameTarget: 0 } })
    rig.one.always({ status: 503, headDelayMs: 120 })
    rig.two.always({ status: 500, headDelayMs: 120 })
    const asked = await rig.ask()
    assert.match(asked.text, /upstream_overloaded/)
    assert.equal(rig.two.journal.length, 1, 'a target that was asked is not asked again')
  })

  test('ends with the call: a caller that leaves stops both', async () => {
    await using rig = await startRoutingRig({ hedge })
    rig.one.always(says('slow', slowMs))
    rig.two.always(says('slow too', slowMs))
    const leaving = new AbortController()
    const asking = fetch(`http://127.0.0.1:${rig.gateway.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }] }),
      signal: leaving.signal,
    }).catch(() => undefined)
    await until(() => rig.two.journal.length === 1, 'both are asked')
    leaving.abort()
    await asking
    await until(() => rig.gateway.records.length === 1, 'the call is recorded')
    assert.deepEqual(
      rig.gateway.records[0]?.attempts.map(({ outcome }) => outcome),
      ['cancelled', 'cancelled'],
    )
    await until(() => rig.one.openSockets() + rig.two.openSockets() === 0, 'nobody is asked any more')
  })

  test('that no budget allows is not sent, and the first answers', async () => {
    // One call can cost 0.00125 USD; two of them are more than there is.
    await using rig = await startRoutingRig(
      { hedge },
      { budgets: [{ scope: 'key:anonymous', usd: 0.002, per: 'day', onShort: 'reject' }] },
    )
    rig.one.always(says('slow', 300))
    rig.two.always(says('quick'))
    const asked = await rig.ask()
    assert.match(asked.text, /slow/)
    assert.equal(rig.two.journal.length, 0)
    const record = await rig.gateway.recordOf(asked.id)
    assert.equal(record.notes.hedge, 'denied')
    assert.deepEqual(
      record.attempts.map(({ target, sent }) => [target, sent]),
      [
        ['two/m', false],
        ['one/m', true],
      ],
    )
  })
})
