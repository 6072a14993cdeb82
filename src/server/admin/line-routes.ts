import { createRoute, z } from '@hono/zod-openapi'
import { wholeUsage } from '../../core/kept-usage.ts'
import type { LedgerLine } from '../../core/ledger-line.ts'
import { failures, gives, moneyView, pageFields, pageOf, timeView, viewOfMoney, viewOfTime } from './fields.ts'
import { pageByTime } from './page.ts'
import { filterFields, filtersOf, hourMs, stretchFields, stretchOf } from './report-fields.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const tokens = z.number().openapi({ type: 'integer' })

const usage = z
  .strictObject({
    input: tokens,
    cacheRead: tokens,
    cacheWriteShort: tokens,
    cacheWriteLong: tokens,
    audioInput: tokens,
    output: tokens,
    reasoning: tokens,
    audioOutput: tokens,
    source: z.enum(['measured', 'counted', 'estimated']),
    serviceTier: z.string().optional(),
  })
  .openapi('LineUsage')

const line = z
  .strictObject({
    call: z.string().openapi({ description: 'The id of the call.' }),
    ordinal: z
      .number()
      .openapi({ description: 'Of the attempt within the call, from 1; 0 for an answer from memory.' }),
    last: z.boolean().optional().openapi({ description: 'The call made no attempt after this one.' }),
    at: timeView.openapi({ description: 'When it ended.' }),
    durationMs: z.number(),
    firstTokenMs: z.number().optional(),
    org: z.string().optional(),
    team: z.string().optional(),
    user: z.string().optional(),
    key: z.string(),
    endUser: z.string().optional(),
    session: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    model: z.string(),
    target: z.string(),
    operation: z.string(),
    stream: z.boolean(),
    outcome: z.string(),
    error: z.string().optional(),
    usage: usage.optional().openapi({ description: 'Tokens in disjoint parts; absent: unknown.' }),
    cost: moneyView.optional().openapi({ description: 'Absent: unknown.' }),
    memory: z
      .enum(['hit', 'stale', 'semantic', 'coalesced'])
      .optional()
      .openapi({ description: 'How memory answered the call; absent: a provider was asked.' }),
    saved: moneyView.optional().openapi({
      description: 'What it did not cost because of memory; absent: nothing, or for an answer from memory unknown.',
    }),
    held: moneyView.optional().openapi({ description: 'What was set aside for it; absent: no budget asked.' }),
  })
  .openapi('Line')

const list = createRoute({
  method: 'get',
  path: '/admin/api/lines',
  summary: 'List attempts, newest first',
  description: 'One line per attempt, and per call that was answered from memory. Nothing of the conversation is kept.',
  tags: ['Usage'],
  request: { query: z.strictObject({ ...stretchFields, ...filterFields, ...pageFields }) },
  responses: { ...gives('Attempts.', pageOf(line)), ...failures },
})

const money = (nanos: string | undefined) => (nanos === undefined ? undefined : viewOfMoney(BigInt(nanos)))

const viewOf = ({
  at,
  cost,
  held,
  saved,
  tags,
  operation,
  usage: used,
  ...rest
}: LedgerLine): z.output<typeof line> => ({
  ...rest,
  operation,
  at: viewOfTime(at) ?? '',
  tags: tags && { ...tags },
  usage: used && { ...wholeUsage(used) },
  cost: money(cost),
  held: money(held),
  saved: money(saved),
})

const longMs = 24 * hourMs

/** Single attempts, as the ledger has them. */
export const addLineRoutes = (app: AdminApp, { control }: AdminTools): void => {
  app.openapi(list, async (context) => {
    const { cursor, limit, ...given } = context.req.valid('query')
    const now = Date.now()
    const { from, to } = stretchOf(given, { from: now - longMs, to: now + hourMs })
    const where = filtersOf(given)
    const { data, next } = await pageByTime<LedgerLine>(
      {
        read: async (before = to, most) => {
          const texts = await control.lines({ from, to: Math.min(to, before), where, limit: most })
          return texts.map((text): LedgerLine => JSON.parse(text))
        },
        timeOf: ({ at }) => at,
      },
      { cursor, limit },
    )
    return context.json({ data: data.map(viewOf), next }, 200)
  })
}
