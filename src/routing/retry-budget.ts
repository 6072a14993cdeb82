import type { Clock } from '../core/clock.ts'
import type { Target } from '../core/target.ts'
import { RollingCount } from './rolling-count.ts'

export interface RetryBudgetOptions {
  readonly clock: Clock
  /** Retries allowed per request of the last 10 s. Default 0.2. */
  readonly share?: number | undefined
  /** Retries allowed in 10 s however few the requests. Default 3. */
  readonly floor?: number | undefined
}

/** Keeps retries a small share of the traffic, so that an outage is not answered with more load. */
export interface RetryBudget {
  /** A first attempt at a target. */
  request(target: Target): void
  /** True, and counted, when one more retry at this target is within the share. */
  take(target: Target): boolean
}

const windowMs = 10_000

export const createRetryBudget = ({ clock, share = 0.2, floor = 3 }: RetryBudgetOptions): RetryBudget => {
  const counts = new Map<string, { requests: RollingCount; retries: RollingCount }>()
  const of = (target: Target): { requests: RollingCount; retries: RollingCount } => {
    const known = counts.get(target.id)
    if (known) return known
    const created = { requests: new RollingCount(clock, windowMs), retries: new RollingCount(clock, windowMs) }
    counts.set(target.id, created)
    return created
  }
  return {
    request: (target) => of(target).requests.add(),
    take(target) {
      const { requests, retries } = of(target)
      if (retries.total() >= floor + share * requests.total()) return false
      retries.add()
      return true
    },
  }
}
