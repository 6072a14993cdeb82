import * as z from 'zod'
import type { Allowance } from '../core/allowance.ts'
import { type Scope, scopeFrom } from '../core/scope.ts'
import { isTimeZone } from '../core/time-zones.ts'
import { nameText } from './document-fields.ts'

/** The largest limit of a count; money goes further. */
const mostCounted = 2n ** 53n - 1n
/** The largest amount of money that stores keep, in nano-dollars. */
const mostNanos = 2n ** 63n - 1n

const shortestRollingMs = 1_000
const longestRollingMs = 366 * 86_400_000

const limit = z
  .string()
  .regex(/^\d{1,19}$/, 'must be a whole number in decimal digits')
  .transform((digits) => BigInt(digits))

const window = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('total') }),
  z.strictObject({
    kind: z.literal('calendar'),
    per: z.enum(['hour', 'day', 'week', 'month']),
    timezone: z.string().refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin'),
  }),
  z.strictObject({ kind: z.literal('rolling'), ms: z.int().min(shortestRollingMs).max(longestRollingMs) }),
])

const scope = z.string().transform((text, context): Scope => {
  const read = scopeFrom(text)
  if (read !== undefined) return read
  context.addIssue({ code: 'custom', message: 'must be a scope such as team:shop, session:* or gateway:*' })
  return z.NEVER
})

const rising = z
  .array(z.int().min(1).max(1_000))
  .max(16)
  .refine((percents) => percents.every((percent, at) => at === 0 || percent > (percents[at - 1] ?? 0)), 'must rise')

/** An allowance as its document holds it: the limit in digits. What only money has is as usual for everything else. */
export const allowanceSchema: z.ZodType<Allowance> = z
  .strictObject({
    id: nameText,
    unit: z.enum(['nanos', 'tokens', 'requests', 'concurrency']),
    limit,
    window,
    scope,
    model: nameText.optional(),
    isHard: z.boolean(),
    waits: z.boolean().optional(),
    onLimit: z.enum(['refuse', 'cheaper']),
    onShort: z.enum(['clamp', 'reject']),
    alerts: rising,
    webhook: z.string().min(1).max(2_048).optional(),
  })
  .superRefine(({ unit, limit: amount, window: { kind }, isHard, waits }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    const most = unit === 'nanos' ? mostNanos : mostCounted
    if (amount > most) complain('limit', `must be at most ${most}`)
    if (unit === 'concurrency' && kind !== 'total') complain('window', 'of calls at once must be total')
    if (unit === 'nanos' && waits) complain('waits', 'must be absent for money')
    if (unit !== 'nanos' && !isHard) complain('isHard', 'must be true for everything but money')
  })
