import type { Allowance } from '../core/allowance.ts'
import { larger } from '../core/amounts.ts'
import type { Scope } from '../core/scope.ts'
import { countsUntil, periodAt, type Window } from '../core/window.ts'
import type { Shortage, Slice } from '../stores/store.ts'
import type { View } from './ledger.ts'
import type { Owner, Pot } from './pot.ts'

/** A refusal of the store that is remembered for a while. */
export interface Short {
  readonly shortage: Shortage
  /** What could be had, with what went back since. */
  free: bigint
  /** On the process clock. */
  readonly until: number
}

/** Somebody who waits until a purse can give. */
export interface Waiting {
  /** Who came first has the lower one. */
  readonly number: number
  /** What is missing of this purse's ask. */
  missing(purse: Purse): bigint
}

/** One allowance of one subject, as this process has it. */
export class Purse implements Owner {
  allowance: Allowance
  readonly subject: Scope
  /** What may be spent now. */
  pot: Pot | undefined
  short: Short | undefined
  /** Somebody asks the store, or waits until others have given back: whoever else lacks waits with them. */
  isLeasing = false
  /** Others want it: take no more than is needed until then, on the process clock. */
  leanUntil = 0
  readonly waiters = new Set<Waiting>()
  returning = 0n
  /** Parts of holds that have not ended. */
  held = 0
  /** Asked for since the last look. */
  isUsed = true
  idleSince: number
  /** What was leased since `leasedSince`: as much is spent in that time. */
  leasedLately = 0n
  leasedSince = 0
  /** Settled and leased by all, as of the last slice, and the period it was of. */
  #counted: { readonly start: number; readonly end: number; amount: bigint } | undefined

  constructor(allowance: Allowance, subject: Scope, clockMs: number) {
    this.allowance = allowance
    this.subject = subject
    this.idleSince = clockMs
  }

  get free(): bigint {
    return this.pot?.free ?? 0n
  }

  /** What the store can still give, as far as is known. */
  get estimate(): bigint {
    return larger(this.allowance.limit - (this.#counted?.amount ?? 0n), 0n)
  }

  /** A slice says how much is used by all. */
  count({ start, end, settled, leased }: Slice): void {
    this.#counted = { start, end, amount: settled + leased }
  }

  /** Something was used beyond what was leased. */
  countMore(amount: bigint): void {
    if (this.#counted) this.#counted.amount += amount
  }

  /** So much of what was leased is on its way back: others can have it, and so can this process again. */
  returns(amount: bigint): void {
    this.returning += amount
    this.countMore(-amount)
    if (this.short) this.short.free += amount
  }

  view(nowMs: number): View | undefined {
    const { window, limit } = this.allowance
    const resetsAt = this.short?.shortage.resetsAt ?? resetOf(window, nowMs)
    if (!this.#counted) {
      if (!this.short) return undefined
      const { settled, leased } = this.short.shortage
      return { limit, used: settled + leased, resetsAt }
    }
    if (window.kind === 'calendar' && this.#counted.end <= nowMs) return { limit, used: 0n, resetsAt }
    const own = this.returning === 0n ? this.free : this.free + this.returning
    return { limit, used: larger(this.#counted.amount - this.free, 0n), resetsAt, own }
  }
}

/** When everything that is used now is free again; undefined: never. */
export const resetOf = (window: Window, nowMs: number): number | undefined =>
  window.kind === 'total' ? undefined : countsUntil(window, periodAt(window, nowMs).start)
