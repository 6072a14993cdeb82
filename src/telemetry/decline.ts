/** Something that became worse than it used to be. */
export interface Decline {
  /** Unix milliseconds at which it was noticed. */
  readonly since: number
  /** The share of bad ones, or the mean badness, before and now: 0 to 1. */
  readonly was: number
  readonly is: number
}

/** Nothing is concluded before so many were seen. */
export const leastSeen = 200
/** What comes later is held against what was before it, in blocks of so many: the latest do not count yet, as it may have become worse. */
const block = 250
const mostPending = 4
/** The baseline forgets: it counts for no more than this. */
const mostSeen = 10_000
/** Worse means by a quarter and one in a hundred; less is not worth waking anybody. */
const worseBy = 1.25
const worseByLeast = 0.01
/** How sure the upper bound of the baseline is: one in a thousand is above it. */
const sureness = 3.1
/** A false alarm comes once in so many at most, on average. */
export const alarmOnceIn = 100_000
/** How much is staked on it having become worse, of what may be: for small changes, and for large ones. */
const stakes = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7] as const
/** Of the running mean: the latest hundred or so. */
const pace = 0.02
/** It is over when so many came since, and they are as good as before. */
const leastSince = 100

interface Block {
  count: number
  sum: number
  squares: number
}

const emptyBlock = (): Block => ({ count: 0, sum: 0, squares: 0 })

/**
 * Watches a stream of badness, each from 0 to 1, for becoming worse than its own past. It stakes on the next one being worse
 * than an upper bound of the baseline, so that the stake multiplies only when that is so (a Shiryaev–Roberts sum of betting
 * martingales): while the mean stays below the bound a false alarm comes once in `alarmOnceIn` at most, however often
 * somebody looks.
 */
export class DeclineWatch {
  /** Undefined: it is as good as it used to be. */
  decline: Decline | undefined
  #seen = 0
  #sum = 0
  #squares = 0
  #bound = 1
  #latest = emptyBlock()
  readonly #pending: Block[] = []
  #mean = 0
  #since = 0
  readonly #capital: number[] = stakes.map(() => 0)

  /** Gives true when it became worse by this one. `now`: Unix milliseconds. */
  see(badness: number, now: number): boolean {
    this.#mean += (badness - this.#mean) * Math.max(pace, 1 / (this.#seen + this.#latest.count + 1))
    if (this.decline) {
      this.#during(this.decline, badness)
      return false
    }
    const isWorse = this.#seen >= leastSeen && this.#stake(badness) >= alarmOnceIn
    if (isWorse) {
      this.decline = { since: now, was: this.#sum / this.#seen, is: this.#mean }
      this.#since = 0
      this.#capital.fill(0)
      this.#pending.length = 0
      this.#latest = emptyBlock()
      return true
    }
    this.#learn(badness)
    return false
  }

  /** The mean of what is staked on. */
  #stake(badness: number): number {
    let total = 0
    for (let index = 0; index < stakes.length; index++) {
      const factor = 1 + ((stakes[index] as number) / this.#bound) * (badness - this.#bound)
      const capital = ((this.#capital[index] as number) + 1) * factor
      this.#capital[index] = capital
      total += capital
    }
    return total / stakes.length
  }

  #learn(badness: number): void {
    const latest = this.#latest
    latest.count++
    latest.sum += badness
    latest.squares += badness * badness
    if (latest.count < (this.#seen === 0 ? leastSeen : block)) return
    this.#latest = emptyBlock()
    this.#pending.push(latest)
    if (this.#seen > 0 && this.#pending.length <= mostPending) return
    const { count, sum, squares } = this.#pending.shift() ?? latest
    const keep = Math.min(1, mostSeen / (this.#seen + count))
    this.#seen = (this.#seen + count) * keep
    this.#sum = (this.#sum + sum) * keep
    this.#squares = (this.#squares + squares) * keep
    this.#bound = boundOf(this.#sum / this.#seen, this.#squares / this.#seen, this.#seen)
  }

  #during(decline: Decline, badness: number): void {
    this.#since++
    const goodAgain = this.#since >= leastSince && this.#mean <= this.#bound
    this.decline = goodAgain ? undefined : { ...decline, is: this.#mean }
    if (goodAgain) this.#learn(badness)
  }
}

/** What the true mean is probably below, and what counts as worse than that. */
const boundOf = (mean: number, meanSquare: number, count: number): number => {
  const variance = Math.max(0, meanSquare - mean * mean) + 1 / count
  const upper = mean + sureness * Math.sqrt(variance / count) + (sureness * sureness) / count
  return Math.min(1, upper * worseBy + worseByLeast)
}
