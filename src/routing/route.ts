import type { Answer } from '../core/answer.ts'
import type { Attempt, Call } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Handler } from '../core/handler.ts'
import type { Target } from '../core/target.ts'
import { pause } from './backoff.ts'
import { type Advisers, type Decision, decide } from './decide.ts'
import { findRoute } from './find-route.ts'
import { askHedged, isHedgeable } from './hedge.ts'
import type { Hedging } from './hedging.ts'
import type { Plan, Route } from './plan.ts'
import { ask, isLate, type Trial } from './trial.ts'

export interface RouteOptions extends Advisers {
  /** The plan in force; read once per call, so that a call keeps the plan it began with. */
  plan(): Plan
  /** Told of each first try at a target, for its retry budget. */
  countRequest(target: Target): void
  /** Undefined: nobody is asked twice, whatever the plan says. */
  readonly hedging?: Hedging | undefined
}

/** The hinge between a call and its attempts: orders the targets, then tries until one begins to answer. */
export const createRoute =
  (options: RouteOptions) =>
  (attempt: Handler<Attempt>): Handler<Call> =>
  async (call) => {
    const route = findRoute(options.plan(), call)
    const order = orderOf(route, call)
    if (route.hedge) options.hedging?.earn(route.name, route.hedge.budget)
    const trial: Trial = { call, route, rest: [...order], attempts: 0, again: 0, waitedMs: 0 }
    let target = trial.rest.shift()
    let first: GatewayError | undefined
    for (;;) {
      if (target === undefined) throw finalError(first, call)
      try {
        return await tryTarget(trial, target, attempt, options)
      } catch (thrown) {
        const error = asGatewayError(thrown)
        const decision = decide(error, { call, route, target, progress: trial }, options)
        first = worthier(first, error)
        if (decision.kind === 'stop') throw finalError(stopsAsItIs(error) ? error : first, call)
        target = await follow(decision, trial, target)
      }
    }
  }

const orderOf = (route: Route, call: Call): readonly Target[] => {
  let targets = route.targets
  for (const policy of route.policies) targets = policy(targets, call)
  if (targets.length === 0) throw new GatewayError('no_target', `No target of ${route.name} can be used at present.`)
  call.notes.order = targets.map((target) => target.id)
  return targets
}

const tryTarget = (trial: Trial, target: Target, attempt: Handler<Attempt>, options: RouteOptions): Promise<Answer> => {
  const { call, route } = trial
  const now = options.now()
  if (isLate(call, now)) {
    throw new GatewayError('deadline_exceeded', 'The time for this call is over.', { outcome: 'cancelled' })
  }
  if (trial.again === 0) options.countRequest(target)
  const { hedging } = options
  if (hedging && route.hedge && isHedgeable(call)) return askHedged(trial, target, attempt, { ...options, hedging })
  return ask(trial, { call, target, now, isHedge: false }, attempt).answer
}

const follow = async (decision: Decision, trial: Trial, target: Target): Promise<Target | undefined> => {
  if (decision.kind === 'again') {
    await pause(decision.afterMs, trial.call.signal)
    trial.again++
    if (decision.asked) trial.waitedMs += decision.afterMs
    return target
  }
  trial.again = 0
  if (decision.kind === 'chain') {
    const asked = new Set(trial.call.account.attempts.map((line) => line.target))
    trial.rest = decision.targets.filter((other) => !asked.has(other.id))
  }
  return trial.rest.shift()
}

/** The first target's error is what the caller hears, unless that target could not even be asked. */
const worthier = (first: GatewayError | undefined, error: GatewayError): GatewayError => {
  if (first === undefined || first.details.outcome === 'incapable') return error
  if (first.details.outcome !== 'throttled' || error.details.outcome !== 'throttled') return first
  const soonest = Math.min(first.details.retryAfterMs ?? Infinity, error.details.retryAfterMs ?? Infinity)
  return first.with({ retryAfterMs: soonest === Infinity ? undefined : soonest })
}

/** A caller's own mistake, or its own time, is told as it is, whatever was tried before. */
const stopsAsItIs = (error: GatewayError): boolean =>
  error.details.outcome === undefined || error.details.outcome === 'cancelled' || error.details.outcome === 'caller'

const finalError = (error: GatewayError | undefined, call: Call): GatewayError => {
  const found = error ?? new GatewayError('no_target', `No target of ${call.request.model} is left to ask.`)
  const trail = call.account.attempts.map((line) => ({ target: line.target, outcome: line.outcome ?? 'unknown' }))
  return trail.length === 0 ? found : found.with({ facts: { attempts: trail } })
}
