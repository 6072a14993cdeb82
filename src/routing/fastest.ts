import type { Health } from './health.ts'
import type { Policy } from './policy.ts'

/** Orders by the recent time to the first token; a target without a recent figure is tried first, to get one. */
export const createFastest =
  (health: Health): Policy =>
  (targets) => {
    if (targets.length < 2) return targets
    return targets
      .map((target) => ({ target, ms: health.firstTokenMs(target) ?? 0 }))
      .sort((one, other) => one.ms - other.ms)
      .map(({ target }) => target)
  }
