import type { Bound, Match } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { asGatewayError, type GatewayError } from '../core/errors.ts'
import type { Operation } from '../core/request.ts'
import { tightestLimits } from '../core/tightest-limits.ts'
import type { Ask, Ledger } from '../ledger/ledger.ts'

/** The refusal a caller would meet whatever it asks for; undefined: its request may be read. */
export type Admit = (caller: Caller, operation: Operation) => GatewayError | undefined

export interface AdmitOptions {
  readonly ledger: Ledger
  match(): Match
}

/**
 * Says no before a body is read, where this process knows that a limit or a budget for all models is used up. A budget
 * that looks for something cheaper is not asked: what it would find depends on the model. Where calls wait, they are let in.
 */
export const createAdmit =
  ({ ledger, match }: AdmitOptions): Admit =>
  (caller, operation) => {
    // No model has an empty name: what is left is what binds all of them.
    const bounds = match()(caller, '')
    if (bounds.length === 0) return undefined
    const refusal = ledger.refusal(operation === 'count_tokens' ? closing(bounds).requests : closing(bounds).all)
    return refusal && asGatewayError(refusal).with({ limits: tightestLimits(bounds, ledger.view) })
  }

interface Closing {
  readonly all: readonly Ask[]
  /** Counting tokens uses nothing else. */
  readonly requests: readonly Ask[]
}

const known = new WeakMap<readonly Bound[], Closing>()

/** The least that these bounds could be asked for; remembered, since a caller has the same for each of its calls. */
const closing = (bounds: readonly Bound[]): Closing => {
  const found = known.get(bounds)
  if (found) return found
  const all = bounds
    .filter(
      ({ allowance }) =>
        allowance.isHard && !allowance.waits && (allowance.unit !== 'nanos' || allowance.onLimit === 'refuse'),
    )
    .map((bound) => ({ ...bound, least: 1n, wish: 1n }))
  const made = { all, requests: all.filter(({ allowance }) => allowance.unit === 'requests') }
  known.set(bounds, made)
  return made
}
