import { smaller } from './amounts.ts'
import type { Nanos } from './money.ts'

/** What was set aside of one budget. */
export interface AsidePart {
  /** Names it in the store. */
  readonly slice: number
  /** `Allowance.id`, and whose share of it. */
  readonly allowance: string
  readonly subject: string
  readonly amount: Nanos
}

/** What was used of a part; more than its amount where that did not suffice. */
export interface Spent {
  readonly slice: number
  readonly used: Nanos
}

interface Left {
  readonly slice: number
  free: Nanos
  taken: Nanos
  used: Nanos
}

const keyOf = (allowance: string, subject: string): string => `${allowance}\n${subject}`

/** Money that was set aside for one call before it was made: its attempts hold of it what they need before they ask for more. */
export class Aside {
  readonly #parts = new Map<string, Left>()
  #isClosed = false

  constructor(parts: readonly AsidePart[]) {
    for (const { slice, allowance, subject, amount } of parts)
      this.#parts.set(keyOf(allowance, subject), { slice, free: amount, taken: 0n, used: 0n })
  }

  /** Takes up to so much of a budget; 0n where nothing of it is left. */
  take(allowance: string, subject: string, most: Nanos): Nanos {
    const part = this.#parts.get(keyOf(allowance, subject))
    if (!part || this.#isClosed) return 0n
    const taken = smaller(part.free, most)
    part.free -= taken
    part.taken += taken
    return taken
  }

  /** Ends what was taken: so much of it was used, the rest may be taken again. */
  settle(allowance: string, subject: string, { taken, used }: { readonly taken: Nanos; readonly used: Nanos }): void {
    const part = this.#parts.get(keyOf(allowance, subject))
    if (!part || this.#isClosed) return
    part.taken -= taken
    part.used += used
    if (used < taken) part.free += taken - used
  }

  /** Nothing can be taken any more. What has not been settled by now counts as used. */
  close(): readonly Spent[] {
    this.#isClosed = true
    return [...this.#parts.values()].map(({ slice, used, taken }) => ({ slice, used: used + taken }))
  }
}
