import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import type { CallRecord } from '../core/record.ts'
import { createFlightRig, type Leg, type Rider, readAll, settle } from '../testing/flight-rig.ts'
import { PlainLedger, plainAllowance, plainMatch } from '../testing/plain-ledger.ts'
import { limit } from './limit.ts'

const gone = new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })
const late = new GatewayError('deadline_exceeded', 'Too late.', { outcome: 'cancelled' })
const failed = new GatewayError('upstream_failed', 'It failed.', { outcome: 'server' })
const poor = new GatewayError('budget_exhausted', 'No money.')
const rejected = new GatewayError('upstream_rejected', 'No.', { outcome: 'caller' })

const legAt = (legs: readonly Leg[], at: number): Leg => {
  const leg = legs[at]
  assert.ok(leg, `there is a leg ${at}`)
  return leg
}

const codeOf = (rider: Rider): Promise<string> =>
  rider.answer.then(
    () => 'answered',
    (error: GatewayError) => error.code,
  )

const costs = (records: readonly CallRecord[]): readonly (bigint | undefined)[] =>
  records.map(({ costNanos }) => costNanos)

describe('who leads', () => {
  test('keeps for itself what was cut to its own budget: the others ask again, together', async () => {
    const { ask, legs, records } = createFlightRig()
    const riders = [ask(), ask(), ask()]
    legAt(legs, 0).call.notes.shortened = true
    legAt(legs, 0).begin()
    await settle()
    assert.equal(legs.length, 2)
    assert.equal(ask().call.account.attempts.length, 0)
    assert.equal(legs.length, 2, 'who comes later joins them')
    for (const leg of legs) leg.end()
    legAt(legs, 1).begin()
    for (const { answer } of riders) await readAll(await answer)
    assert.deepEqual(
      costs(records),
      [1n, 1n, 0n].toSorted((one, other) => Number(other - one)),
    )
  })

  test('sees its attempts before the end is told to anybody, and pays for all', async () => {
    const seen: unknown[] = []
    const { ask, legs } = createFlightRig({
      outer: [
        (next) => async (call) =>
          (await next(call)).watch({ done: () => seen.push(call.account.attempts.map(({ outcome }) => outcome)) }),
      ],
    })
    const [leader, follower] = [ask(), ask()]
    legAt(legs, 0).begin()
    const answer = await leader.answer
    assert.deepEqual(leader.call.account.attempts, [legAt(legs, 0).line])
    legAt(legs, 0).end()
    await readAll(await follower.answer)
    await readAll(answer)
    assert.deepEqual(seen, [[], ['ok']])
  })

  test('may go before the answer begins: it is asked on, and told of in a record of its own', async () => {
    const { ask, legs, records } = createFlightRig()
    const [leader, follower] = [ask({ call: { caller: { key: 'payer', team: 'a' } } }), ask()]
    leader.stop(gone)
    assert.equal(await codeOf(leader), 'cancelled')
    assert.equal(legAt(legs, 0).stopped, undefined)
    assert.deepEqual(
      records.map(({ attempts }) => attempts),
      [[]],
    )
    assert.equal(leader.call.account.handedOver, true)
    legAt(legs, 0).begin()
    legAt(legs, 0).end()
    assert.deepEqual((await readAll(await follower.answer)).pieces, ['0 .'])
    await settle()
    assert.deepEqual(
      records.map(({ caller, notes, outcome, costNanos }) => [caller.key, notes.purpose, outcome, costNanos]),
      [
        ['payer', undefined, 'cancelled', 0n],
        ['web', undefined, 'ok', 0n],
        ['payer', 'flight', 'ok', 1n],
      ],
    )
    const flight = records.at(-1)
    assert.equal(flight?.notes.parent, leader.call.id)
    assert.notEqual(flight?.id, leader.call.id)
    assert.deepEqual(flight?.finishes, ['stop'])
    assert.equal(flight?.target, 'up/m')
  })

  test('may go after it, and the same holds', async () => {
    const { ask, legs, records } = createFlightRig()
    const [leader, follower] = [ask(), ask()]
    legAt(legs, 0).begin()
    legAt(legs, 0).put('Hello')
    await (await leader.answer).pull()
    leader.stop(late)
    assert.deepEqual(records[0]?.attempts, [])
    assert.equal(records[0]?.error, 'deadline_exceeded')
    assert.equal(legAt(legs, 0).stopped, undefined)
    legAt(legs, 0).end()
    assert.deepEqual((await readAll(await follower.answer)).pieces, ['0 Hello', '1 .'])
    await settle()
    assert.deepEqual(costs(records), [0n, 0n, 2n])
    assert.equal(follower.call.notes.cache?.savedNanos, 2n)
  })

  test('stops the upstream at once when it is alone, and has its attempts closed before it is told', async () => {
    const { ask, legs, records } = createFlightRig()
    const early = ask()
    early.stop(gone)
    assert.equal(legAt(legs, 0).stopped, gone)
    assert.equal(await codeOf(early), 'cancelled')
    const begun = ask()
    legAt(legs, 1).begin()
    legAt(legs, 1).put('Hello')
    await (await begun.answer).pull()
    begun.stop(gone)
    assert.equal(legAt(legs, 1).stopped, gone)
    assert.deepEqual(costs(records), [0n, 1n])
    assert.deepEqual(
      records.map(({ attempts }) => attempts[0]?.outcome),
      ['cancelled', 'cancelled'],
    )
    await assert.rejects(async () => (await begun.answer).pull(), { code: 'cancelled' })
  })

  test('keeps what was over when it goes', async () => {
    const { ask, legs, records } = createFlightRig()
    const [leader, follower] = [ask(), ask()]
    legAt(legs, 0).begin()
    legAt(legs, 0).end()
    await readAll(await follower.answer)
    leader.stop(gone)
    await settle()
    assert.deepEqual(costs(records), [0n, 1n])
    assert.equal(records[1]?.outcome, 'cancelled')
  })
})

describe('limits of tokens', () => {
  test('count what the leader used, its estimate where it went, and nothing for the others', async () => {
    for (const goes of [false, true]) {
      const tokens = plainAllowance({ id: 'tokens', unit: 'tokens', limit: 100_000n, scope: 'key:web' })
      const requests = plainAllowance({ id: 'requests', unit: 'requests', limit: 100n, scope: 'key:web' })
      const ledger = new PlainLedger()
      const match = plainMatch([tokens, requests])
      const { ask, legs } = createFlightRig({ outer: [limit({ ledger, match: () => match })] })
      const [leader, ...others] = [ask(), ask(), ask()]
      legAt(legs, 0).begin()
      const answer = await leader.answer
      if (goes) leader.stop(gone)
      legAt(legs, 0).end()
      for (const other of others) await readAll(await other.answer)
      if (!goes) await readAll(answer)
      const used = ledger.settled(tokens, 'key:web')
      // Three tokens read and one written; or the thousand that are usual.
      assert.ok(goes ? used > 1_000n : used === 4n, `${used} tokens`)
      assert.deepEqual([ledger.settled(requests, 'key:web'), ledger.heldCount], [3n, 0])
    }
  })
})

describe('the last who waits', () => {
  test('takes the upstream with it, before the answer and after it', async () => {
    for (const isBegun of [false, true]) {
      const { ask, legs, records } = createFlightRig()
      const riders = [ask(), ask(), ask()]
      if (isBegun) {
        legAt(legs, 0).begin()
        await Promise.all(riders.map(({ answer }) => answer))
      }
      for (const rider of riders.slice(0, 2)) rider.stop(gone)
      assert.equal(legAt(legs, 0).stopped, undefined)
      riders[2]?.stop(gone)
      assert.equal(legAt(legs, 0).stopped, gone)
      await settle()
      assert.equal(records.length, 4)
      assert.deepEqual(
        records.filter(({ attempts }) => attempts.length > 0).map(({ notes }) => notes.purpose),
        ['flight'],
      )
      ask()
      assert.equal(legs.length, 2, 'who comes later asks anew')
    }
  })

  test('frees a read that waits, at once', async () => {
    const { ask, legs } = createFlightRig()
    const [leader, follower] = [ask(), ask()]
    legAt(legs, 0).begin()
    const reads = [(await leader.answer).pull(), (await follower.answer).pull()]
    follower.stop(late)
    await assert.rejects(async () => reads[1], { code: 'deadline_exceeded' })
    legAt(legs, 0).end()
    assert.ok(await reads[0])
  })
})

describe('a failure before the first word', () => {
  test('that is the leader’s own leaves the others to ask for themselves, once for all of them', async () => {
    const { ask, legs, records } = createFlightRig()
    const riders = [ask(), ask(), ask()]
    legAt(legs, 0).refuse(poor)
    await settle()
    assert.equal(await codeOf(riders[0] as Rider), 'budget_exhausted')
    assert.equal(legs.length, 2)
    legAt(legs, 1).refuse(late)
    await settle()
    assert.equal(legs.length, 3)
    legAt(legs, 2).begin()
    legAt(legs, 2).end()
    assert.deepEqual((await readAll(await (riders[2] as Rider).answer)).pieces, ['0 .'])
    assert.deepEqual(
      records.map(({ attempts }) => attempts.length),
      [1, 1, 1],
    )
    assert.equal((riders[2] as Rider).call.notes.cache, undefined)
  })

  test('that is a verdict on the question is told to all', async () => {
    const { ask, legs, records } = createFlightRig()
    const riders = [ask(), ask(), ask()]
    legAt(legs, 0).refuse(rejected)
    for (const rider of riders) assert.equal(await codeOf(rider), 'upstream_rejected')
    assert.equal(legs.length, 1)
    assert.deepEqual(records.map(({ attempts }) => attempts.length).toSorted(), [0, 0, 1])
    ask()
    assert.equal(legs.length, 2)
  })

  test('of the upstream is tried once more by another one, and then told to all', async () => {
    const { ask, legs, records } = createFlightRig()
    const riders = Array.from({ length: 500 }, () => ask())
    legAt(legs, 0).refuse(failed)
    await settle()
    assert.equal(legs.length, 2)
    legAt(legs, 1).refuse(failed)
    for (const rider of riders) assert.equal(await codeOf(rider), 'upstream_failed')
    assert.equal(legs.length, 2)
    assert.equal(records.length, 500)
  })

  test('when the leader is gone is told of in a record of its own', async () => {
    const { ask, legs, records } = createFlightRig()
    const [leader, follower] = [ask(), ask()]
    leader.stop(gone)
    legAt(legs, 0).refuse(failed)
    await settle()
    assert.equal(legs.length, 2)
    legAt(legs, 1).begin()
    legAt(legs, 1).end()
    await readAll(await follower.answer)
    await settle()
    assert.deepEqual(
      records.map(({ notes, outcome, attempts }) => [notes.purpose, outcome, attempts.length]),
      [
        [undefined, 'cancelled', 0],
        ['flight', 'error', 1],
        [undefined, 'ok', 1],
      ],
    )
  })
})

describe('a failure after the first word', () => {
  test('is told to everybody behind what came before it', async () => {
    const { ask, legs, records } = createFlightRig()
    const riders = [ask(), ask()]
    legAt(legs, 0).begin()
    legAt(legs, 0).put('Hello')
    const answers = await Promise.all(riders.map(({ answer }) => answer))
    legAt(legs, 0).fail(failed)
    for (const answer of answers) {
      assert.ok(await answer.pull())
      await assert.rejects(async () => answer.pull(), { code: 'upstream_failed' })
    }
    assert.ok(records.every(({ outcome }) => outcome === 'error'))
    assert.equal(legAt(legs, 0).call.signal.aborted, false, 'what is over is not stopped')
    assert.deepEqual(costs(records), [1n, 0n])
    assert.equal(legs.length, 1)
  })
})
