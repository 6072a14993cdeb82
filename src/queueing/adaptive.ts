const start = 20
const cut = 0.7
/** A window whose first words came later than this many times the usual is not clean, or is a reason to go back. */
const late = 2
const muchTooLate = 4
const mostTimes = 64
/** How fast the best time is forgotten: by so much in each window. */
const forgetting = 1.02

/** How a call ended, as far as it tells how the target fares. */
export interface Fared {
  readonly isOverload: boolean
  readonly isGood: boolean
  /** When it was sent. */
  readonly sentAt: number
  readonly firstTokenMs: number | undefined
}

/**
 * How many calls a target bears at once: one more after each window in which all went well and all places were in use,
 * three tenths fewer when it says it has too much, falls silent, or begins to answer much later than usual. How long
 * answers take in all says nothing: it depends on how long they are.
 */
export class AdaptiveLimit {
  most: number
  #limit: number
  #good = 0
  #wasFull = false
  #times: number[] = []
  #best = Number.POSITIVE_INFINITY
  /** Who was sent before has nothing new to say of it. */
  #cutAt = Number.NEGATIVE_INFINITY

  constructor(most: number, first = start) {
    this.most = most
    this.#limit = Math.min(first, most)
  }

  get limit(): number {
    return Math.max(1, Math.min(Math.floor(this.#limit), this.most))
  }

  /** All places are in use. */
  full(): void {
    this.#wasFull = true
  }

  ended({ isOverload, isGood, sentAt, firstTokenMs }: Fared, now: number): void {
    if (sentAt < this.#cutAt) return
    if (isOverload) {
      this.#cut(now)
      return
    }
    if (!isGood) return
    if (firstTokenMs !== undefined && this.#times.length < mostTimes) this.#times.push(firstTokenMs)
    if (++this.#good < this.limit) return
    const slowness = this.#slowness()
    if (slowness > muchTooLate) this.#cut(now)
    else if (this.#wasFull && slowness <= late) this.#limit = Math.min(this.most, this.#limit + 1)
    this.#begin()
  }

  /** How many times the best known median the median of this window is. */
  #slowness(): number {
    if (this.#times.length === 0) return 1
    const sorted = this.#times.sort((one, other) => one - other)
    const median = Math.max(1, sorted[Math.floor(sorted.length / 2)] as number)
    this.#best = Math.min(median, this.#best * forgetting)
    return median / this.#best
  }

  #cut(now: number): void {
    this.#limit = Math.max(1, this.limit * cut)
    this.#cutAt = now
    this.#begin()
  }

  #begin(): void {
    this.#good = 0
    this.#wasFull = false
    this.#times = []
  }
}
