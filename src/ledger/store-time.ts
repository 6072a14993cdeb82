import type { Slice } from '../stores/store.ts'

/**
 * What time it is for the store, in Unix milliseconds, as far as this process can know: its own clock, corrected where a
 * slice proves it wrong.
 */
export class StoreTime {
  readonly #unixMs: () => number
  #offset = 0

  constructor(unixMs: () => number) {
    this.#unixMs = unixMs
  }

  now(): number {
    return this.#unixMs() + this.#offset
  }

  /**
   * Learns from a slice that was asked for at this time and has just come: the store was in its period in between.
   * Returns the time of asking as it is seen now.
   */
  learn(askedAt: number, { start, end }: Slice): number {
    const before = this.#offset
    if (askedAt >= end) this.#offset -= askedAt - end + 1
    else if (this.now() < start) this.#offset += start - this.now()
    return askedAt + this.#offset - before
  }
}
