const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** How long after the failure before each attempt is made, in milliseconds; there are as many attempts as entries. */
export const deliveryPausesMs: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** Events that failed together are not all due together. */
const jitter = 0.1

export interface NextDelivery {
  /** Attempts that were made, the one that just failed included. */
  readonly attempts: number
  /** Unix milliseconds. */
  readonly now: number
  /** From 0 to 1. */
  readonly random: number
  readonly pausesMs: readonly number[]
}

/** When an event is to be sent again, in Unix milliseconds; undefined: never. */
export const nextDeliveryAt = ({ attempts, now, random, pausesMs }: NextDelivery): number | undefined => {
  const pauseMs = pausesMs[attempts]
  return pauseMs === undefined ? undefined : now + Math.round(pauseMs * (1 - jitter + 2 * jitter * random))
}
