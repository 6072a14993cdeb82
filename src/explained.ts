import { boundOf, isBounded } from './core/bound-cost.ts'
import type { Attempt, Call } from './core/call.ts'
import type { GatewayError } from './core/errors.ts'
import type { Nanos } from './core/money.ts'
import { type Need, needsOf } from './core/request.ts'
import type { Scope } from './core/scope.ts'
import type { Target } from './core/target.ts'
import type { Looked } from './ledger/look.ts'
import type { Health, HealthState } from './routing/health.ts'
import type { Route } from './routing/plan.ts'
import { mostOutput } from './stages/budget.ts'

/** The most that an attempt can cost. */
export interface PlannedBound {
  /** Undefined: nothing bounds it, or its price is not known. */
  readonly nanos: Nanos | undefined
  readonly tokensIn: number | undefined
  /** For each choice. */
  readonly tokensOut: number
}

/** One target of a plan. */
export interface PlannedTarget {
  readonly target: Target
  /** 1: it is asked first. Undefined: it is not asked. */
  readonly position: number | undefined
  /** Why it is left out, or refused before anything is sent. */
  readonly skipped: string | undefined
  readonly health: HealthState
  /** What the request needs and it is known to lack. */
  readonly lacks: readonly Need[]
  /** Undefined: it is not come to. */
  readonly bound: PlannedBound | undefined
  /** Until its turn, in milliseconds; undefined: it has no queue. */
  readonly queuedMs: number | undefined
}

/** What memory would have to do with an answer. */
export interface PlannedMemory {
  /** Undefined: it is not come to. */
  readonly outcome: 'hit' | 'stale' | 'miss' | 'off' | undefined
  readonly scope: string | undefined
  /** Names the question within its scope, and tells nothing of it. */
  readonly key: string | undefined
  readonly ageMs: number | undefined
}

/** What would become of a question that came now. */
export interface Explained {
  readonly call: Call
  readonly scopes: readonly Scope[]
  /** Undefined: there is no such model for this caller. */
  readonly route: Route | undefined
  /** In the order in which they would be asked, then those that are left out. */
  readonly targets: readonly PlannedTarget[]
  /** Limits and budgets, in the order in which they are asked. */
  readonly allowances: readonly Looked[]
  /** What it would be refused with; undefined: it is let in. */
  readonly refusal: GatewayError | undefined
  /** Undefined: nothing of this model is kept. */
  readonly memory: PlannedMemory | undefined
  /** Is its answer held against the format that it asks for? */
  readonly conforms: boolean
}

/** How far an attempt came that sends nothing. */
export interface Try {
  readonly attempt: Attempt
  /** As it would have been sent; undefined: it was refused. */
  sent?: Attempt
  error?: GatewayError
  queuedMs?: number | undefined
}

/** The targets of a route, as a walk found them. */
export const plannedTargets = (
  { call, route, tries }: { readonly call: Call; readonly route: Route; readonly tries: readonly Try[] },
  health: Pick<Health, 'state'>,
): readonly PlannedTarget[] => {
  const tried = new Map(tries.map((each) => [each.attempt.target.id, each]))
  const order = call.notes.order ?? []
  const all = new Map(route.targets.map((target) => [target.id, target]))
  // Rules may name others than the model itself does.
  for (const { attempt } of tries) all.set(attempt.target.id, attempt.target)
  const placeOf = (id: string): number | undefined => {
    const at = order.indexOf(id)
    return at === -1 ? undefined : at + 1
  }
  const needs = [...needsOf(call.request.chat)]
  return [...all.values()]
    .map((target): PlannedTarget => {
      const found = tried.get(target.id)
      return {
        target,
        position: placeOf(target.id),
        skipped: found?.sent ? undefined : (reasonOf(found) ?? noted(call, target)),
        health: health.state(target),
        lacks: needs.filter((need) => target.facts?.lacks.includes(need)),
        bound: found && boundOfTry(found),
        queuedMs: found?.queuedMs,
      }
    })
    .sort((one, other) => (one.position ?? Infinity) - (other.position ?? Infinity))
}

const reasonOf = (found: Try | undefined): string | undefined =>
  found?.error && `${found.error.code}: ${found.error.message}`

const noted = ({ notes }: Call, { id }: Target): string | undefined =>
  notes.skipped?.find(({ target }) => target === id)?.reason ??
  (notes.order?.includes(id) ? undefined : notes.order && 'The policies of its model left it out.')

/** What is held for it where a budget asks, else what would be. */
const boundOfTry = ({ attempt, sent = attempt }: Try): PlannedBound | undefined => {
  const { request, target, line } = sent
  if (request.operation === 'count_tokens') return undefined
  const tokensOut = mostOutput(request, target)
  const bound = boundOf(request, target)
  if (!isBounded(bound)) return { nanos: undefined, tokensIn: undefined, tokensOut }
  return { nanos: line.heldNanos ?? bound.cost(tokensOut), tokensIn: bound.tokensIn, tokensOut }
}
