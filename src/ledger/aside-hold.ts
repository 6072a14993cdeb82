import { larger, smaller } from '../core/amounts.ts'
import type { Aside } from '../core/aside.ts'
import type { Ask, Hold, Ledger } from './ledger.ts'

/** Holds what was set aside for a call, and of the ledger only what is missing beyond that. */
export const holdBeside =
  (aside: Aside, lend: Ledger['hold']): Ledger['hold'] =>
  (asks, signal) => {
    const hold = new AsideHold(aside, asks)
    const { missing } = hold
    if (missing.length === 0) return hold
    const without = (thrown: unknown): Hold => {
      // What is set aside is enough for less: nothing that fails elsewhere may keep it from that.
      if (!signal.aborted && missing.every(({ least }) => least === 0n)) return hold
      hold.release()
      throw thrown
    }
    try {
      const rest = lend(missing, signal)
      return rest instanceof Promise ? rest.then((more) => hold.add(more), without) : hold.add(rest)
    } catch (thrown) {
      return without(thrown)
    }
  }

/** What one attempt holds of what was set aside, and what the ledger added to that. */
class AsideHold implements Hold {
  readonly granted: bigint[]
  /** Asks for what was not set aside, in the order of asking. */
  readonly missing: readonly Ask[]
  readonly #aside: Aside
  readonly #asks: readonly Ask[]
  readonly #taken: readonly bigint[]
  #rest: Hold | undefined
  #isOver = false

  constructor(aside: Aside, asks: readonly Ask[]) {
    this.#aside = aside
    this.#asks = asks
    this.#taken = asks.map(({ allowance, subject, wish }) => aside.take(allowance.id, subject, wish))
    this.granted = [...this.#taken]
    this.missing = asks
      .map((ask, index) => {
        const taken = this.#taken[index] as bigint
        return { ...ask, least: larger(ask.least - taken, 0n), wish: ask.wish - taken }
      })
      .filter(({ wish }) => wish > 0n)
  }

  add(rest: Hold): this {
    this.#rest = rest
    let next = 0
    for (const [index, ask] of this.#asks.entries())
      if (ask.wish > (this.#taken[index] as bigint)) this.granted[index] = this.#with(index, rest.granted[next++])
    return this
  }

  settle(used: readonly bigint[]): void {
    if (this.#isOver) return
    this.#isOver = true
    const beyond: bigint[] = []
    for (const [index, { allowance, subject, wish }] of this.#asks.entries()) {
      const taken = this.#taken[index] as bigint
      const all = larger(used[index] ?? 0n, 0n)
      const isShared = this.#rest !== undefined && wish > taken
      const own = isShared ? smaller(all, taken) : all
      if (isShared) beyond.push(all - own)
      this.#aside.settle(allowance.id, subject, { taken, used: own })
    }
    this.#rest?.settle(beyond)
  }

  release(): void {
    this.settle([])
  }

  #with(index: number, more = 0n): bigint {
    return (this.#taken[index] as bigint) + more
  }
}
