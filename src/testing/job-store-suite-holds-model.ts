import assert from 'node:assert/strict'
import fc from 'fast-check'
import { larger, smaller } from '../core/amounts.ts'
import { isTerminal, type Job } from '../core/job.ts'
import type { Scope } from '../core/scope.ts'
import type { ClaimedJob } from '../stores/job-store.ts'
import type { Slice, Want } from '../stores/store.ts'
import {
  claim,
  ends,
  finish,
  found,
  type JobCheck,
  minuteMs,
  type OpenedJobs,
  orderOf,
} from './job-store-suite-parts.ts'
import { standingOf, wantOf } from './ledger-suite-parts.ts'

const step = fc.record({
  action: fc.constantFrom('submit', 'submit', 'claim', 'claim', 'finish', 'finish', 'cancel', 'lose', 'lease', 'book'),
  by: fc.constantFrom('one', 'other'),
  which: fc.nat(7),
  end: fc.constantFrom('succeeded', 'failed', 'again', 'released', 'cancelled'),
  wish: fc.integer({ min: 1, max: 50 }),
  least: fc.integer({ min: 1, max: 50 }),
  budgets: fc.constantFrom(['a'], ['b'], ['a', 'b']),
  /** Of sixteen parts of what was set aside. */
  used: fc.nat(16),
})
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

const limits: Readonly<Record<string, bigint>> = { a: 100n, b: 60n }

interface Budget {
  settled: bigint
  leased: bigint
  lost: bigint
}

/** Money by the name of its budget. */
type Amounts = Map<string, bigint>

interface Known {
  state: Job['state']
  fence: number | undefined
  isStopping: boolean
  held: Amounts
}

interface Try {
  readonly claimed: ClaimedJob
  readonly known: Known
  readonly held: Amounts
  isLost: boolean
  isTold: boolean
}

/** Does the same to a store and to sums, and says where they differ. */
class Walk {
  readonly #opened: OpenedJobs
  readonly #subject: Scope
  readonly #budgets = new Map(Object.keys(limits).map((name) => [name, { settled: 0n, leased: 0n, lost: 0n }]))
  readonly #jobs = new Map<string, Known>()
  readonly #tries: Try[] = []
  readonly #slices: Slice[] = []
  #sequence: { one: number; other: number }

  constructor(opened: OpenedJobs, subject: Scope, sequence: { one: number; other: number }) {
    this.#opened = opened
    this.#subject = subject
    this.#sequence = sequence
  }

  async take(each: Step): Promise<void> {
    await this[`_${each.action}`](each)
    await this.#check()
  }

  /** Everything ends: then nothing is leased but what processes hold for calls. */
  async end(): Promise<void> {
    const last = {
      action: 'cancel',
      by: 'one',
      which: 0,
      end: 'cancelled',
      wish: 1,
      least: 1,
      budgets: ['a'],
      used: 16,
    } as const
    for (let which = 0; which < this.#jobs.size; which++) await this._cancel({ ...last, which })
    await this._lose({ ...last })
    for (let which = 0; which < this.#tries.length; which++) await this._finish({ ...last, which, used: 0 })
    while (this.#slices.length > 0) await this._book({ ...last, used: 0 })
    await this.#check()
    for (const [, { leased, lost }] of this.#budgets) assert.deepEqual([leased, lost], [0n, 0n])
    for (const id of this.#jobs.keys()) assert.equal((await found(this.#opened.one, id)).heldNanos, 0n)
  }

  async _submit({ by, wish, least, budgets }: Step): Promise<void> {
    const wants = budgets.map((name) => this.#want(name, { wish, least }))
    const order = orderOf({ holds: true })
    const expected = this.#grant(wants)
    const [submitted] = await this.#opened[by].jobs.submit([{ order, key: undefined, wants }])
    assert.equal(submitted?.kind, expected ? 'made' : 'short')
    if (expected) this.#jobs.set(order.id, { state: 'queued', fence: undefined, isStopping: false, held: expected })
  }

  async _claim({ by }: Step): Promise<void> {
    for (const claimed of await claim(this.#opened[by], 2)) {
      const known = this.#jobs.get(claimed.job.id) ?? assert.fail()
      assert.deepEqual(new Map(claimed.aside.map(({ allowance, amount }) => [allowance, amount])), known.held)
      this.#tries.push({ claimed, known, held: known.held, isLost: false, isTold: false })
      Object.assign(known, { state: 'running', fence: claimed.fence })
    }
  }

  async _finish({ by, which, end, used }: Step): Promise<void> {
    const tried = this.#tries[which % Math.max(1, this.#tries.length)]
    if (!tried) return
    const { known, claimed, held } = tried
    const spent = claimed.aside.map(({ slice, amount }) => ({ slice, used: (amount * BigInt(used)) / 16n }))
    const taken = await finish(this.#opened[by], claimed, ends[end], { spent })
    assert.equal(taken, known.fence === claimed.fence)
    if (tried.isTold) return
    tried.isTold = true
    const waits = taken && !known.isStopping && (end === 'again' || end === 'released')
    const rest: Amounts = new Map()
    for (const [name, amount] of held) {
      const budget = this.#budget(name)
      const own = (amount * BigInt(used)) / 16n
      if (tried.isLost) {
        budget.lost -= amount
        budget.settled -= amount - own
      } else {
        budget.settled += own
        budget.leased -= waits ? own : amount
        if (waits && amount > own) rest.set(name, amount - own)
      }
    }
    if (!taken) return
    known.fence = undefined
    known.held = rest
    known.state = known.isStopping ? 'cancelled' : waits ? 'queued' : (end as 'succeeded')
  }

  async _cancel({ by, which }: Step): Promise<void> {
    const [id, known] = [...this.#jobs][which] ?? []
    if (id === undefined || !known) return
    await this.#opened[by].jobs.cancel(id)
    if (known.state === 'running') known.isStopping = true
    if (known.state !== 'queued') return
    known.state = 'cancelled'
    for (const [name, amount] of known.held) this.#budget(name).leased -= amount
    known.held = new Map()
  }

  /** Every worker that has a job is lost. */
  async _lose({ by }: Step): Promise<void> {
    this.#opened.pass(2 * minuteMs)
    await this.#opened[by].jobWork.sweep({ maxCrashes: 1_000 })
    for (const tried of this.#tries) {
      const { known, claimed, held } = tried
      if (known.fence !== claimed.fence) continue
      tried.isLost = true
      Object.assign(known, { fence: undefined, held: new Map(), state: known.isStopping ? 'cancelled' : 'queued' })
      for (const [name, amount] of held) {
        const budget = this.#budget(name)
        budget.leased -= amount
        budget.lost += amount
        budget.settled += amount
      }
    }
  }

  /** A process leases for its calls. */
  async _lease({ by, wish, least, budgets }: Step): Promise<void> {
    const wants = budgets.map((name) => this.#want(name, { wish, least }))
    const expected = this.#grant(wants)
    const leased = await this.#opened[by].ledger.lease(wants)
    assert.equal(leased.ok, expected !== undefined)
    if (leased.ok) this.#slices.push(...leased.slices)
  }

  async _book({ by, used }: Step): Promise<void> {
    const slice = this.#slices.shift()
    if (!slice) return
    const own = (slice.amount * BigInt(used)) / 16n
    const bookings = [{ slice: slice.id, used: own, back: slice.amount - own }]
    const sequence = ++this.#sequence[by]
    await this.#opened[by].ledger.settle({ sequence, bookings, charges: [], lines: '', count: 0, from: 0, to: 0 })
    const budget = this.#budget(slice.allowance)
    budget.settled += own
    budget.leased -= slice.amount
  }

  async #check(): Promise<void> {
    for (const [name, budget] of this.#budgets) {
      const { settled = 0n, leased = 0n, lost = 0n } = await standingOf(this.#opened.other.ledger, this.#want(name))
      assert.deepEqual({ settled, leased, lost }, budget)
      assert.ok(settled + leased <= (limits[name] as bigint))
    }
    for (const [id, { state, held }] of this.#jobs) {
      const job = await found(this.#opened.one, id)
      assert.equal(job.state, state)
      assert.equal(
        job.heldNanos,
        isTerminal(state) ? 0n : [...held.values()].reduce(smaller, [...held.values()][0] ?? 0n),
      )
    }
  }

  #budget(name: string): Budget {
    return this.#budgets.get(name) ?? assert.fail(name)
  }

  #want(name: string, { wish = 1, least = 1 } = {}): Want {
    const amounts = { limit: limits[name] as bigint, least: BigInt(least), wish: larger(BigInt(wish), BigInt(least)) }
    return wantOf({ allowance: name, subject: this.#subject, ...amounts })
  }

  /** What all of these come to; undefined where one has too little. */
  #grant(wants: readonly Want[]): Amounts | undefined {
    const granted: Amounts = new Map()
    for (const { allowance, limit, least, wish } of wants) {
      const { settled, leased } = this.#budget(allowance)
      const free = limit - settled - leased
      if (free < least) return undefined
      granted.set(allowance, smaller(free, wish))
    }
    for (const [name, amount] of granted) this.#budget(name).leased += amount
    return granted
  }
}

/** Whatever happens in whichever order, money of jobs is counted once, and given back in the end. */
export const holdModel = (check: JobCheck): void => {
  check('is never more than a budget has, counted once, and nobody’s in the end', async (opened) => {
    let run = 0
    const stamp = Date.now()
    const sequence = { one: 1_000_000, other: 1_000_000 }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
        const walk = new Walk(opened, `key:walk-${stamp}-${++run}`, sequence)
        for (const each of steps) await walk.take(each)
        await walk.end()
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })
}
