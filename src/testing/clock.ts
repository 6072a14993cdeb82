import type { Clock } from '../core/clock.ts'

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets time pass, in milliseconds; never backwards. */
  advance(durationMs: number): void
}

/** A clock that begins at `startMs`. Advancing by a negative time throws a RangeError. */
export const createFakeClock = (startMs = 0): FakeClock => {
  let nowMs = startMs
  return {
    now: () => nowMs,
    advance: (durationMs) => {
      if (!(durationMs >= 0)) throw new RangeError(`a clock cannot go on by ${durationMs} ms`)
      nowMs += durationMs
    },
  }
}
