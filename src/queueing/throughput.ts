/** Over how much time it is looked back, in milliseconds. */
const memoryMs = 20_000
/** Less than this says nothing. */
const leastMs = 200

/** How fast those who wait get their turn, by the time in which somebody waited and could have had one. */
export class Throughput {
  #cost = 0
  #busyMs = 0
  #turns = 0
  #since = 0
  #isBusy = false

  /** Somebody waits from now on, or nobody any more, or nobody can have a turn for a while. */
  busy(isBusy: boolean, now: number): void {
    if (this.#isBusy) this.#pass(now)
    this.#isBusy = isBusy
    this.#since = now
  }

  /** Somebody who waited has its turn. */
  served(cost: number, now: number): void {
    if (this.#isBusy) this.#pass(now)
    this.#since = now
    this.#cost += cost
    this.#turns++
  }

  /** Cost per millisecond; undefined: not known, as there were fewer turns lately. */
  rate(now: number, fewest = 1): number | undefined {
    if (this.#turns < fewest) return undefined
    const waitedMs = this.#isBusy ? now - this.#since : 0
    const busyMs = this.#busyMs + waitedMs
    return busyMs < leastMs || this.#cost <= 0 ? undefined : this.#cost / busyMs
  }

  #pass(now: number): void {
    const ms = now - this.#since
    // What is short needs no exponential.
    const left = ms < 200 ? 1 - ms / memoryMs : Math.exp(-ms / memoryMs)
    this.#cost *= left
    this.#turns *= left
    this.#busyMs = this.#busyMs * left + ms
  }
}
