import type { Allowance } from '../core/allowance.ts'
import { smaller } from '../core/amounts.ts'
import type { Scope } from '../core/scope.ts'
import type { Booking, Slice } from '../stores/store.ts'

/** Whose pots they are. */
export interface Owner {
  readonly allowance: Allowance
  readonly subject: Scope
  /** On its way back to the store, not confirmed yet. */
  returning: bigint
}

/** A slice, and what of it the store has not been told of yet. */
interface Rest {
  readonly id: number
  left: bigint
}

/**
 * All slices of one allowance and subject in one period, spent together: which of them an amount is booked on makes no difference. What
 * its slices have left is at every moment `free`, or held, or `used`, or on its way `back`.
 */
export class Pot {
  readonly owner: Owner
  readonly start: number
  readonly end: number
  free = 0n
  /** Not told to the store yet. */
  used = 0n
  /** To go back to the store, not told yet. */
  back = 0n
  /** False: not spent from any more; what was held and not used goes back. */
  isOpen = true
  /** Where it waits in the outbox. */
  waits: 'no' | 'soon' | 'later' = 'no'
  #rests: Rest[] = []

  constructor(owner: Owner, { start, end }: Slice) {
    this.owner = owner
    this.start = start
    this.end = end
  }

  add({ id, amount }: Slice): void {
    this.#rests.push({ id, left: amount })
    this.free += amount
  }

  /** Nothing is left of its slices: neither free nor held nor to be told. */
  get isEmpty(): boolean {
    return this.#rests.length === 0
  }

  /** What is to be told to the store, once. */
  takeBookings(into: Booking[]): void {
    for (const rest of this.#rests) {
      const used = smaller(this.used, rest.left)
      const back = smaller(this.back, rest.left - used)
      if (used === 0n && back === 0n) break
      this.used -= used
      this.back -= back
      rest.left -= used + back
      into.push({ slice: rest.id, used, back })
    }
    this.#rests = this.#rests.filter(({ left }) => left > 0n)
  }
}
