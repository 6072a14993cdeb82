import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import { Stop } from '../core/stop.ts'
import { allowanceOf, askOf, holdOrNot, type LedgerRig, ledgerRig, type Member } from '../testing/ledger-rig.ts'
import { Held } from './held.ts'
import type { Ask, Hold } from './ledger.ts'

const first = ({ members }: LedgerRig): Member => members[0] as Member
const never = new Stop()

const held = async (member: Member, asks: readonly Ask[]): Promise<Hold> => {
  const hold = await member.ledger.hold(asks, new Stop())
  assert.ok(hold)
  return hold
}

const refused = async (member: Member, asks: readonly Ask[]): Promise<GatewayError> => {
  try {
    await member.ledger.hold(asks, new Stop())
  } catch (thrown) {
    assert.ok(thrown instanceof GatewayError, `${thrown}`)
    return thrown
  }
  throw new assert.AssertionError({ message: 'it was not refused' })
}

const budget = allowanceOf()

describe('holding and settling', () => {
  it('is immediate once a slice is here, and books what was used', async () => {
    const rig = ledgerRig(1)
    const { ledger } = first(rig)
    const opening = ledger.hold([askOf(budget, 2n)], never)
    assert.ok(opening instanceof Promise)
    const one = await opening
    const two = ledger.hold([askOf(budget, 2n)], never)
    assert.ok(two instanceof Held)
    assert.equal(ledger.heldCount, 2)
    one.settle([1n])
    two.release()
    assert.equal(ledger.heldCount, 0)
    await ledger.close()
    const standing = await rig.standing(budget)
    assert.deepEqual([standing?.settled, standing?.leased], [1n, 0n])
  })

  it('works once: whatever comes later does nothing', async () => {
    const rig = ledgerRig(1)
    const hold = await held(first(rig), [askOf(budget, 10n)])
    hold.settle([4n])
    hold.settle([10n])
    hold.release()
    await first(rig).ledger.close()
    assert.equal((await rig.standing(budget))?.settled, 4n)
    assert.equal(first(rig).ledger.heldCount, 0)
  })

  it('books the truth when more was used than held, and counts that', async () => {
    const rig = ledgerRig(1)
    const hold = await held(first(rig), [askOf(budget, 100n)])
    hold.settle([130n])
    await first(rig).ledger.close()
    const standing = await rig.standing(budget)
    assert.deepEqual([standing?.settled, standing?.leased], [130n, 0n])
    assert.equal(first(rig).ledger.figures.overHeld, 1)
  })

  it('takes what is beyond a hold from what is free here first', async () => {
    const rig = ledgerRig(1)
    const hold = await held(first(rig), [askOf(budget, 1n)])
    hold.settle([5n])
    await first(rig).ledger.close()
    assert.equal((await rig.standing(budget))?.settled, 5n)
    assert.equal((await refused(first(rig), [askOf(budget, 1n)])).code, 'store_unavailable')
  })

  it('lets nobody in on what is left of a slice when the whole limit is used up', async () => {
    const tokens = allowanceOf({ unit: 'tokens', limit: 2_000n })
    const rig = ledgerRig(1)
    const member = first(rig)
    const hold = await held(member, [askOf(tokens, 2n)])
    hold.settle([2_500n])
    await member.ledger.flush()
    assert.equal((await refused(member, [askOf(tokens, 2n)])).code, 'rate_limited')
    await member.ledger.close()
    assert.equal((await rig.standing(tokens))?.settled, 2_500n)
  })

  it('gives a part where less is enough', async () => {
    const rig = ledgerRig(1)
    const member = first(rig)
    const most = await held(member, [askOf(budget, 70n)])
    const rest = await held(member, [askOf(budget, 50n, 10n)])
    assert.deepEqual(rest.granted, [30n])
    assert.equal((await refused(member, [askOf(budget, 50n, 10n)])).code, 'budget_exhausted')
    most.release()
    rest.release()
  })

  it('gives a part of a limit that was not leased yet without wishing for more than there is', async () => {
    const rig = ledgerRig(1)
    const hold = await held(first(rig), [askOf(budget, 500n, 1n)])
    assert.deepEqual(hold.granted, [100n])
    hold.release()
  })

  it('asks of several allowances are all met or none', async () => {
    const rig = ledgerRig(1)
    const member = first(rig)
    const requests = allowanceOf({ id: 'requests', unit: 'requests', limit: 1n })
    const hold = await held(member, [askOf(requests, 1n), askOf(budget, 60n)])
    assert.equal((await refused(member, [askOf(budget, 1n), askOf(requests, 1n)])).code, 'rate_limited')
    hold.settle([0n, 60n])
    const again = await held(member, [askOf(requests, 1n), askOf(budget, 40n)])
    again.settle([1n, 40n])
    await member.ledger.close()
    assert.equal((await rig.standing(budget))?.settled, 100n)
    assert.equal((await rig.standing(requests))?.settled, 1n)
  })

  it('calls at once are free again when they end', async () => {
    const rig = ledgerRig(1)
    const member = first(rig)
    const concurrency = allowanceOf({ id: 'at-once', unit: 'concurrency', limit: 2n })
    const ask = askOf(concurrency, 1n)
    const [one] = [await held(member, [ask]), await held(member, [ask])]
    assert.match((await refused(member, [ask])).message, /2 of 2 calls at once .* Try again when one has ended/)
    one.settle([0n])
    assert.ok(member.ledger.hold([ask], never) instanceof Held)
    assert.equal((await refused(member, [ask])).details.retryAfterMs, 1_000)
  })

  it('asking for nothing of money that costs nothing is met without a lease', async () => {
    const { ledger } = first(ledgerRig(1))
    const hold = ledger.hold([askOf(budget, 0n)], never)
    assert.ok(hold instanceof Held)
    hold.settle([0n])
    assert.equal(ledger.figures.leases, 0)
  })

  it('the same allowance twice in one go is a mistake that hurts nobody else', async () => {
    const rig = ledgerRig(1)
    const member = first(rig)
    ;(await held(member, [askOf(budget, 50n)])).release()
    assert.equal((await refused(member, [askOf(budget, 40n), askOf(budget, 40n)])).code, 'internal')
    assert.ok(await holdOrNot(member.ledger, [askOf(budget, 100n)]))
  })
})

describe('refusals', () => {
  it('of money name the budget, what was used, and when there is more', async () => {
    const rig = ledgerRig(1)
    const daily = allowanceOf({
      id: 'daily',
      limit: 1_000_000_000n,
      window: { kind: 'calendar', per: 'day', timezone: 'UTC' },
      scope: 'team:shop',
    })
    const all = await held(first(rig), [askOf(daily, 990_000_000n)])
    const error = await refused(first(rig), [askOf(daily, 20_000_000n)])
    assert.equal(error.status, 402)
    assert.deepEqual(error.details.facts, {
      limit: {
        id: 'daily',
        whose: 'tollgate',
        scope: 'team:shop',
        unit: 'usd',
        limit: '1',
        used: '0.99',
        resetsAt: '2026-11-25T00:00:00.000Z',
      },
    })
    assert.equal(
      error.message,
      'The budget "daily" of team:shop has no room: 0.99 of 1 USD per day are spent or set aside. This attempt may cost 0.02 USD. ' +
        'More is free at 2026-11-25T00:00:00.000Z. Ask for fewer output tokens or a cheaper model, or have the budget raised.',
    )
    all.release()
  })

  it('of limits say when to try again', async () => {
    const rig = ledgerRig(1)
    const rate = allowanceOf({ id: 'rate', unit: 'requests', limit: 3n, window: { kind: 'rolling', ms: 60_000 } })
    for (let count = 0; count < 3; count++) (await held(first(rig), [askOf(rate, 1n)])).settle([1n])
    const error = await refused(first(rig), [askOf(rate, 1n)])
    assert.equal(error.status, 429)
    assert.equal(error.details.retryAfterMs, 61_000)
    assert.equal(
      error.message,
      'The limit "rate" of key:web is reached: 3 of 3 requests per minute are in use. Try again in 61 s.',
    )
    assert.deepEqual(error.details.facts?.limit, {
      id: 'rate',
      whose: 'tollgate',
      scope: 'key:web',
      unit: 'requests',
      limit: 3,
      used: 3,
      resetsAt: '2026-11-24T12:01:01.000Z',
    })
    await rig.time.pass(61_000)
    assert.ok(await holdOrNot(first(rig).ledger, [askOf(rate, 1n)]))
  })

  it('are remembered, so that a crowd that is refused does not ask the store', async () => {
    const rig = ledgerRig(1)
    const { ledger } = first(rig)
    const all = await held(first(rig), [askOf(budget, 100n)])
    await refused(first(rig), [askOf(budget, 1n)])
    const { leases } = ledger.figures
    for (let count = 0; count < 1_000; count++) assert.throws(() => ledger.hold([askOf(budget, 1n)], never))
    assert.equal(ledger.figures.leases, leases)
    assert.equal((ledger.refusal([askOf(budget, 1n)]) as GatewayError).code, 'budget_exhausted')
    all.settle([99n])
    assert.equal(ledger.refusal([askOf(budget, 1n)]), undefined)
    assert.ok(ledger.hold([askOf(budget, 1n)], never) instanceof Held)
  })

  it('are forgotten when the limit is raised', async () => {
    const rig = ledgerRig(1)
    await held(first(rig), [askOf(budget, 100n)])
    await refused(first(rig), [askOf(budget, 1n)])
    assert.ok(await holdOrNot(first(rig).ledger, [askOf(allowanceOf({ limit: 101n }), 1n)]))
  })

  it('of more than the whole limit do not say to try again', async () => {
    const rate = allowanceOf({ id: 'rate', unit: 'tokens', limit: 3n, window: { kind: 'rolling', ms: 60_000 } })
    const error = await refused(first(ledgerRig(1)), [askOf(rate, 4n)])
    assert.equal(error.details.retryAfterMs, undefined)
    assert.match(error.message, /needs 4, more than is ever allowed/)
  })
})

describe('waiting', () => {
  it('ends with its signal, and leaves nothing held', async () => {
    const rig = ledgerRig(1)
    const { ledger, troubles } = first(rig)
    const gate = Promise.withResolvers<void>()
    troubles.gate = gate.promise
    const stop = new Stop()
    const waiting = ledger.hold([askOf(budget, 10n)], stop)
    const reason = new GatewayError('cancelled', 'The caller left.')
    stop.abort(reason)
    await assert.rejects(async () => waiting, reason)
    assert.throws(() => ledger.hold([askOf(budget, 10n)], stop), reason)
    gate.resolve()
    await rig.time.pass(0)
    assert.equal(ledger.heldCount, 0)
    await ledger.close()
    assert.equal((await rig.standing(budget))?.leased, 0n)
  })

  it('a thousand first calls share a handful of leases', async () => {
    const rig = ledgerRig(1)
    const { ledger } = first(rig)
    const big = allowanceOf({ limit: 1_000_000n })
    const other = allowanceOf({ id: 'other', limit: 1_000_000n, scope: 'team:shop' })
    const holds = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        holdOrNot(ledger, index % 2 === 0 ? [askOf(big, 10n)] : [askOf(other, 5n), askOf(big, 10n)]),
      ),
    )
    assert.ok(holds.every(Boolean))
    assert.ok(ledger.figures.leases <= 6, `${ledger.figures.leases} leases`)
    for (const hold of holds) hold?.release()
    await ledger.close()
    assert.equal((await rig.standing(big))?.settled, 0n)
    assert.equal((await rig.standing(big))?.leased, 0n)
  })

  it('who waits first is served first when something becomes free', async () => {
    const rig = ledgerRig(2)
    const member = first(rig)
    const all = await held(member, [askOf(budget, 100n)])
    const order: number[] = []
    const one = member.ledger.hold([askOf(budget, 60n)], new Stop())
    const two = member.ledger.hold([askOf(budget, 40n)], new Stop())
    assert.ok(one instanceof Promise && two instanceof Promise)
    one.then(() => order.push(1))
    two.then(() => order.push(2))
    await rig.time.pass(10)
    all.release()
    await rig.time.pass(0)
    assert.deepEqual(order, [1, 2])
  })
})
