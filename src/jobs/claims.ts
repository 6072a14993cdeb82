import type { ClaimedJob } from '../stores/job-store.ts'
import type { Hold } from './attempt.ts'

export interface ClaimsOptions {
  /** Places that are free. */
  room(): number
  claim(most: number): Promise<readonly ClaimedJob[]>
  /** A job was claimed: from now on it has a place. */
  taken(claimed: ClaimedJob): Hold
}

/** Claims jobs for all free places at once, and hands them out one by one: those who ask at one moment share a transaction. */
export class Claims {
  readonly #options: ClaimsOptions
  #ready: Hold[] = []
  #under: Promise<void> | undefined
  #closed = false

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  /** The next job; undefined: there is none, or no place. */
  async next(): Promise<Hold | undefined> {
    if (this.#ready.length === 0 && !this.#closed) {
      // Whoever asks while others are answered already may have been woken by a job that came after that.
      if (this.#under) await this.#under
      if (this.#ready.length === 0 && !this.#closed) await this.#fill()
    }
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

  #fill(): Promise<void> {
    this.#under ??= this.#ask().finally(() => {
      this.#under = undefined
    })
    return this.#under
  }

  async #ask(): Promise<void> {
    // Ends that come together free their places together.
    await new Promise((resolve) => setImmediate(resolve))
    const most = this.#options.room()
    if (most <= 0) return
    for (const claimed of await this.#options.claim(most)) this.#ready.push(this.#options.taken(claimed))
  }
}
