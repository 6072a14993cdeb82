import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GatewayError } from '../core/errors.ts'
import { Stop } from '../core/stop.ts'
import type { Window } from '../core/window.ts'
import { allowanceOf, askOf, holdOrNot, LedgerTime, ledgerRig, type Member } from '../testing/ledger-rig.ts'

const never = new Stop()
const budget = allowanceOf()
const daily: Window = { kind: 'calendar', per: 'day', timezone: 'UTC' }

const pair = (): [ReturnType<typeof ledgerRig>, Member, Member] => {
  const rig = ledgerRig(2)
  return [rig, rig.members[0] as Member, rig.members[1] as Member]
}

describe('slices among processes', () => {
  it('what one has free is given to the other within moments', async () => {
    const [rig, one, two] = pair()
    ;(await one.ledger.hold([askOf(budget, 90n)], never)).release()
    const waiting = holdOrNot(two.ledger, [askOf(budget, 95n)])
    await rig.time.pass(50)
    assert.ok(await waiting)
  })

  it('what is idle for a second goes back by itself', async () => {
    const [rig, one] = pair()
    ;(await one.ledger.hold([askOf(budget, 90n)], never)).settle([7n])
    await rig.time.pass(1_600)
    const standing = await rig.standing(budget)
    assert.deepEqual([standing?.settled, standing?.leased], [7n, 0n])
  })

  it('what is no money stays longer with a process that is alone', async () => {
    const rig = ledgerRig(1)
    const requests = allowanceOf({ id: 'requests', unit: 'requests' })
    const { ledger } = rig.members[0] as Member
    ;(await ledger.hold([askOf(requests, 1n)], never)).settle([1n])
    await rig.time.pass(10_000)
    const standing = await rig.standing(requests)
    assert.ok(standing && standing.settled === 1n && standing.leased > 0n)
    await rig.time.pass(60_000)
    assert.equal((await rig.standing(requests))?.leased, 0n)
  })

  it('what is no money goes back in a second where others may want it', async () => {
    const [rig, one] = pair()
    const requests = allowanceOf({ id: 'requests', unit: 'requests' })
    ;(await one.ledger.hold([askOf(requests, 1n)], never)).settle([1n])
    await rig.time.pass(2_000)
    const standing = await rig.standing(requests)
    assert.deepEqual([standing?.settled, standing?.leased], [1n, 0n])
  })

  it('refuses after a tenth of a second when others use what they hold', async () => {
    const [rig, one, two] = pair()
    const hold = await one.ledger.hold([askOf(budget, 90n)], never)
    let refusedAt = 0
    const started = rig.time.now()
    const waiting = holdOrNot(two.ledger, [askOf(budget, 20n)]).then((given) => {
      refusedAt = rig.time.now() - started
      return given
    })
    await rig.time.pass(300)
    assert.equal(await waiting, undefined)
    assert.ok(refusedAt >= 100 && refusedAt <= 130, `${refusedAt} ms`)
    hold.settle([10n])
    await rig.time.pass(300)
    const again = holdOrNot(two.ledger, [askOf(budget, 20n)])
    await rig.time.pass(50)
    assert.ok(await again)
  })

  it('asks for what others have free each time, also after it was refused for something else', async () => {
    const [rig, one, two] = pair()
    const other = allowanceOf({ id: 'other', scope: 'team:shop' })
    const all = await one.ledger.hold([askOf(budget, 100n)], never)
    const whole = await one.ledger.hold([askOf(other, 100n)], never)
    const both = holdOrNot(two.ledger, [askOf(budget, 10n), askOf(other, 10n)])
    await rig.time.pass(40)
    all.release()
    await rig.time.pass(500)
    assert.equal(await both, undefined)
    whole.release()
    const again = one.ledger.hold([askOf(budget, 90n)], never)
    await rig.time.pass(50)
    ;(await again).release()
    const asked = holdOrNot(two.ledger, [askOf(budget, 50n)])
    await rig.time.pass(50)
    assert.ok(await asked)
  })

  it('money of a process that was taken for dead is lost until it is booked', async () => {
    const [rig, one, two] = pair()
    const hold = await one.ledger.hold([askOf(budget, 20n)], never)
    one.store.fence()
    const lost = await rig.standing(budget)
    assert.ok(lost && lost.lost >= 20n && lost.leased === 0n)
    await rig.time.pass(50)
    assert.equal((await rig.standing(budget))?.lost, 20n)
    hold.settle([5n])
    const again = await one.ledger.hold([askOf(budget, 80n)], never)
    await rig.time.pass(250)
    const standing = await rig.standing(budget)
    assert.deepEqual([standing?.settled, standing?.lost], [5n, 0n])
    again.release()
    await one.ledger.close()
    await two.ledger.close()
    assert.equal((await rig.standing(budget))?.leased, 0n)
  })
})

describe('periods', () => {
  it('what was held before midnight is booked before midnight, and the new day begins at nothing', async () => {
    const rig = ledgerRig(1, new LedgerTime(Date.parse('2026-11-24T23:59:59.500Z')))
    const { ledger } = rig.members[0] as Member
    const day = allowanceOf({ window: daily })
    const late = await ledger.hold([askOf(day, 100n)], never)
    assert.equal(await holdOrNot(ledger, [askOf(day, 1n)]), undefined)
    await rig.time.pass(1_000)
    const early = await ledger.hold([askOf(day, 100n)], never)
    late.settle([60n])
    early.settle([30n])
    await rig.time.pass(250)
    const standing = await rig.standing(day)
    assert.deepEqual([standing?.settled, standing?.lost], [30n, 0n])
    await ledger.close()
    assert.equal((await rig.standing(day))?.leased, 0n)
  })

  for (const count of [1, 2])
    it(`a rate of ${count} is never above its limit in any stretch, and nearly all of it can be used`, async () => {
      const rig = ledgerRig(count)
      const rate = allowanceOf({ id: 'rate', unit: 'requests', limit: 100n, window: { kind: 'rolling', ms: 6_000 } })
      const granted: number[] = []
      const waiting = new Set<Member>()
      const visit = async (member: Member): Promise<void> => {
        waiting.add(member)
        const hold = await holdOrNot(member.ledger, [askOf(rate, 1n)])
        waiting.delete(member)
        if (!hold) return
        granted.push(rig.time.now())
        hold.settle([1n])
      }
      for (let turn = 0; turn < 3_000; turn++) {
        await rig.time.pass(20)
        for (const member of rig.members) if (!waiting.has(member)) visit(member)
      }
      for (const at of granted) {
        const inside = granted.filter((other) => other > at - 6_000 && other <= at)
        assert.ok(inside.length <= 100, `${inside.length} in one stretch`)
      }
      assert.ok(granted.length >= 970, `${granted.length} of 1,000`)
    })

  it('an answer that comes after its period ended still serves whoever had asked before', async () => {
    const rig = ledgerRig(1)
    const { ledger, troubles } = rig.members[0] as Member
    const rate = allowanceOf({ id: 'rate', unit: 'requests', window: { kind: 'rolling', ms: 600 } })
    const gate = Promise.withResolvers<void>()
    const { lease } = troubles.ledger
    troubles.ledger.lease = async (wants) => {
      const answer = await lease(wants)
      await gate.promise
      return answer
    }
    const waiting = ledger.hold([askOf(rate, 1n)], never)
    await rig.time.pass(100)
    gate.resolve()
    await rig.time.pass(0)
    ;(await waiting).settle([1n])
    assert.equal(ledger.figures.leases, 1)
  })

  it('a clock that is ahead of the store is corrected by what the store says', async () => {
    const time = new LedgerTime()
    const rig = ledgerRig(1, time)
    const { ledger, troubles } = rig.members[0] as Member
    const rate = allowanceOf({ id: 'rate', unit: 'requests', window: { kind: 'rolling', ms: 6_000 } })
    const { lease } = troubles.ledger
    // The store is an hour behind.
    troubles.ledger.lease = async (wants) => {
      const answer = await lease(wants)
      if (!answer.ok) return answer
      return {
        ok: true,
        slices: answer.slices.map((slice) => ({ ...slice, start: slice.start - 3.6e6, end: slice.end - 3.6e6 })),
      }
    }
    ;(await ledger.hold([askOf(rate, 1n)], never)).settle([1n])
    ;(await ledger.hold([askOf(rate, 1n)], never)).settle([1n])
    assert.equal(ledger.figures.leases, 1)
  })
})

describe('changed allowances', () => {
  it('a lowered limit is in force at once', async () => {
    const [rig, one] = pair()
    ;(await one.ledger.hold([askOf(budget, 90n)], never)).settle([40n])
    const lower = allowanceOf({ limit: 50n })
    const waiting = holdOrNot(one.ledger, [askOf(lower, 11n)])
    await rig.time.pass(300)
    assert.equal(await waiting, undefined)
    assert.ok(await holdOrNot(one.ledger, [askOf(lower, 10n)]))
  })

  it('another window begins with what the store counts in it', async () => {
    const rig = ledgerRig(1)
    const { ledger } = rig.members[0] as Member
    ;(await ledger.hold([askOf(budget, 90n)], never)).settle([90n])
    const day = allowanceOf({ window: daily })
    assert.ok(await holdOrNot(ledger, [askOf(day, 100n)]))
  })
})

describe('what stays in memory', () => {
  it('is nothing, once nobody asks any more', async () => {
    const rig = ledgerRig(2)
    const { ledger } = rig.members[0] as Member
    const sessions = allowanceOf({ id: 'sessions', scope: 'session:*' })
    for (let count = 0; count < 50; count++) {
      const ask = { ...askOf(sessions, 2n), subject: `session:${count}` } as const
      ;(await ledger.hold([ask], never)).settle([1n])
    }
    assert.equal(ledger.figures.purses, 50)
    await rig.time.pass(8_000)
    assert.equal(ledger.figures.purses, 0)
  })

  it('is no listener of a call that was let in', async () => {
    const rig = ledgerRig(1)
    const { ledger } = rig.members[0] as Member
    let listeners = 0
    const signal = {
      aborted: false,
      reason: undefined,
      addEventListener: () => listeners++,
      removeEventListener: () => listeners--,
    }
    const waiting = ledger.hold([askOf(budget, 1n)], signal)
    assert.equal(listeners, 1)
    await waiting
    assert.equal(listeners, 0)
  })

  it('is no refusal that something given back has made wrong', async () => {
    const rig = ledgerRig(1)
    const { ledger } = rig.members[0] as Member
    const hold = await ledger.hold([askOf(budget, 100n)], never)
    const lower = allowanceOf({ limit: 90n })
    assert.equal(await holdOrNot(ledger, [askOf(lower, 50n)]), undefined)
    hold.settle([10n])
    assert.ok(await holdOrNot(ledger, [askOf(lower, 50n)]))
  })
})

describe('a store that fails', () => {
  it('closes budgets and opens limits, and is asked again after a second', async () => {
    const rig = ledgerRig(1)
    const { ledger, troubles } = rig.members[0] as Member
    const requests = allowanceOf({ id: 'requests', unit: 'requests', limit: 5n })
    troubles.leaseFails = new Error('The disk is gone.')
    await assert.rejects(async () => ledger.hold([askOf(budget, 1n)], never), { code: 'store_unavailable' })
    assert.throws(() => ledger.hold([askOf(budget, 1n)], never), { code: 'store_unavailable' })
    assert.equal((ledger.refusal([askOf(budget, 1n)]) as GatewayError).code, 'store_unavailable')
    const open = ledger.hold([askOf(requests, 1n)], never)
    assert.ok(!(open instanceof Promise))
    open.settle([1n])
    assert.equal(ledger.figures.failedOpen, 1)
    troubles.leaseFails = undefined
    await rig.time.pass(1_001)
    assert.equal(ledger.refusal([askOf(budget, 1n)]), undefined)
    ;(await ledger.hold([askOf(budget, 1n)], never)).release()
    ;(await ledger.hold([askOf(requests, 1n)], never)).release()
    await ledger.close()
    assert.equal((await rig.standing(requests))?.settled, 1n)
  })

  it('leaves what is leased to be spent to its end', async () => {
    const rig = ledgerRig(1)
    const { ledger, troubles } = rig.members[0] as Member
    ;(await ledger.hold([askOf(budget, 50n)], never)).release()
    troubles.leaseFails = new Error('The disk is gone.')
    ;(await ledger.hold([askOf(budget, 30n)], never)).settle([30n])
    const part = await ledger.hold([askOf(budget, 30n, 10n)], never)
    assert.deepEqual(part.granted, [20n])
    part.settle([20n])
    assert.equal((await failure(ledger.hold.bind(ledger))).code, 'store_unavailable')
  })

  it('that does not answer counts as failing', async () => {
    const rig = ledgerRig(1)
    const { ledger, troubles } = rig.members[0] as Member
    const gate = Promise.withResolvers<void>()
    troubles.gate = gate.promise
    const waiting = failure(ledger.hold.bind(ledger))
    await rig.time.pass(5_000)
    assert.equal((await waiting).code, 'store_unavailable')
    gate.resolve()
    await rig.time.pass(1_100)
    assert.ok(await holdOrNot(ledger, [askOf(budget, 100n)]))
  })
})

const failure = async (
  hold: (asks: readonly ReturnType<typeof askOf>[], signal: Stop) => unknown,
): Promise<GatewayError> => {
  try {
    await hold([askOf(budget, 1n)], never)
  } catch (thrown) {
    return thrown as GatewayError
  }
  throw new assert.AssertionError({ message: 'it did not fail' })
}
