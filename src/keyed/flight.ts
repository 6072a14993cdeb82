import { asGatewayError } from '../core/errors.ts'
import type { StopSignal } from '../core/stop.ts'

/** A call with a key that is under way in this process, for those who wait for it. */
export class Flight {
  #waiting: Set<() => void> | undefined

  add(landed: () => void): void {
    this.#waiting ??= new Set()
    this.#waiting.add(landed)
  }

  remove(landed: () => void): void {
    this.#waiting?.delete(landed)
  }

  /** It is over, however it ended. */
  land(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const landed of waiting ?? []) landed()
  }
}

/** Until the flight is over or the time is. Rejects when whoever waits is to stop. */
export const wait = (signal: StopSignal, flight: Flight | undefined, ms: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer)
      flight?.remove(end)
      signal.removeEventListener('abort', stop)
    }
    const end = (): void => {
      leave()
      resolve()
    }
    const stop = (): void => {
      leave()
      reject(asGatewayError(signal.reason))
    }
    const timer = setTimeout(end, ms)
    flight?.add(end)
    signal.addEventListener('abort', stop)
  })
