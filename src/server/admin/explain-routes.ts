import { createRoute, z } from '@hono/zod-openapi'
import { GatewayError } from '../../core/errors.ts'
import { callerFor, describedQuestion } from '../explain-question.ts'
import { viewOfExplained } from '../explain-view.ts'
import { failures, gives, takes } from './fields.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const text = z.string()
const none = <T extends z.ZodType>(schema: T) => schema.nullable()

const allowance = z.strictObject({
  name: text,
  scope: text,
  unit: z.enum(['usd', 'tokens', 'requests', 'concurrency']),
  hard: z.boolean(),
  limit: text,
  used: text.openapi({ description: 'Used and held, by everybody.' }),
  left: text,
  resetsAt: none(text),
  wouldHold: none(text).openapi({ description: 'What the first target asks for; null: nobody came to ask.' }),
})

const target = z.strictObject({
  target: text,
  position: none(z.int()).openapi({ description: '1: it is asked first; null: it is not asked.' }),
  skipped: none(text).openapi({ description: 'Why it is left out, or refused before anything is sent.' }),
  health: z.strictObject({ open: z.boolean(), reason: none(text), opensInMs: z.int() }),
  lacks: z.array(text).openapi({ description: 'What the request needs and it is known to lack.' }),
  priceBound: none(
    z.strictObject({ usd: none(text), inputTokensAtMost: none(z.number()), outputTokensAtMost: z.number() }),
  ).openapi({ description: 'The most it may cost; null: it is not come to.' }),
  queue: none(z.strictObject({ predictedWaitMs: z.int() })),
  weight: z.number(),
})

const plan = z
  .strictObject({
    caller: z.strictObject({
      key: text,
      org: text.optional(),
      team: text.optional(),
      user: text.optional(),
      endUser: text.optional(),
      session: text.optional(),
      tags: z.record(z.string(), z.string()).optional(),
      scopes: z.array(text),
    }),
    model: none(text),
    asked: text,
    wire: text,
    operation: text,
    stream: z.boolean(),
    timeoutMs: z.int(),
    admitted: z.boolean(),
    refusal: none(z.strictObject({ code: text, status: z.int(), message: text, param: text.optional() })),
    route: none(
      z.strictObject({
        policies: z.array(text),
        timeouts: z.record(z.string(), z.number()),
        retry: z.record(z.string(), z.number()),
        hedge: z.boolean(),
        mirror: none(text),
        contextChain: z.array(text),
        policyChain: z.array(text),
      }),
    ),
    targets: z.array(target),
    limits: z.array(allowance),
    budgets: z.array(allowance),
    cache: none(
      z.strictObject({
        mode: z.enum(['exact', 'semantic']),
        scope: none(text),
        key: none(text),
        outcome: none(z.enum(['hit', 'stale', 'miss', 'off'])),
        wouldHit: none(z.boolean()),
        ageMs: none(z.number()),
      }),
    ),
    output: none(z.strictObject({ format: text, checked: z.boolean(), schemaOk: z.boolean() })),
    idempotency: none(z.strictObject({ key: text })),
    notes: z.array(text),
  })
  .openapi('Explained')

const asked = z
  .strictObject({
    endpoint: z.string().max(512).default('/v1/chat/completions').openapi({ description: 'The path of a door.' }),
    body: z.record(z.string(), z.any()).openapi({
      description: 'As it would be sent there.',
      example: { model: 'chat', messages: [{ role: 'user', content: 'Hello' }] },
    }),
    key: z.string().max(256).optional().openapi({ description: 'The name of the key that it would come with.' }),
    headers: z.record(z.string().max(256), z.string().max(4096)).default({}),
  })
  .openapi('ExplainRequest')

const explainRoute = createRoute({
  method: 'post',
  path: '/admin/api/explain',
  summary: 'Tell what would become of a request',
  description:
    'Goes the way of a call without sending anything: who asks and what binds it, whether it is let in, what memory has, ' +
    'who would be asked in which order and what that costs at most. It holds and changes nothing.',
  tags: ['Explain'],
  request: { body: takes(asked) },
  responses: { ...gives('The plan.', plan), ...failures },
})

/** What would become of a request. */
export const addExplainRoutes = (app: AdminApp, { explaining }: AdminTools): void => {
  app.openapi(explainRoute, async (context) => {
    if (!explaining) throw new GatewayError('not_found', 'Nothing can be explained here.')
    const { key, ...described } = context.req.valid('json')
    const question = describedQuestion(described, callerFor(explaining, key))
    const view = viewOfExplained(await explaining.explain(question))
    return context.json(
      { ...view, caller: { ...view.caller, scopes: [...view.caller.scopes] } } as z.output<typeof plan>,
      200,
    )
  })
}
