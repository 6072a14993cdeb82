import { smaller } from '../core/amounts.ts'
import type { Ask, Hold } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import type { Pot } from './pot.ts'
import type { Purse } from './purse.ts'

/** What a ledger counts of its holds. */
export interface HoldFigures {
  /** Not ended yet. */
  held: number
  /** Asks that cost more than was held for them. */
  overHeld: number
  /** Asks that were let in because the store could not be asked. */
  failedOpen: number
}

/** Whom holds tell when they end. */
export interface HoldEnds {
  readonly figures: HoldFigures
  readonly outbox: Outbox
  /** Something became free while others wait for it. */
  freed(purse: Purse): void
}

/** What is set aside. A part without a pot was let in without asking, and is charged when it is known. */
export class Held implements Hold {
  readonly granted: readonly bigint[]
  readonly #asks: readonly Ask[]
  readonly #pots: readonly (Pot | undefined)[]
  readonly #purses: readonly Purse[]
  readonly #ends: HoldEnds
  #isOver = false

  constructor(asks: readonly Ask[], taken: Taken, ends: HoldEnds) {
    this.#asks = asks
    this.granted = taken.granted
    this.#pots = taken.pots
    this.#purses = taken.purses
    this.#ends = ends
    ends.figures.held++
  }

  settle(used: readonly bigint[]): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#ends.figures.held--
    for (let index = 0; index < this.granted.length; index++) {
      const amount = used[index] ?? 0n
      this.#settleOne(index, amount > 0n ? amount : 0n)
    }
  }

  release(): void {
    this.settle([])
  }

  #settleOne(index: number, used: bigint): void {
    const pot = this.#pots[index]
    const purse = this.#purses[index] as Purse
    purse.held--
    if (pot === undefined) {
      const { allowance, subject } = this.#asks[index] as Ask
      this.#ends.outbox.charge(allowance, subject, used)
      return
    }
    const granted = this.granted[index] as bigint
    if (used > granted) this.#settleOver(pot, purse, used - granted)
    if (used > 0n) pot.used += used < granted ? used : granted
    if (used < granted) {
      const rest = granted - used
      if (pot.isOpen) pot.free += rest
      else {
        pot.back += rest
        purse.returns(rest)
      }
      if (purse.waiters.size > 0) this.#ends.freed(purse)
    }
    if (pot.used > 0n || pot.back > 0n) this.#ends.outbox.touch(pot)
  }

  /** The truth is booked whole: from what is free here, or else beyond what was leased. */
  #settleOver(pot: Pot, purse: Purse, over: bigint): void {
    this.#ends.figures.overHeld++
    // All that is free here comes first: otherwise it would let others in while the whole is used up.
    const covered = pot.isOpen ? smaller(pot.free, over) : 0n
    pot.free -= covered
    pot.used += covered
    if (covered === over) return
    purse.countMore(over - covered)
    this.#ends.outbox.charge(purse.allowance, purse.subject, over - covered)
  }
}

/** What was taken for each ask. */
export interface Taken {
  readonly granted: bigint[]
  readonly pots: (Pot | undefined)[]
  readonly purses: Purse[]
}
