import type { Behaviour } from './simulated-options.ts'
import { logNormal, randomFrom } from './simulated-random.ts'

/** What happens to one call. */
export interface Fate {
  readonly latencyMs: number
  readonly throttled: boolean
  readonly fails: boolean
  readonly accident: 'cut' | 'stall' | undefined
  /** Where in the answer the accident happens, from 0 to 1. */
  readonly where: number
}

/** The fates of call after call, by the seed alone: asking again may end otherwise, as it does with real providers. */
export const fatesFrom = (behaviour: Behaviour): (() => Fate) => {
  const random = randomFrom(`accidents ${behaviour.seed}`)
  return () => {
    const latencyMs = logNormal(random, behaviour.latencyMs)
    // All are drawn each time, so that one rate does not move the accidents of another.
    const throttled = random() < behaviour.rateLimitRate
    const fails = random() < behaviour.errorRate
    const cut = random() < behaviour.cutRate
    const stalls = random() < behaviour.stallRate
    return { latencyMs, throttled, fails, accident: cut ? 'cut' : stalls ? 'stall' : undefined, where: random() }
  }
}
