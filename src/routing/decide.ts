import type { Call } from '../core/call.ts'
import type { GatewayError } from '../core/errors.ts'
import { type Outcome, outcomes } from '../core/outcome.ts'
import { isReplaySafe } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { backoffMs } from './backoff.ts'
import type { Route } from './plan.ts'

/** What has happened in a call so far, as far as it decides what happens next. */
export interface Progress {
  /** Targets not asked yet, in order. */
  readonly rest: readonly Target[]
  /** Upstream requests made. */
  readonly attempts: number
  /** Further tries at the present target so far. */
  readonly again: number
  /** Time spent obeying `retry-after`, in milliseconds. */
  readonly waitedMs: number
}

export type Decision =
  | { readonly kind: 'again'; readonly afterMs: number; readonly asked: boolean }
  | { readonly kind: 'next' }
  | { readonly kind: 'chain'; readonly targets: readonly Target[] }
  | { readonly kind: 'stop' }

/** What the decision may ask of the world. */
export interface Advisers {
  now(): number
  random(): number
  /** Is the target worth another try, as far as its health tells? */
  open(target: Target): boolean
  /** Takes one retry from the target's budget; false when it is used up. */
  takeRetry(target: Target): boolean
  /** The share of the gateway's capacity that is in use, 0 to 1. */
  load(): number
}

/** One pause that an upstream may ask for, and all of them together. */
const mostWaitMs = 30_000
const mostWaitedMs = 60_000
/** Above this load a chain whose targets are overloaded is not walked any further, and nobody is asked twice. */
export const crowded = 0.8

const stop: Decision = { kind: 'stop' }

/** What follows after an attempt failed. The outcome's row decides; limits, budgets and the caller's wish narrow it. */
export const decide = (
  error: GatewayError,
  situation: { call: Call; route: Route; target: Target; progress: Progress },
  advisers: Advisers,
): Decision => {
  const { call, route, progress } = situation
  const outcome = error.details.outcome
  if (outcome === undefined || outcome === 'cancelled') return stop
  // Whoever passes something on by itself asks for it once.
  if (call.request.raw?.replaySafe === false) return stop
  if (progress.attempts >= route.retry.attempts) return stop
  const again = tryAgain(error, outcome, situation, advisers)
  if (again) return again
  if (call.noFallback) return stop
  if (isOverload(outcome) && progress.attempts >= 2 && advisers.load() > crowded) return stop
  return goOn(outcome, situation)
}

const isOverload = (outcome: Outcome): boolean => outcome === 'throttled' || outcome === 'server'

const tryAgain = (
  error: GatewayError,
  outcome: Outcome,
  { call, route, target, progress }: { call: Call; route: Route; target: Target; progress: Progress },
  advisers: Advisers,
): Decision | undefined => {
  const { same } = outcomes[outcome]
  if (same === 'no' || progress.again >= route.retry.sameTarget || error.details.shouldRetry === false) return undefined
  if (same === 'replay_safe' && !isReplaySafe(call.request)) return undefined
  const left = call.deadline - advisers.now()
  const asked = error.details.retryAfterMs
  const waits = same === 'after_wait' || (asked !== undefined && asked > 0)
  // Another target that may answer at once is better than waiting for this one.
  if (progress.rest.length > 0 && (waits ? !call.noFallback : !advisers.open(target))) return undefined
  if (asked !== undefined && (asked > mostWaitMs || progress.waitedMs + asked > mostWaitedMs)) return undefined
  const afterMs = asked ?? backoffMs(outcome, progress.again, advisers.random)
  if (afterMs >= left || !advisers.takeRetry(target)) return undefined
  return { kind: 'again', afterMs, asked: asked !== undefined }
}

const goOn = (
  outcome: Outcome,
  { call, route, target, progress }: { call: Call; route: Route; target: Target; progress: Progress },
): Decision => {
  const next: Decision = progress.rest.length > 0 ? { kind: 'next' } : stop
  switch (outcomes[outcome].next) {
    case 'yes':
      return next
    case 'replay_safe':
      return isReplaySafe(call.request) ? next : stop
    case 'context_chain':
      return chain(route.contextChain)
    case 'policy_chain':
      return chain(route.policyChain)
    case 'larger': {
      const window = target.facts?.contextWindow ?? Number.POSITIVE_INFINITY
      return chain(progress.rest.filter((other) => (other.facts?.contextWindow ?? 0) > window))
    }
    default:
      return stop
  }
}

const chain = (targets: readonly Target[]): Decision => (targets.length > 0 ? { kind: 'chain', targets } : stop)
