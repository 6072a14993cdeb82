import type { Clock } from '../core/clock.ts'

/** Runs something once after so many milliseconds, without keeping the process alive for it. Returns how to prevent it. */
export type Alarm = (run: () => void, afterMs: number) => () => void

export const systemAlarm: Alarm = (run, afterMs) => {
  const timer = setTimeout(run, afterMs)
  timer.unref()
  return () => clearTimeout(timer)
}

/** One thing that is to be done at the earliest of the times that were asked for. */
export class Timer {
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #run: () => void
  #at = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined

  constructor({ clock, alarm }: { readonly clock: Clock; readonly alarm: Alarm }, run: () => void) {
    this.#clock = clock
    this.#alarm = alarm
    this.#run = run
  }

  within(ms: number): void {
    const at = this.#clock.now() + ms
    if (at >= this.#at) return
    this.#cancel?.()
    this.#at = at
    this.#cancel = this.#alarm(() => {
      this.#at = Number.POSITIVE_INFINITY
      this.#cancel = undefined
      this.#run()
    }, Math.ceil(ms))
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#at = Number.POSITIVE_INFINITY
  }
}
