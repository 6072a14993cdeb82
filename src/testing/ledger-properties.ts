import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Scope } from '../core/scope.ts'
import type { Booking, Leased, LedgerStore, Slice, Want } from '../stores/store.ts'
import { LedgerModel } from './ledger-model.ts'
import { batchOf, hourly, type OpenedLedgers, rolling, settleClock } from './ledger-suite-parts.ts'

const windowsByName = { total: { kind: 'total' }, hourly, rolling } as const
const allowances = ['total', 'hourly', 'rolling'] as const

/** One step of a walk: what is wanted, what is booked of a slice (in sixteenths of what is left of it), or time. */
type Step =
  | {
      readonly kind: 'lease'
      readonly by: boolean
      readonly wants: readonly { name: string; least: number; wish: number }[]
    }
  | {
      readonly kind: 'book'
      readonly by: boolean
      readonly slice: number
      readonly used: number
      readonly back: number
    }
  | { readonly kind: 'pass'; readonly minutes: number }

const wants = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...allowances),
    least: fc.integer({ min: 1, max: 40 }),
    wish: fc.nat({ max: 60 }),
  }),
  { minLength: 1, maxLength: 3, selector: ({ name }) => name },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('lease'), by: fc.boolean(), wants }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('book'),
      by: fc.boolean(),
      slice: fc.nat({ max: 30 }),
      used: fc.nat({ max: 20 }),
      back: fc.nat({ max: 16 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass'), minutes: fc.constantFrom(1, 7, 20, 45) }) },
)

class Walk {
  readonly #ledgers: OpenedLedgers
  readonly #subject: Scope
  readonly #model = new LedgerModel()
  readonly #slices: Slice[] = []
  readonly #sequences: { one: number; other: number }

  constructor(ledgers: OpenedLedgers, subject: Scope, sequences: { one: number; other: number }) {
    this.#ledgers = ledgers
    this.#subject = subject
    this.#sequences = sequences
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'pass') this.#ledgers.pass(step.minutes * 60_000)
    else if (step.kind === 'lease') await this.#lease(step)
    else await this.#book(step)
  }

  async #lease({ by, wants }: Extract<Step, { kind: 'lease' }>): Promise<void> {
    const asked = wants.map(({ name, least, wish }): Want => {
      const amounts = { limit: 100n, least: BigInt(least), wish: BigInt(Math.max(least, wish)) }
      const window = windowsByName[name as keyof typeof windowsByName]
      return { allowance: name, subject: this.#subject, window, ...amounts, onLoss: 'free' }
    })
    const expected = this.#model.lease(asked, this.#ledgers.now())
    const answer = await this.#ledgers[by ? 'one' : 'other'].lease(asked)
    assert.equal(answer.ok, expected.ok)
    if (answer.ok && expected.ok) {
      assert.deepEqual(
        answer.slices.map(({ id: _, ...slice }) => slice),
        expected.slices,
      )
      this.#model.take(answer.slices)
      this.#slices.push(...answer.slices)
    } else if (!answer.ok && !expected.ok) {
      const { allowance, settled, leased, free, resetsAt } = answer.short
      assert.deepEqual({ allowance, settled, leased, free }, expected.short)
      assert.ok(expected.resets.includes(resetsAt), `${resetsAt} is none of ${expected.resets}`)
    }
  }

  async #book({ by, slice, used, back }: Extract<Step, { kind: 'book' }>): Promise<void> {
    const held = this.#slices[slice % (this.#slices.length || 1)]
    if (!held) return
    const left = this.#model.left(held.id)
    // Beyond what is left at times, but then nothing comes back.
    const booking: Booking = { slice: held.id, used: (left * BigInt(used)) / 16n, back: (left * BigInt(back)) / 16n }
    this.#model.book(booking)
    const who = by ? 'one' : 'other'
    await this.#ledgers[who].settle(batchOf(++this.#sequences[who], { bookings: [booking] }))
  }
}

/** Any walk of leases, bookings and passing time, by two processes in turn, gives what the rules say to the unit. */
export const walksLikeTheModel = async (ledgers: OpenedLedgers): Promise<void> => {
  const sequences = { one: 0, other: 0 }
  let walks = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      settleClock(ledgers)
      const walk = new Walk(ledgers, `key:walk-${++walks}`, sequences)
      for (const each of steps) await walk.take(each)
    }),
    { numRuns: 25, endOnFailure: true },
  )
}

interface Crowd {
  readonly limit: bigint
  readonly granted: Map<string, bigint>
  sequence: number
}

const count = ({ granted, limit }: Crowd, allowance: string, change: bigint): void => {
  const amount = (granted.get(allowance) ?? 0n) + change
  granted.set(allowance, amount)
  assert.ok(amount <= limit, `${amount} of ${limit} is out`)
}

/** One of many who lease, use half, and give the rest back, at the same time. */
const visit = async (ledger: LedgerStore, asked: readonly Want[], crowd: Crowd): Promise<boolean> => {
  const answer: Leased = await ledger.lease(asked)
  if (!answer.ok) return false
  for (const { allowance, amount, settled, leased } of answer.slices) {
    count(crowd, allowance, amount)
    assert.ok(settled + leased <= crowd.limit, `${settled} and ${leased} of ${crowd.limit} are used`)
  }
  const bookings = answer.slices.map(({ id, amount }) => ({ slice: id, used: amount / 2n, back: amount - amount / 2n }))
  // What comes back is free before anybody hears that it is.
  for (const { allowance, amount } of answer.slices) count(crowd, allowance, amount / 2n - amount)
  await ledger.settle(batchOf(++crowd.sequence, { bookings }))
  return true
}

/** A thousand leases of two processes, interleaved, each of several allowances in another order. */
export const leasesNeverPass = async ({ one, other }: OpenedLedgers): Promise<void> => {
  const limit = 3_001n
  const names = ['a', 'b', 'c']
  const crowds = [one, other].map((ledger) => ({ ledger, crowd: { limit, granted: new Map(), sequence: 0 } }))
  const visits = Array.from({ length: 1_000 }, (_, index) => {
    const asked = names.map(
      (_name, at): Want => ({
        allowance: names[(at + index) % names.length] as string,
        subject: 'key:crowd',
        window: { kind: 'total' },
        limit,
        least: BigInt(1 + (index % 3)),
        wish: BigInt(1 + (index % 17)),
        onLoss: 'charge',
      }),
    )
    const { ledger, crowd } = crowds[index % 2] as (typeof crowds)[number]
    return visit(ledger, index % 5 === 0 ? asked.slice(0, 2) : asked, crowd)
  })
  const served = (await Promise.all(visits)).filter(Boolean).length
  assert.ok(served > 0)
  for (const name of names) {
    const standing = await one.standing(name, 'key:crowd', { kind: 'total' })
    assert.ok(standing)
    const used = crowds.reduce((sum, { crowd }) => sum + (crowd.granted.get(name) ?? 0n), 0n)
    assert.deepEqual({ settled: standing.settled, leased: standing.leased }, { settled: used, leased: 0n })
    assert.ok(standing.settled <= limit)
  }
}
