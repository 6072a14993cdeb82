import { larger, smaller } from '../core/amounts.ts'
import { countsFrom, countsUntil, periodAt } from '../core/window.ts'
import type { Booking, Slice, Want } from '../stores/store.ts'

interface Tally {
  settled: bigint
  leased: bigint
}

interface ModelSlice {
  readonly tally: Tally
  left: bigint
}

/** What a store must answer to a want: a slice without its number, or the figures of a shortage. */
export type ModelAnswer =
  | { readonly ok: true; readonly slices: readonly Omit<Slice, 'id'>[] }
  | {
      readonly ok: false
      readonly short: {
        readonly allowance: string
        readonly settled: bigint
        readonly leased: bigint
        readonly free: bigint
      }
      /** Any of these moments is right: each makes more free. */
      readonly resets: readonly (number | undefined)[]
    }

/** The rules of a ledger store, as plain as can be: what real ones are compared with. One process, no failures. */
export class LedgerModel {
  readonly #tallies = new Map<string, Map<number, Tally>>()
  readonly #slices = new Map<number, ModelSlice>()

  #window(allowance: string): Map<number, Tally> {
    const found = this.#tallies.get(allowance) ?? new Map<number, Tally>()
    this.#tallies.set(allowance, found)
    return found
  }

  #counted({ allowance, window }: Want, now: number): [number, Tally][] {
    return [...this.#window(allowance)].filter(([start]) => start >= countsFrom(window, now)).sort(([a], [b]) => a - b)
  }

  /** What a lease must answer at this moment. Nothing is changed before `take`. */
  lease(wants: readonly Want[], now: number): ModelAnswer {
    const slices: Omit<Slice, 'id'>[] = []
    for (const want of wants) {
      const counted = this.#counted(want, now)
      const settled = counted.reduce((sum, [, tally]) => sum + tally.settled, 0n)
      const leased = counted.reduce((sum, [, tally]) => sum + tally.leased, 0n)
      const free = larger(want.limit - settled - leased, 0n)
      if (free < want.least) {
        const used = counted.filter(([, tally]) => tally.settled + tally.leased > 0n)
        const resets =
          want.window.kind === 'total' ? [undefined] : used.map(([start]) => countsUntil(want.window, start))
        return { ok: false, short: { allowance: want.allowance, settled, leased, free }, resets }
      }
      const amount = smaller(want.wish, free)
      const { allowance, subject } = want
      const { start, end } = periodAt(want.window, now)
      slices.push({ allowance, subject, start, end, amount, settled, leased: leased + amount })
    }
    return { ok: true, slices }
  }

  /** A store leased these. */
  take(slices: readonly Slice[]): void {
    for (const { id, allowance, start, amount } of slices) {
      const window = this.#window(allowance)
      const tally = window.get(start) ?? { settled: 0n, leased: 0n }
      window.set(start, tally)
      tally.leased += amount
      this.#slices.set(id, { tally, left: amount })
    }
  }

  /** How much of a slice is not booked yet. */
  left(slice: number): bigint {
    return this.#slices.get(slice)?.left ?? 0n
  }

  book({ slice, used, back }: Booking): void {
    const held = this.#slices.get(slice)
    if (!held) return
    const gone = smaller(used + back, held.left)
    held.left -= gone
    held.tally.leased -= gone
    held.tally.settled += used
  }
}
