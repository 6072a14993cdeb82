import type { Allowance, Bound } from './allowance.ts'
import type { LimitStanding } from './limit-standing.ts'
import type { Scope } from './scope.ts'

/** Where an allowance stands for a subject; undefined: nothing is known of it yet. */
type Look = (
  allowance: Allowance,
  subject: Scope,
) => { readonly limit: bigint; readonly used: bigint; readonly resetsAt: number | undefined } | undefined

const units = ['requests', 'tokens'] as const

/** Of the limits of requests, and of those of tokens, the one with the least left; callers are told of these. */
export const tightestLimits = (bounds: readonly Bound[], look: Look): readonly LimitStanding[] => {
  const found: LimitStanding[] = []
  for (const unit of units) {
    const tightest = tightestOf(bounds, look, unit)
    if (tightest) found.push(tightest)
  }
  return found
}

const tightestOf = (bounds: readonly Bound[], look: Look, unit: LimitStanding['unit']): LimitStanding | undefined => {
  let tightest: LimitStanding | undefined
  for (const { allowance, subject } of bounds) {
    if (allowance.unit !== unit) continue
    const standing = look(allowance, subject)
    if (!standing) continue
    const { limit, used, resetsAt } = standing
    const remaining = used < limit ? limit - used : 0n
    if (!tightest || remaining < tightest.remaining) tightest = { unit, limit, remaining, resetsAt }
  }
  return tightest
}
