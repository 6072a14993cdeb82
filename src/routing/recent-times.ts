/** As many as the 99.9th percentile needs. */
const most = 1_024
/** Sorting anew for each would cost more than the figure is worth. */
const between = 32

/** The latest of some times, in milliseconds, and what share of them is shorter than which. */
export class RecentTimes {
  readonly #times = new Float64Array(most)
  #count = 0
  #sorted = new Float64Array(0)
  #sortedAt = 0

  add(ms: number): void {
    this.#times[this.#count % most] = ms
    this.#count++
  }

  /** The time that so large a share takes at most, 0 to 1; undefined while not one longer time is to be expected. */
  percentile(share: number): number | undefined {
    const kept = Math.min(this.#count, most)
    // Rounded, since a share of 0.95 leaves a little less than 0.05.
    if (kept < Math.round(1 / (1 - share))) return undefined
    if (this.#count - this.#sortedAt >= between || this.#sorted.length === 0) {
      this.#sorted = this.#times.slice(0, kept).sort()
      this.#sortedAt = this.#count
    }
    return this.#sorted[Math.min(this.#sorted.length - 1, Math.ceil(share * this.#sorted.length) - 1)]
  }
}
