import type { Bound, Match } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { asGatewayError, type GatewayError } from '../core/errors.ts'
import type { Operation } from '../core/request.ts'
import { tightestLimits } from '../core/tightest-limits.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** The refusal a caller would meet whatever it asks for; undefined: its request may be read. */
export type Admit = (caller: Caller, operation: Operation) => GatewayError | undefined

export interface AdmitOptions {
  readonly ledger: Ledger
  match(): Match
}

/**
 * Says no before a body is read, where this process knows that a limit or a budget for all models is used up. A budget
 * that looks for something cheaper is not asked: what it would find depends on the model.
 */
export const createAdmit =
  ({ ledger, match }: AdmitOptions): Admit =>
  (caller, operation) => {
    // No model has an empty name: what is left is what binds all of them.
    const bounds = match()(caller, '')
    if (bounds.length === 0) return undefined
    const refusal = ledger.refusal(
      bounds.filter((bound) => closes(bound, operation)).map((bound) => ({ ...bound, least: 1n, wish: 1n })),
    )
    return refusal && asGatewayError(refusal).with({ limits: tightestLimits(bounds, ledger.view) })
  }

const closes = ({ allowance: { unit, isHard, onLimit } }: Bound, operation: Operation): boolean => {
  if (operation !== 'chat') return unit === 'requests'
  return isHard && (unit !== 'nanos' || onLimit === 'refuse')
}
