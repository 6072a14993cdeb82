import type { RecallStanding } from '../core/recall-standing.ts'
import { atLeast } from './binomial.ts'
import { wilson } from './wilson.ts'

/** How many answers to similar questions may be wrong, how many are, and what follows. */
export interface ErrorBudget {
  /** A question was looked for; `found`: a similar one passes everything. */
  asked(scope: string, found: boolean): void
  /** It was answered so. */
  served(scope: string): void
  /** The kept answer was compared with a new one. */
  checked(scope: string, isRight: boolean, most: number): void
  isSuspended(scope: string): boolean
  /** Is this one to be checked, of which this share is wanted? While little is known, more are. */
  wantsCheck(scope: string, share: number, random: number): boolean
  standings(): readonly RecallStanding[]
}

export interface ErrorBudgetOptions {
  /** Told when a scope falls back to equal questions only, and when it comes back. */
  readonly changed?: ((standing: RecallStanding) => void) | undefined
  /** Scopes at once; the one that was not asked for longest is forgotten. Default 1000. */
  readonly mostScopes?: number | undefined
}

/** So many checks make an opinion. */
const enoughChecks = 20
const earlyShare = 0.5
/** It is looked at after every check, so each look must be wrong very seldom: one of two hundred. */
const unlucky = 1 / 200
/** Fewer are luck. */
const fewestChecks = 8
/** From so many on both counts are halved: the last hundreds decide. */
const fullChecks = 400
const fullRequests = 20_000
/** It comes back only when it is clearly better than it must be. */
const comeBackAt = 0.8

interface Counts {
  requests: number
  wouldHits: number
  hits: number
  checks: number
  wrong: number
  isSuspended: boolean
}

export const createErrorBudget = ({ changed, mostScopes = 1000 }: ErrorBudgetOptions = {}): ErrorBudget => {
  const scopes = new Map<string, Counts>()
  const of = (scope: string): Counts => {
    const known = scopes.get(scope) ?? { requests: 0, wouldHits: 0, hits: 0, checks: 0, wrong: 0, isSuspended: false }
    scopes.delete(scope)
    scopes.set(scope, known)
    if (scopes.size > mostScopes) scopes.delete(scopes.keys().next().value as string)
    return known
  }
  return {
    asked: (scope, found) => {
      const counts = of(scope)
      counts.requests++
      if (found) counts.wouldHits++
      if (counts.requests >= fullRequests) halve(counts, ['requests', 'wouldHits', 'hits'])
    },
    served: (scope) => {
      of(scope).hits++
    },
    checked: (scope, isRight, most) => {
      const counts = of(scope)
      counts.checks++
      if (!isRight) counts.wrong++
      if (decide(counts, most)) changed?.(standingOf(scope, counts))
      if (counts.checks >= fullChecks) halve(counts, ['checks', 'wrong'])
    },
    isSuspended: (scope) => scopes.get(scope)?.isSuspended ?? false,
    wantsCheck: (scope, share, random) => {
      const counts = scopes.get(scope)
      if (share <= 0) return false
      const isEarly = (counts?.checks ?? 0) < enoughChecks
      return random < (isEarly ? Math.max(share, earlyShare) : share)
    },
    standings: () => [...scopes].map(([scope, counts]) => standingOf(scope, counts)),
  }
}

const halve = (counts: Counts, names: readonly Exclude<keyof Counts, 'isSuspended'>[]): void => {
  for (const name of names) counts[name] /= 2
}

/**
 * A scope is stopped when so many wrong ones would be very bad luck, were no more wrong than may be: a check costs a call, so there are
 * few, and among few a share says little. The estimate itself decides about coming back. Gives whether anything changed.
 */
const decide = (counts: Counts, most: number): boolean => {
  const { estimate = 0 } = standingOf('', counts)
  const checks = Math.round(counts.checks)
  const isOver = checks >= fewestChecks && atLeast(Math.round(counts.wrong), checks, most / shareOf(counts)) < unlucky
  const isBack = counts.checks >= enoughChecks && estimate <= most * comeBackAt
  if (counts.isSuspended ? !isBack : !isOver) return false
  counts.isSuspended = !counts.isSuspended
  return true
}

const shareOf = ({ wouldHits, requests }: Counts): number => (requests === 0 ? 0 : wouldHits / requests)

const standingOf = (scope: string, counts: Counts): RecallStanding => {
  const { requests, wouldHits, hits, checks, wrong, isSuspended } = counts
  const share = shareOf(counts)
  const { low, high } = wilson(wrong, checks)
  return {
    scope,
    requests: Math.round(requests),
    wouldHits: Math.round(wouldHits),
    hits: Math.round(hits),
    checks: Math.round(checks),
    wrong: Math.round(wrong),
    estimate: checks === 0 ? undefined : share * (wrong / checks),
    low: share * low,
    high: share * high,
    isSuspended,
  }
}
