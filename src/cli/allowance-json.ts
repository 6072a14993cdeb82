import type { AllowanceView } from '../control/control.ts'
import type { Standing } from '../stores/store.ts'
import { amountText, freeOf } from './allowance-table.ts'
import { momentJson } from './moments.ts'

/** A budget or a limit for programs, in the words of the administrators' door; money in USD, exactly. */
export const allowanceJson = ({ allowance, isDeclared, standings }: AllowanceView) => {
  const { id, unit, limit, window, scope, model, isHard, waits, onLimit, onShort, alerts, webhook } = allowance
  const isMoney = unit === 'nanos'
  return {
    id,
    scope,
    model,
    unit: isMoney ? 'usd' : unit,
    limit: amountText(unit, limit),
    limitNanos: isMoney ? String(limit) : undefined,
    window: window.kind === 'rolling' ? { kind: window.kind, seconds: window.ms / 1000 } : window,
    hard: isHard,
    onLimit: isMoney ? onLimit : waits ? 'wait' : undefined,
    onShort: isMoney ? onShort : undefined,
    alerts,
    webhook,
    declared: isDeclared,
    standings: standings.map((standing) => standingJson(allowance, standing)),
    subjects: standings.length,
  }
}

const standingJson = ({ unit, limit }: AllowanceView['allowance'], standing: Standing) => ({
  subject: standing.subject,
  from: standing.start === 0 ? undefined : momentJson(standing.start),
  to: momentJson(standing.end),
  settled: amountText(unit, standing.settled),
  leased: amountText(unit, standing.leased),
  lost: amountText(unit, standing.lost),
  free: amountText(unit, freeOf(limit, standing)),
})
