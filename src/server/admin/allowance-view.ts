import type { z } from '@hono/zod-openapi'
import type { AllowanceView } from '../../control/control.ts'
import type { Allowance, AllowanceUnit } from '../../core/allowance.ts'
import { invalid } from '../../core/errors.ts'
import { usdFromNanos } from '../../core/money.ts'
import type { Scope } from '../../core/scope.ts'
import type { Window } from '../../core/window.ts'
import type { Standing } from '../../stores/store.ts'
import type { allowanceFields, allowanceView, standingView, window, windowView } from './allowance-fields.ts'
import { nanosOf, viewOfTime } from './fields.ts'

const windowOf = (given: z.output<typeof window> | undefined): Window => {
  if (given === undefined) return { kind: 'total' }
  return given.kind === 'rolling' ? { kind: 'rolling', ms: given.length } : given
}

const limitOf = (given: string | number, wanted: AllowanceUnit): bigint => {
  const text = String(given)
  if (wanted === 'nanos') {
    const nanos = typeof given === 'string' ? nanosOf(given) : undefined
    if (nanos === undefined)
      throw invalid('limit', 'must be US dollars as a string, such as "12.5", with at most nine decimals')
    return nanos
  }
  if (!/^\d{1,16}$/.test(text)) throw invalid('limit', 'must be a whole number')
  return BigInt(text)
}

/** The allowance that is meant. Throws `invalid_request`. */
export const allowanceOf = (id: string, given: z.output<typeof allowanceFields>): Allowance => {
  const { hard, onLimit, onShort, alerts, webhook } = given
  const isMoney = given.unit === 'usd'
  for (const [field, value] of Object.entries({ hard, onShort, alerts, webhook })) {
    if (!isMoney && value !== undefined) throw invalid(field, 'is for money only')
  }
  if (onLimit === 'cheaper' && !isMoney) throw invalid('onLimit', 'must be refuse or wait: cheaper is for money only')
  if (onLimit === 'wait' && isMoney)
    throw invalid('onLimit', 'must be refuse or cheaper: money does not come back by waiting')
  const wanted = given.unit === 'usd' ? 'nanos' : given.unit
  return {
    id,
    unit: wanted,
    limit: limitOf(given.limit, wanted),
    window: windowOf(given.window),
    scope: given.scope as Scope,
    model: given.model,
    isHard: hard ?? true,
    ...(onLimit === 'wait' && { waits: true }),
    onLimit: onLimit === 'cheaper' ? 'cheaper' : 'refuse',
    onShort: onShort ?? 'clamp',
    alerts: alerts ?? [],
    webhook,
  }
}

const shown = (of: AllowanceUnit, value: bigint): string => (of === 'nanos' ? usdFromNanos(value) : String(value))

export const viewOfStanding = ({ unit: of, limit }: Allowance, standing: Standing): z.output<typeof standingView> => {
  const free = standing.end > Date.now() ? limit - standing.settled - standing.leased : 0n
  return {
    subject: standing.subject,
    from: standing.start === 0 ? undefined : viewOfTime(standing.start),
    to: viewOfTime(standing.end),
    settled: shown(of, standing.settled),
    leased: shown(of, standing.leased),
    lost: shown(of, standing.lost),
    free: shown(of, free > 0n ? free : 0n),
  }
}

const mostShown = 20

const viewOfWindow = (of: Window): z.output<typeof windowView> =>
  of.kind === 'rolling' ? { kind: 'rolling', seconds: of.ms / 1_000 } : { ...of }

const byUse = (one: Standing, other: Standing): number =>
  one.settled === other.settled ? (one.subject < other.subject ? -1 : 1) : one.settled > other.settled ? -1 : 1

export const viewOfAllowance = ({
  allowance,
  isDeclared,
  standings,
}: AllowanceView): z.output<typeof allowanceView> => {
  const { id, unit: of, limit, scope, model, isHard, waits, onLimit, onShort, alerts, webhook } = allowance
  const isMoney = of === 'nanos'
  return {
    id,
    scope,
    model,
    unit: isMoney ? 'usd' : of,
    limit: shown(of, limit),
    limitNanos: isMoney ? String(limit) : undefined,
    window: viewOfWindow(allowance.window),
    hard: isHard,
    onLimit: isMoney ? onLimit : waits ? 'wait' : undefined,
    onShort: isMoney ? onShort : undefined,
    alerts: [...alerts],
    webhook,
    declared: isDeclared,
    standings: [...standings]
      .sort(byUse)
      .slice(0, mostShown)
      .map((each) => viewOfStanding(allowance, each)),
    subjects: standings.length,
  }
}
