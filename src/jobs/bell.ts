import type { Priority } from '../core/priority.ts'

/** A job that could begin. */
export interface Ring {
  readonly job: string
  readonly owner: string
  readonly priority: Priority
}

/**
 * Tells workers that there is work. Which job a worker then takes is decided by the rows alone, so that priorities and
 * shares are the same whatever rings. Losing everything that a bell carries loses time, never jobs: `upkeep` rings again.
 */
export interface Bell {
  /** Resolves once the engine has the rings; rejects when it has not, and then they are rung again later. */
  ring(rings: readonly Ring[]): Promise<void>
  /**
   * Answers rings until it is closed, at most `concurrency` of them at a time. A ring is kept from others, and its time prolonged, until
   * `work` is fulfilled, and then it is gone; when that rejects, or the process dies, it rings again, here or elsewhere.
   */
  answer(options: { readonly concurrency: number; work(ring: Ring | undefined): Promise<void> }): Answering
  /** Rings that nobody has answered yet, as far as the engine tells; undefined: it does not. */
  waiting(): Promise<number | undefined>
  close(): Promise<void>
}

export interface Answering {
  /** Takes no more; fulfilled when those under way are through. */
  close(): Promise<void>
}
