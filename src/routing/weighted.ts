import type { Policy } from './policy.ts'

/** Draws the first target by weight, then the next among the rest, so that a fallback is by weight as well. */
export const createWeighted =
  (random: () => number): Policy =>
  (targets) => {
    if (targets.length < 2) return targets
    // Each target's key is exponentially distributed with its weight as rate: sorting by it draws without replacement.
    return targets
      .map((target) => ({ target, key: -Math.log(1 - random()) / target.weight }))
      .sort((one, other) => one.key - other.key)
      .map(({ target }) => target)
  }
