import { z } from '@hono/zod-openapi'
import { durationField, timeView } from './fields.ts'

const unit = z.enum(['usd', 'tokens', 'requests', 'concurrency'])

const windowFields = {
  total: z.strictObject({ kind: z.literal('total') }),
  calendar: z.strictObject({
    kind: z.literal('calendar'),
    per: z.enum(['hour', 'day', 'week', 'month']),
    timezone: z.string().max(64).default('UTC').openapi({ example: 'Europe/Berlin' }),
  }),
}

export const window = z
  .discriminatedUnion('kind', [
    windowFields.total,
    windowFields.calendar,
    z.strictObject({ kind: z.literal('rolling'), length: durationField }),
  ])
  .openapi('Window', { description: 'When a quantity is new. A month begins with its first day, a week with Monday.' })

export const windowView = z
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
    onLimit: z.enum(['refuse', 'cheaper', 'wait']).optional().openapi({
      description:
        'What happens to a call that does not fit: `cheaper` is for money, `wait` for anything else. Default refuse.',
    }),
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
      .openapi({
        description: `${moneyOnly}Where alerts are sent: a name of webhooks.endpoints in the configuration.`,
      }),
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
    onLimit: z.enum(['refuse', 'cheaper', 'wait']).optional(),
    onShort: z.enum(['clamp', 'reject']).optional(),
    alerts: z.array(z.number()),
    webhook: z.string().optional(),
    declared: z.boolean().openapi({ description: 'Declared in the configuration: read-only here.' }),
    standings: z.array(standingView).openapi({ description: 'Those that used most; all are in `…/standings`.' }),
    subjects: z.number().openapi({ description: 'How many have used it.' }),
  })
  .openapi('Allowance')
