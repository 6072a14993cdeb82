import type { ClaimedJob } from '../stores/job-store.ts'
import type { Hold } from './attempt.ts'

export interface ClaimsOptions {
  /** Places that are free. */
  room(): number
  /** So many are claimed at once. */
  readonly most: number
  claim(most: number): Promise<readonly ClaimedJob[]>
  /** A job was claimed: from now on it has a place. */
  taken(claimed: ClaimedJob): Hold
}

/** Claims jobs for many free places at once, and hands them out one by one: those who ask at one moment share a transaction. */
export class Claims {
  readonly #options: ClaimsOptions
  #ready: Hold[] = []
  #under: Promise<boolean> | undefined
  #closed = false

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  /** The next job; undefined: there is none, or no place. */
  async next(): Promise<Hold | undefined> {
    // Whoever asks while others are answered already may have been woken by a job that came after that.
    if (this.#ready.length === 0 && this.#under) await this.#under
    let mayBeMore = true
    while (mayBeMore && this.#ready.length === 0 && !this.#closed) mayBeMore = await this.#fill()
    return this.#ready.shift()
  }

  /** Hands out no more; gives what was claimed and not handed out. */
  async close(): Promise<readonly Hold[]> {
    this.#closed = true
    await this.#under?.catch(() => undefined)
    const left = this.#ready
    this.#ready = []
    return left
  }

  /** Gives whether there may be more. */
  #fill(): Promise<boolean> {
    this.#under ??= this.#ask().finally(() => {
      this.#under = undefined
    })
    return this.#under
  }

  async #ask(): Promise<boolean> {
    // Ends that come together free their places together.
    await new Promise((resolve) => setImmediate(resolve))
    const most = Math.min(this.#options.room(), this.#options.most)
    if (most <= 0) return false
    const claimed = await this.#options.claim(most)
    for (const each of claimed) this.#ready.push(this.#options.taken(each))
    return claimed.length === most
  }
}
