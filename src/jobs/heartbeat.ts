import type { JobWork } from '../stores/job-store.ts'

export interface HeartbeatOptions {
  readonly work: Pick<JobWork, 'beat'>
  readonly leaseMs: number
  /** This claim is somebody else's by now. */
  lost(fence: number): void
  /** The job of this claim is to stop. */
  stopping(fence: number): void
  failed(cause: unknown): void
}

/** However often somebody looks, the store is asked so often at most. */
const lookMs = 100
const againMs = 1_000

/**
 * Prolongs the leases of a worker, all of them at once, three times within their length. It runs in the main loop on purpose: a
 * thread that went on alone would keep the jobs of a process that does nothing any more. A loop may stand still for
 * two thirds of a lease without losing one, and a lease is at least four times as long as the longest that it is known to.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #fences = new Set<number>()
  readonly #timer: NodeJS.Timeout
  #soon: NodeJS.Timeout | undefined
  #last = Number.NEGATIVE_INFINITY
  #under = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#beat(), options.leaseMs / 3)
  }

  add(fence: number): void {
    this.#fences.add(fence)
  }

  remove(fence: number): void {
    this.#fences.delete(fence)
  }

  /** Asks soon whether a job is to stop. */
  look(): void {
    if (this.#soon !== undefined || this.#fences.size === 0) return
    this.#soon = setTimeout(() => void this.#beat(), Math.max(0, this.#last + lookMs - performance.now()))
  }

  close(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#soon)
    this.#fences.clear()
  }

  async #beat(): Promise<void> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    if (this.#fences.size === 0 || this.#under) return
    this.#under = true
    this.#last = performance.now()
    const { work, leaseMs, lost, stopping, failed } = this.#options
    try {
      const found = await work.beat([...this.#fences], leaseMs)
      for (const fence of found.stopping) if (this.#fences.has(fence)) stopping(fence)
      for (const fence of found.lost) if (this.#fences.delete(fence)) lost(fence)
    } catch (thrown) {
      failed(thrown)
      this.#soon ??= setTimeout(() => void this.#beat(), againMs)
    } finally {
      this.#under = false
    }
  }
}
