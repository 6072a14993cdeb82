import type { Bound } from './allowance.ts'

/** What binds somebody, sorted by who asks for it. */
export interface SortedBounds extends Limits {
  /** The limits that are written for a provider; undefined: there are none. */
  readonly ofProvider: Limits | undefined
  /** Budgets that refuse. */
  readonly hard: readonly Bound[]
  /** Budgets that only tell. */
  readonly soft: readonly Bound[]
}

export interface Limits {
  /** Limits of requests, tokens and calls at once. */
  readonly limits: readonly Bound[]
  /** Of those, the limits of requests. */
  readonly requests: readonly Bound[]
}

const none: readonly Bound[] = []
const known = new WeakMap<readonly Bound[], SortedBounds>()

/** Bounds by what they are for; remembered, since a caller has the same for each of its calls. */
export const sortedBounds = (bounds: readonly Bound[]): SortedBounds => {
  const found = known.get(bounds)
  if (found) return found
  const limits = some(bounds, ({ allowance }) => allowance.unit !== 'nanos' && allowance.isHard)
  const ofProvider = some(limits, ({ subject }) => subject.startsWith('provider:'))
  const sorted = {
    ...limitsOf(limits),
    ofProvider: ofProvider.length === 0 ? undefined : limitsOf(ofProvider),
    hard: some(bounds, ({ allowance }) => allowance.unit === 'nanos' && allowance.isHard),
    soft: some(bounds, ({ allowance }) => allowance.unit === 'nanos' && !allowance.isHard),
  }
  known.set(bounds, sorted)
  return sorted
}

const limitsOf = (limits: readonly Bound[]): Limits => ({
  limits,
  requests: some(limits, ({ allowance }) => allowance.unit === 'requests'),
})

const some = (bounds: readonly Bound[], isMeant: (bound: Bound) => boolean): readonly Bound[] => {
  const meant = bounds.filter(isMeant)
  return meant.length === 0 ? none : meant
}
