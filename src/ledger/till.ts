import { larger } from '../core/amounts.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { denial, unavailable } from './denial.ts'
import { Held, type HoldEnds, type Taken } from './held.ts'
import type { Ask } from './ledger.ts'
import type { Purse, Short } from './purse.ts'
import type { Purses } from './purses.ts'

/** What is missing of one ask, that only the store can give. */
export interface Lack {
  readonly purse: Purse
  readonly ask: Ask
  /** Less is of no use; 1 where what is here would do. */
  readonly least: bigint
  readonly wish: bigint
}

/** Takes from purses, all or nothing, without asking anybody. */
export class Till {
  readonly #purses: Purses
  readonly #ends: HoldEnds
  readonly #clock: Clock
  /** The store failed; until then, on the process clock, it is not asked. */
  #downUntil = Number.NEGATIVE_INFINITY
  #failure: unknown
  /** No refusal of the store is remembered for longer, on the process clock. */
  #shortUntil = Number.NEGATIVE_INFINITY

  constructor(purses: Purses, ends: HoldEnds, clock: Clock) {
    this.#purses = purses
    this.#ends = ends
    this.#clock = clock
  }

  /** The store could not be asked: money waits for it, everything else goes on without. */
  fail(failure: unknown, forMs: number): void {
    this.#failure = failure
    this.#downUntil = this.#clock.now() + forMs
  }

  /** The store refused: it is believed for a while. */
  shorten(purse: Purse, short: Short): void {
    purse.short = short
    this.#shortUntil = Math.max(this.#shortUntil, short.until)
  }

  /** The hold; or why there is none; undefined where the store must be asked. */
  take(asks: readonly Ask[], nowMs: number): Held | GatewayError | undefined {
    const { length } = asks
    const taken: Taken = { granted: new Array(length), pots: new Array(length), purses: new Array(length) }
    for (let index = 0; index < length; index++) {
      const ask = asks[index] as Ask
      const purse = this.#purses.at(ask.allowance, ask.subject, nowMs)
      purse.isUsed = true
      const { pot } = purse
      let amount = ask.wish
      let from = pot
      if (pot === undefined || pot.free < amount || this.#isBlocked(ask)) {
        const found = this.#amount(purse, ask, nowMs)
        if (typeof found !== 'bigint') {
          putBack(taken, index)
          return found
        }
        amount = found
        if (purse.free < amount) {
          this.#ends.figures.failedOpen++
          from = undefined
        }
      }
      if (from !== undefined) from.free -= amount
      purse.held++
      taken.granted[index] = amount
      taken.pots[index] = from
      taken.purses[index] = purse
    }
    return new Held(asks, taken, this.#ends)
  }

  /** Why `take` would give nothing at this moment, where that is known without asking the store. */
  refusal(asks: readonly Ask[], nowMs: number): GatewayError | undefined {
    if (!this.#mayRefuse()) return undefined
    for (const ask of asks) {
      const purse = this.#purses.peek(ask.allowance.id, ask.subject)
      if (!purse || purse.isLeasing) continue
      const found = this.#amount(this.#purses.at(ask.allowance, ask.subject, nowMs), ask, nowMs)
      if (found !== undefined && typeof found !== 'bigint') return found
    }
    return undefined
  }

  /** What is missing for these asks; a refusal where one of them is known not to be had. */
  lacks(asks: readonly Ask[], nowMs: number): readonly Lack[] | GatewayError {
    const lacks: Lack[] = []
    for (const ask of asks) {
      const purse = this.#purses.at(ask.allowance, ask.subject, nowMs)
      const found = this.#amount(purse, ask, nowMs)
      if (found instanceof GatewayError) return found
      if (found === undefined)
        lacks.push({ purse, ask, least: larger(ask.least - purse.free, 1n), wish: ask.wish - purse.free })
    }
    if (lacks.length > 0) return lacks
    return new GatewayError('internal', 'The same allowance was asked for twice at once.')
  }

  /**
   * What can be had for an ask: from the purse, or, where the store fails and no money is asked for, from nowhere.
   * Undefined: the store may have it.
   */
  #amount(purse: Purse, ask: Ask, nowMs: number): bigint | GatewayError | undefined {
    const { free } = purse
    if (this.#isBlocked(ask)) return unavailable('Too many lines of the ledger wait for the store.', this.#failure)
    if (free >= ask.wish) return ask.wish
    const clockMs = this.#clock.now()
    if (clockMs < this.#downUntil) {
      if (free >= ask.least) return free
      return ask.allowance.unit === 'nanos' ? unavailable('The store of budgets fails.', this.#failure) : ask.wish
    }
    const { short } = purse
    if (!short || clockMs >= short.until) return undefined
    if (free >= ask.least) return free
    if (ask.least - free <= short.free) return undefined
    return denial({ allowance: purse.allowance, shortage: short.shortage, least: ask.least, nowMs })
  }

  /** False where nothing is known that could be a reason: what most calls find. */
  #mayRefuse(): boolean {
    return this.#ends.outbox.isFull || this.#clock.now() < Math.max(this.#downUntil, this.#shortUntil)
  }

  #isBlocked({ allowance }: Ask): boolean {
    return allowance.unit === 'nanos' && this.#ends.outbox.isFull
  }
}

/** What was taken for so many asks. */
const putBack = ({ granted, pots, purses }: Taken, count: number): void => {
  for (let index = 0; index < count; index++) {
    const pot = pots[index]
    if (pot) pot.free += granted[index] as bigint
    ;(purses[index] as Purse).held--
  }
}
