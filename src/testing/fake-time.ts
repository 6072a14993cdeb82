import type { Clock } from '../core/clock.ts'
import { Heap, type Ranked } from '../queueing/heap.ts'

/** A time that goes from one thing to do to the next, as fast as they can be done. */
export interface FakeTime {
  readonly clock: Clock
  /** Does something once after so many milliseconds. Returns how to prevent it. */
  readonly alarm: (run: () => void, afterMs: number) => () => void
  /** Does something at a time that has not passed. */
  at(ms: number, run: () => void): void
  /** Does everything that is to be done until then. Between two things all promises that can settle do. */
  run(untilMs: number): Promise<void>
}

class Due implements Ranked {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined

  constructor(at: number, order: number, run: () => void) {
    this.at = at
    this.order = order
    this.run = run
  }
}

/** A time that begins at 0. */
export const createFakeTime = (): FakeTime => {
  const dues = new Heap<Due>()
  let now = 0
  let orders = 0
  const add = (at: number, run: () => void): Due => {
    const due = new Due(Math.max(now, at), ++orders, run)
    dues.add(due)
    return due
  }
  return {
    clock: { now: () => now },
    alarm: (run, afterMs) => {
      const due = add(now + afterMs, run)
      return () => {
        due.run = undefined
      }
    },
    at: (ms, run) => void add(ms, run),
    run: async (untilMs) => {
      for (;;) {
        // Promises that wait for each other need a turn each.
        for (let turn = 0; turn < 4; turn++) await undefined
        const due = dues.least
        if (!due || due.at > untilMs) break
        dues.takeLeast()
        now = due.at
        due.run?.()
      }
      now = untilMs
    },
  }
}
