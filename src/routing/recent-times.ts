/** As many as the 99.9th percentile needs. */
const most = 1_024
/** Sorting anew for each would cost more than the figure is worth. */
const between = 32

/**
 * The latest of some times, in milliseconds, and how long a share of them takes. Some are only known to be longer than what
 * was waited for. Taken as they are they would draw the figure down to where the waiting ends, more with each waiting; so
 * their share goes to those that were longer, as Kaplan and Meier do it.
 */
export class RecentTimes {
  /** Negative: longer than this. */
  readonly #times = new Float64Array(most)
  #count = 0
  #foundAt = 0
  readonly #found = new Map<number, number | undefined>()

  /** A time; or one that is longer than this, when it was not waited for to its end. */
  add(ms: number, isCut = false): void {
    this.#times[this.#count % most] = isCut ? -ms : ms
    this.#count++
  }

  /** The time that so large a share takes at most, 0 to 1; undefined while not one longer time is to be expected. */
  percentile(share: number): number | undefined {
    // Rounded, since a share of 0.95 leaves a little less than 0.05.
    if (Math.min(this.#count, most) < Math.round(1 / (1 - share))) return undefined
    if (this.#count - this.#foundAt >= between) {
      this.#found.clear()
      this.#foundAt = this.#count
    }
    const known = this.#found.get(share)
    if (known !== undefined) return known
    const found = this.#find(1 - share)
    this.#found.set(share, found)
    return found
  }

  #find(longer: number): number {
    const times = this.#times.slice(0, Math.min(this.#count, most))
    // A time that is cut counts as longer than an equal one that is not.
    times.sort((one, other) => Math.abs(one) - Math.abs(other) || other - one)
    let left = 1
    for (let at = 0; at < times.length; at++) {
      const time = times[at] ?? 0
      if (Object.is(Math.abs(time), time)) left *= 1 - 1 / (times.length - at)
      if (left <= longer + 1e-9) return time
    }
    return Math.abs(times.at(-1) ?? 0)
  }
}
