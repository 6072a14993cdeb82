import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Allowance } from '../core/allowance.ts'
import { Stop } from '../core/stop.ts'
import { countsFrom, periodAt } from '../core/window.ts'
import { allowanceOf, askOf, type LedgerRig, LedgerTime, ledgerRig, type Member } from '../testing/ledger-rig.ts'
import type { Ask, Hold } from './ledger.ts'

/** Whole budgets and limits as everybody understands them: what was used, what is held, and no more than the limit. */
class Reference {
  readonly granted: { readonly allowance: Allowance; readonly at: number; amount: bigint; isHeld: boolean }[] = []

  grant({ allowance }: Ask, amount: bigint, at: number) {
    const entry = { allowance, at, amount, isHeld: true }
    this.granted.push(entry)
    return entry
  }

  /** Held and used of an allowance within its window at this moment. */
  used({ id, window, unit }: Allowance, at: number): bigint {
    const isCounted = (other: number): boolean =>
      window.kind === 'rolling' ? other > at - window.ms : periodAt(window, other).start === periodAt(window, at).start
    return this.granted
      .filter((entry) => entry.allowance.id === id && isCounted(entry.at) && (unit !== 'concurrency' || entry.isHeld))
      .reduce((sum, { amount }) => sum + amount, 0n)
  }

  /** The same by slots: of a rolling window the oldest counts whole. Nothing was added since this moment. */
  counted({ id, window, unit }: Allowance, at: number): bigint {
    const oldest = countsFrom(window, at)
    return this.granted
      .filter((entry) => entry.allowance.id === id && entry.at >= oldest && (unit !== 'concurrency' || entry.isHeld))
      .reduce((sum, { amount }) => sum + amount, 0n)
  }
}

const allowances = [
  allowanceOf({ id: 'total' }),
  allowanceOf({ id: 'daily', window: { kind: 'calendar', per: 'day', timezone: 'Europe/Berlin' }, scope: 'team:shop' }),
  allowanceOf({ id: 'rolling', window: { kind: 'rolling', ms: 60_000 }, scope: 'org:acme' }),
  allowanceOf({ id: 'at-once', unit: 'concurrency', limit: 7n, scope: 'user:ann' }),
] as const

type Step =
  | {
      readonly kind: 'hold'
      readonly who: number
      readonly of: readonly number[]
      readonly least: number
      readonly more: number
    }
  | { readonly kind: 'settle'; readonly which: number; readonly percent: number }
  | { readonly kind: 'leave'; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'fence'; readonly who: number }
  | { readonly kind: 'limit'; readonly of: number; readonly limit: number }
  | { readonly kind: 'disk'; readonly who: number; readonly isFull: boolean }

const who = fc.nat({ max: 2 })
const of = fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 })
const holdStep = fc.record({
  kind: fc.constant('hold'),
  who,
  of,
  least: fc.integer({ min: 1, max: 30 }),
  more: fc.nat({ max: 20 }),
})
const settleStep = fc.record({ kind: fc.constant('settle'), which: fc.nat(), percent: fc.nat({ max: 100 }) })
const passStep = fc.record({
  kind: fc.constant('pass'),
  ms: fc.constantFrom(1, 15, 40, 120, 400, 1_500, 10_000, 43_200_000),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: holdStep },
  { weight: 6, arbitrary: settleStep },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave'), which: fc.nat() }) },
  { weight: 4, arbitrary: passStep },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fence'), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('limit'),
      of: fc.nat({ max: 3 }),
      limit: fc.integer({ min: 1, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disk'), who, isFull: fc.boolean() }) },
)

interface Open {
  readonly hold: Hold
  readonly who: number
  readonly entries: readonly { amount: bigint; isHeld: boolean; readonly allowance: Allowance }[]
}

/** A walk of several ledgers over one memory, and what must be true at every step of it. */
class Walk {
  readonly rig: LedgerRig
  readonly reference = new Reference()
  readonly open: Open[] = []
  readonly waiting: { readonly stop: Stop; isOver: boolean }[] = []
  denied = 0
  /** What was found wrong when a hold was given. */
  readonly #failures: unknown[] = []
  readonly #allowances: Allowance[] = [...allowances]
  /** The highest limit that was in force for anybody who may still be waiting. */
  readonly #highest = new Map(allowances.map(({ id, limit }) => [id, limit]))

  constructor(scale: bigint) {
    this.rig = ledgerRig(3, new LedgerTime(Date.parse('2026-10-24T21:59:00Z')))
    for (const index of this.#allowances.keys()) this.#limit(index, (allowances[index] as Allowance).limit * scale)
  }

  #limit(index: number, limit: bigint): void {
    const before = this.#allowances[index] as Allowance
    this.#allowances[index] = { ...before, limit }
    const highest = this.#highest.get(before.id) ?? 0n
    if (limit > highest) this.#highest.set(before.id, limit)
  }

  #member(index: number): Member {
    return this.rig.members[index] as Member
  }

  async take(step: Step): Promise<void> {
    const { time } = this.rig
    if (step.kind === 'hold') this.#hold(step)
    else if (step.kind === 'settle') this.#settle(step.which, step.percent)
    else if (step.kind === 'leave') this.waiting[step.which % this.waiting.length]?.stop.abort(new Error('left'))
    else if (step.kind === 'pass') await (step.ms > 60_000 ? time.leap(step.ms) : time.pass(step.ms))
    else if (step.kind === 'fence') await this.#fence(step.who)
    else if (step.kind === 'limit') this.#limit(step.of, BigInt(step.limit))
    else this.#member(step.who).troubles.settleFails = step.isFull ? new Error('The disk is full.') : undefined
    await time.pass(0)
    for (const failure of this.#failures) throw failure
  }

  #hold({ who, of, least, more }: Extract<Step, { kind: 'hold' }>): void {
    const asks = of.toSorted().map((index) => {
      const allowance = this.#allowances[index] as Allowance
      if (allowance.unit === 'concurrency') return askOf(allowance, 1n)
      return askOf(allowance, BigInt(least + more), BigInt(least))
    })
    const visit = { stop: new Stop(), isOver: false }
    const given = (hold: Hold): void => {
      visit.isOver = true
      const at = this.rig.time.now()
      const entries = asks.map((ask, index) => this.reference.grant(ask, hold.granted[index] as bigint, at))
      for (const [index, ask] of asks.entries()) {
        assert.ok((hold.granted[index] as bigint) >= ask.least && (hold.granted[index] as bigint) <= ask.wish)
        const used = this.reference.used(ask.allowance, at)
        assert.ok(used <= (this.#highest.get(ask.allowance.id) ?? 0n), `${used} of ${ask.allowance.id} is out`)
      }
      this.open.push({ hold, who, entries })
    }
    const refused = (error: Error): void => {
      visit.isOver = true
      if (error.message !== 'left') this.denied++
    }
    this.waiting.push(visit)
    this.#ask(who, asks, visit.stop)
      .then(given, refused)
      .catch((failure) => this.#failures.push(failure))
  }

  async #ask(who: number, asks: readonly Ask[], stop: Stop): Promise<Hold> {
    return this.#member(who).ledger.hold(asks, stop)
  }

  #settle(which: number, percent: number): void {
    const [open] = this.open.splice(which % (this.open.length || 1), 1)
    if (!open) return
    for (const entry of open.entries) {
      entry.amount = entry.allowance.unit === 'concurrency' ? 0n : (entry.amount * BigInt(percent)) / 100n
      entry.isHeld = false
    }
    open.hold.settle(open.entries.map(({ amount }) => amount))
    open.hold.settle([1_000_000n])
  }

  /** Calls of a process that is taken for dead do not count as calls under way. */
  async #fence(who: number): Promise<void> {
    for (const { entries } of this.open.filter((open) => open.who === who))
      for (const entry of entries) if (entry.allowance.unit === 'concurrency') entry.isHeld = false
    this.#member(who).store.fence()
  }

  /** Everything ends; then nothing may be held, leased or lost, and what was used must be what was settled. */
  async end(): Promise<void> {
    const { rig, reference } = this
    for (const { troubles } of rig.members) troubles.settleFails = undefined
    await rig.time.pass(5_000)
    assert.ok(
      this.waiting.every(({ isOver }) => isOver),
      'somebody still waits',
    )
    while (this.open.length > 0) this.#settle(0, 50)
    const closing = Promise.all(rig.members.map(({ ledger }) => ledger.close()))
    await rig.time.pass(0)
    await closing
    for (const { ledger } of rig.members) assert.equal(ledger.heldCount, 0)
    for (const allowance of this.#allowances) {
      const standing = await rig.standing(allowance)
      assert.deepEqual([standing?.leased ?? 0n, standing?.lost ?? 0n], [0n, 0n], allowance.id)
      if (allowance.window.kind === 'rolling') continue
      assert.equal(standing?.settled ?? 0n, reference.used(allowance, rig.time.now()), allowance.id)
    }
  }
}

const walk = async (scale: bigint, steps: readonly Step[]): Promise<Walk> => {
  const walk = new Walk(scale)
  for (const each of steps) await walk.take(each)
  await walk.end()
  return walk
}

describe('several ledgers on one store', () => {
  it('never let more out than the limit, and leave nothing behind, whatever happens to them', async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 80, size: 'max' })
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        await walk(1n, each)
      }),
      { numRuns: 60 },
    )
  })

  it('refuse nobody when the limit covers everything that may be used', async () => {
    const calm = step.filter(({ kind }) => kind !== 'limit')
    await fc.assert(
      fc.asyncProperty(fc.array(calm, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
        assert.equal((await walk(100n, steps)).denied, 0)
      }),
      { numRuns: 40 },
    )
  })

  it('refuse only what does not fit, once what others have free was asked back', async () => {
    const calls = fc.array(fc.oneof(holdStep, settleStep), { minLength: 10, maxLength: 150, size: 'max' })
    await fc.assert(
      fc.asyncProperty(calls, async (steps) => {
        const walk = new Walk(1n)
        for (const each of steps) {
          await walk.rig.time.pass(300)
          const { denied } = walk
          await walk.take(each)
          await walk.rig.time.pass(200)
          if (each.kind !== 'hold' || walk.denied === denied) continue
          const now = walk.rig.time.now()
          const fits = each.of.every((index) => {
            const allowance = allowances[index] as Allowance
            const least = allowance.unit === 'concurrency' ? 1n : BigInt(each.least)
            return walk.reference.counted(allowance, now - 200) + least <= allowance.limit
          })
          assert.ok(!fits, 'it was refused, and would have fitted')
        }
        await walk.end()
      }),
      { numRuns: 40 },
    )
  })
})
