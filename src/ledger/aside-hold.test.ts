import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Allowance } from '../core/allowance.ts'
import { smaller } from '../core/amounts.ts'
import { Aside } from '../core/aside.ts'
import { GatewayError } from '../core/errors.ts'
import { Stop } from '../core/stop.ts'
import { PlainLedger } from '../testing/plain-ledger.ts'
import { holdBeside } from './aside-hold.ts'
import type { Ask, Hold } from './ledger.ts'

const budget = (id: string, limit: bigint): Allowance => ({
  id,
  unit: 'nanos',
  limit,
  window: { kind: 'total' },
  scope: 'key:web',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [],
})

const [wide, narrow] = [budget('wide', 100n), budget('narrow', 50n)]
const ask = (allowance: Allowance, least: bigint, wish: bigint): Ask => ({ allowance, subject: 'key:web', least, wish })
const asideOf = (amount: bigint): Aside => new Aside([{ slice: 1, allowance: 'wide', subject: 'key:web', amount }])

/** A hold that is there at once. */
const holdNow = (aside: Aside, ledger: PlainLedger, ...asks: readonly Ask[]): Hold => {
  const hold = holdBeside(aside, (missing) => ledger.hold(missing))(asks, new Stop())
  assert.ok(!(hold instanceof Promise))
  return hold
}

const viewOf = (ledger: PlainLedger, allowance: Allowance) => ledger.view(allowance, 'key:web')?.used ?? 0n

describe('a call for which money was set aside', () => {
  it('asks the ledger for nothing while that suffices', () => {
    const ledger = new PlainLedger()
    const aside = asideOf(40n)
    const hold = holdNow(aside, ledger, ask(wide, 5n, 30n))
    assert.deepEqual(hold.granted, [30n])
    assert.equal(ledger.heldCount, 0)
    hold.settle([12n])
    hold.settle([30n])
    assert.equal(viewOf(ledger, wide), 0n)
    assert.deepEqual(holdNow(aside, ledger, ask(wide, 28n, 28n)).granted, [28n])
    assert.deepEqual(aside.close(), [{ slice: 1, used: 40n }])
  })

  it('asks the ledger for what is missing, and for budgets that came later', () => {
    const ledger = new PlainLedger()
    const aside = asideOf(40n)
    const hold = holdNow(aside, ledger, ask(wide, 50n, 60n), ask(narrow, 10n, 10n))
    assert.deepEqual(hold.granted, [60n, 10n])
    assert.deepEqual([viewOf(ledger, wide), viewOf(ledger, narrow)], [20n, 10n])
    hold.settle([45n, 7n])
    assert.deepEqual([viewOf(ledger, wide), viewOf(ledger, narrow)], [5n, 7n])
    assert.deepEqual(aside.close(), [{ slice: 1, used: 40n }])
  })

  it('is not refused for what it would like beyond that', () => {
    const ledger = new PlainLedger()
    holdNow(asideOf(0n), ledger, ask(wide, 100n, 100n))
    const aside = asideOf(40n)
    const fails = holdBeside(aside, () => {
      throw new GatewayError('store_unavailable', 'It is gone.')
    })([ask(wide, 40n, 60n)], new Stop())
    assert.ok(!(fails instanceof Promise))
    assert.deepEqual(fails.granted, [40n])
    fails.release()
    assert.deepEqual(aside.close(), [{ slice: 1, used: 0n }])
  })

  it('is refused for what it needs beyond that, and holds nothing then', async () => {
    for (const isLater of [false, true]) {
      const ledger = new PlainLedger()
      holdNow(asideOf(0n), ledger, ask(wide, 100n, 100n))
      if (isLater) ledger.waits = async () => undefined
      const aside = asideOf(40n)
      const asked = async () => holdBeside(aside, (missing) => ledger.hold(missing))([ask(wide, 41n, 60n)], new Stop())
      await assert.rejects(asked, { code: 'budget_exhausted' })
      assert.deepEqual(aside.close(), [{ slice: 1, used: 0n }])
    }
  })

  it('has what it still holds counted as used when it is over, and what comes later does nothing', () => {
    const ledger = new PlainLedger()
    const aside = asideOf(40n)
    const late = holdNow(aside, ledger, ask(wide, 10n, 10n))
    holdNow(aside, ledger, ask(wide, 10n, 10n)).settle([3n])
    assert.deepEqual(aside.close(), [{ slice: 1, used: 13n }])
    late.release()
    assert.deepEqual(aside.close(), [{ slice: 1, used: 13n }])
    assert.equal(aside.take('wide', 'key:web', 1n), 0n)
  })

  it('spends, with the ledger, neither more nor less than it used, whatever is held at once', () => {
    const attempt = fc.record({ wish: fc.nat(40), used: fc.nat(40), endsAfter: fc.nat(3) })
    fc.assert(
      fc.property(fc.nat(60), fc.array(attempt, { maxLength: 12 }), (amount, attempts) => {
        const ledger = new PlainLedger()
        const huge = { ...wide, limit: 1_000_000n }
        const aside = asideOf(BigInt(amount))
        const open: { readonly hold: Hold; readonly used: bigint; readonly until: number }[] = []
        let used = 0n
        const endAt = (time: number): void => {
          for (const each of open.splice(0)) {
            if (each.until > time) open.push(each)
            else each.hold.settle([each.used])
          }
        }
        for (const [time, each] of attempts.entries()) {
          const wish = BigInt(each.wish)
          const hold = holdNow(aside, ledger, ask(huge, 0n, wish))
          assert.deepEqual(hold.granted, [wish])
          const own = smaller(BigInt(each.used), wish)
          used += own
          open.push({ hold, used: own, until: time + each.endsAfter })
          endAt(time)
        }
        endAt(Number.POSITIVE_INFINITY)
        const [{ used: fromAside } = { used: 0n }] = aside.close()
        assert.ok(fromAside <= BigInt(amount))
        assert.equal(fromAside + viewOf(ledger, huge), used)
        assert.equal(ledger.heldCount, 0)
      }),
    )
  })
})
