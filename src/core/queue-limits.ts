/** How calls wait for a target. */
export interface QueueLimits {
  /** Nobody waits longer, in milliseconds. */
  readonly maxWaitMs: number
  /** So many may wait at once. */
  readonly length: number
  /** The most calls under way at once; below that the number follows how the target fares. */
  readonly concurrency: number
}

/** Where a call stands that waits for a target. */
export interface QueuePlace {
  /** 1 for the next. */
  readonly position: number
  /** Until its turn, in milliseconds; an estimate. */
  readonly waitMs: number
}
