import type { Clock } from '../core/clock.ts'

const buckets = 10

/** How often something happened in the last window, to a tenth of the window. */
export class RollingCount {
  readonly #clock: Clock
  readonly #bucketMs: number
  readonly #counts = new Uint32Array(buckets)
  #head: number
  #total = 0

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock
    this.#bucketMs = windowMs / buckets
    this.#head = this.#tick()
  }

  add(): void {
    this.#advance()
    const at = this.#head % buckets
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#total++
  }

  total(): number {
    this.#advance()
    return this.#total
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }

  #tick(): number {
    return Math.floor(this.#clock.now() / this.#bucketMs)
  }

  #advance(): void {
    const tick = this.#tick()
    for (let steps = Math.min(tick - this.#head, buckets); steps > 0; steps--) {
      const at = (tick - steps + 1) % buckets
      this.#total -= this.#counts[at] ?? 0
      this.#counts[at] = 0
    }
    if (tick > this.#head) this.#head = tick
  }
}
