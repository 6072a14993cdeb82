import type { Target } from '../core/target.ts'
import type { HedgeLimits } from './plan.ts'
import { RecentTimes } from './recent-times.ts'

/** What hedging remembers: how long targets take, and what each model may still ask twice. It outlives configurations. */
export interface Hedging {
  /** One more call of a model: it earns its share of a second question. */
  earn(model: string, budget: number): void
  /** Takes one second question from what the model has earned; false when it has not earned one. */
  take(model: string): boolean
  /** How long the first words of this target may take, in milliseconds; undefined: not enough is known of it. */
  patienceMs(target: Target, form: 'stream' | 'whole', after: HedgeLimits['after']): number | undefined
  /** How long the first words of this target took, or, where `isCut`, that they would have taken longer than this. */
  took(target: Target, form: 'stream' | 'whole', time: { readonly ms: number; readonly isCut?: boolean }): void
}

/** A quiet hour must not pay for a storm: no more than this is saved up. */
const mostSaved = 10

/** Begins with nothing earned, so that second questions are never more than their share of all calls. */
export const createHedging = (): Hedging => {
  const earned = new Map<string, number>()
  const times = new Map<string, RecentTimes>()
  const timesOf = (target: Target, form: string): RecentTimes => {
    const name = `${form} ${target.id}`
    const known = times.get(name)
    if (known) return known
    const created = new RecentTimes()
    times.set(name, created)
    return created
  }
  return {
    earn: (model, budget) => void earned.set(model, Math.min(mostSaved, (earned.get(model) ?? 0) + budget)),
    take(model) {
      const have = earned.get(model) ?? 0
      // A sum of twentieths may be a little less than one.
      if (have < 1 - 1e-9) return false
      earned.set(model, Math.max(0, have - 1))
      return true
    },
    patienceMs: (target, form, after) => ('ms' in after ? after.ms : timesOf(target, form).percentile(after.share)),
    took: (target, form, { ms, isCut }) => timesOf(target, form).add(ms, isCut),
  }
}
