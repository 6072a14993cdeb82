import type { Health } from './health.ts'
import { type Policy, skip } from './policy.ts'

/**
 * Leaves out targets that keep failing or asked for a pause. When that would leave none, the one that recovers first
 * stays: a wrong refusal is worse than a try.
 */
export const createHealthy =
  (health: Health): Policy =>
  (targets, call) => {
    // The only one stays whatever its health.
    if (targets.length < 2) return targets
    const states = targets.map((target) => health.state(target))
    if (states.every((state) => state.open)) return targets
    const open = targets.filter((_, index) => states[index]?.open)
    targets.forEach((target, index) => {
      const state = states[index]
      if (state && !state.open) skip(call, target, state.reason)
    })
    if (open.length > 0) return open
    let soonest = 0
    states.forEach((state, index) => {
      if (state.opensInMs < (states[soonest]?.opensInMs ?? 0)) soonest = index
    })
    return targets.slice(soonest, soonest + 1)
  }
