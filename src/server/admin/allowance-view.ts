import { z } from '@hono/zod-openapi'
import type { AllowanceView } from '../../control/control.ts'
import type { Allowance, AllowanceUnit } from '../../core/allowance.ts'
import { invalid } from '../../core/errors.ts'
import { usdFromNanos } from '../../core/money.ts'
import type { Scope } from '../../core/scope.ts'
import type { Window } from '../../core/window.ts'
import type { Standing } from '../../stores/store.ts'
import { durationField, nanosOf, timeView, viewOfTime } from './fields.ts'

const unit = z.enum(['usd', 'tokens', 'requests', 'concurrency'])

const windowFields = {
  total: z.strictObject({ kind: z.literal('total') }),
  calendar: z.strictObject({
    kind: z.literal('calendar'),
    per: z.enum(['hour', 'day', 'week', 'month']),
    timezone: z.string().max(64).default('UTC').openapi({ example: 'Europe/Berlin' }),
  }),
}

const window = z
  .discriminatedUnion('kind', [
    windowFields.total,
    windowFields.calendar,
    z.strictObject({ kind: z.literal('rolling'), length: durationField }),
  ])
  .openapi('Window', { description: 'When a quantity is new. A month begins with its first day, a week with Monday.' })

const windowView = z
  .discriminatedUnion('kind', [
    windowFields.total,
    windowFields.calendar,
    z.strictObject({ kind: z.literal('rolling'), seconds: z.number() }),
  ])
  .openapi('WindowView')

const choices = {
  scope: z.string().max(320).openapi({ description: 'Whom it binds: `kind:name`.', example: 'team:shop' }),
  model: z.string().max(256).optional().openapi({ description: 'The model it is for; absent: all together.' }),
  unit,
}

const moneyOnly = 'For money only. '

/** An allowance as it is written down. */
export const allowanceFields = z
  .strictObject({
    ...choices,
    limit: z
      .union([z.string().max(32), z.int().min(0)])
      .openapi({ description: 'US dollars as a string, exactly; of everything else a whole number.', example: '1000' }),
    window: window.optional(),
    hard: z
      .boolean()
      .optional()
      .openapi({ description: `${moneyOnly}False: counted, never refused. Default true.` }),
    onLimit: z
      .enum(['refuse', 'cheaper'])
      .optional()
      .openapi({ description: `${moneyOnly}Default refuse.` }),
    onShort: z
      .enum(['clamp', 'reject'])
      .optional()
      .openapi({ description: `${moneyOnly}Default clamp.` }),
    alerts: z
      .array(z.int().min(1).max(1_000))
      .max(16)
      .optional()
      .openapi({ description: `${moneyOnly}Percents of the limit, rising.`, example: [50, 80, 100] }),
    webhook: z
      .string()
      .max(2_048)
      .optional()
      .openapi({ description: `${moneyOnly}Where alerts are sent, by https.` }),
  })
  .openapi('AllowanceFields')

const amount = z.string().openapi({ description: 'In the unit of the allowance; US dollars exactly.', example: '12.5' })

export const standingView = z
  .strictObject({
    subject: z.string().openapi({ example: 'team:shop' }),
    from: timeView.optional(),
    to: timeView.optional(),
    settled: amount,
    leased: z.string().openapi({ description: 'Set aside for what is under way.' }),
    lost: z.string().openapi({ description: 'The part of `settled` that was charged for processes that died.' }),
    free: z.string().openapi({ description: 'Nothing of a time that is over.' }),
  })
  .openapi('Standing')

export const allowanceView = z
  .strictObject({
    id: z.string(),
    ...choices,
    limit: amount,
    limitNanos: z.string().optional().openapi({ description: 'The limit in nano-dollars, where it is money.' }),
    window: windowView,
    hard: z.boolean(),
    onLimit: z.enum(['refuse', 'cheaper']).optional(),
    onShort: z.enum(['clamp', 'reject']).optional(),
    alerts: z.array(z.number()),
    webhook: z.string().optional(),
    declared: z.boolean().openapi({ description: 'Declared in the configuration: read-only here.' }),
    standings: z.array(standingView).openapi({ description: 'Those that used most; all are in `…/standings`.' }),
    subjects: z.number().openapi({ description: 'How many have used it.' }),
  })
  .openapi('Allowance')

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
  for (const [field, value] of Object.entries({ hard, onLimit, onShort, alerts, webhook })) {
    if (!isMoney && value !== undefined) throw invalid(field, 'is for money only')
  }
  const wanted = given.unit === 'usd' ? 'nanos' : given.unit
  return {
    id,
    unit: wanted,
    limit: limitOf(given.limit, wanted),
    window: windowOf(given.window),
    scope: given.scope as Scope,
    model: given.model,
    isHard: hard ?? true,
    onLimit: onLimit ?? 'refuse',
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
  const { id, unit: of, limit, scope, model, isHard, onLimit, onShort, alerts, webhook } = allowance
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
    onLimit: isMoney ? onLimit : undefined,
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
