import { asGatewayError } from '../core/errors.ts'
import type { Outcome } from '../core/outcome.ts'
import type { StopSignal } from '../core/stop.ts'

const mostMs = 8_000

/** Full jitter: anything between zero and a bound that doubles with each try, from 250 ms (1 s after a rate limit) to 8 s. */
export const backoffMs = (outcome: Outcome, tries: number, random: () => number): number =>
  random() * Math.min(mostMs, (outcome === 'throttled' ? 1_000 : 250) * 2 ** tries)

/** Waits; throws the signal's reason as soon as the call is over. */
export const pause = (ms: number, signal: StopSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(asGatewayError(signal.reason))
      return
    }
    const stop = (): void => {
      clearTimeout(timer)
      reject(asGatewayError(signal.reason))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
