import { createRoute, z } from '@hono/zod-openapi'
import { invalid } from '../../core/errors.ts'
import { usdFromNanos } from '../../core/money.ts'
import { retriesOf } from '../../stores/line-sums.ts'
import { type ReportKey, type ReportQuery, type ReportRow, reportKeys } from '../../stores/store.ts'
import { csvOf } from './csv.ts'
import { countField, failures, moneyView, timeView, viewOfMoney, viewOfTime } from './fields.ts'
import { filterFields, filtersOf, hourMs, stretchFields, stretchOf } from './report-fields.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const count = z.number().openapi({ type: 'integer' })

const row = z
  .strictObject({
    group: z.partialRecord(z.enum(reportKeys), z.string()).openapi({
      description: 'The names it is about, by key; a key without a name is absent.',
      type: 'object',
      additionalProperties: { type: 'string' },
    }),
    attempts: count,
    calls: count,
    failed: count.openapi({ description: 'Calls that ended without a whole answer.' }),
    retries: count.openapi({ description: 'Attempts after which another one was made for the same call.' }),
    inputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    cost: moneyView,
    measuredCost: moneyView,
    estimatedCost: moneyView,
    unknownCost: count.openapi({ description: 'Attempts whose cost is not known; they are in no sum.' }),
    hits: count.openapi({
      description: 'Calls that were answered from memory, or together with an equal one: without an attempt.',
    }),
    saved: moneyView.openapi({ description: 'What memory saved: what the answers cost the first time.' }),
    unknownSaved: count.openapi({ description: 'Hits of which that is not known; they are not in `saved`.' }),
  })
  .openapi('UsageRow')

const report = z
  .strictObject({
    from: timeView,
    to: timeView,
    rows: z.array(row),
    isCut: z.boolean().openapi({ description: 'There were more rows than `limit`.' }),
  })
  .openapi('UsageReport')

const usage = createRoute({
  method: 'get',
  path: '/admin/api/usage',
  summary: 'Report usage and spending',
  description: 'Sums of whole hours in UTC. `end_user`, `session` and `tag` go with a time, not with other keys.',
  tags: ['Usage'],
  request: {
    query: z.strictObject({
      ...stretchFields,
      by: z
        .string()
        .max(128)
        .optional()
        .openapi({ description: `Up to three of ${reportKeys.join(', ')}, with commas between.`, example: 'team,day' }),
      ...filterFields,
      limit: countField(1_000, 10_000),
      format: z.enum(['json', 'csv']).default('json'),
    }),
  },
  responses: {
    200: {
      description: 'The report, as JSON or as CSV.',
      content: { 'application/json': { schema: report }, 'text/csv': { schema: z.string() } },
    },
    ...failures,
  },
})

const mostKeys = 3

const keysOf = (text: string | undefined): ReportKey[] => {
  const keys = text === undefined || text === '' ? [] : text.split(',')
  const unknown = keys.find((key) => !(reportKeys as readonly string[]).includes(key))
  if (unknown !== undefined) throw invalid('by', `knows ${reportKeys.join(', ')}`)
  if (keys.length > mostKeys || new Set(keys).size < keys.length)
    throw invalid('by', 'takes at most three keys, each once')
  return keys as ReportKey[]
}

const viewOf = ({ group, cost, measuredCost, estimatedCost, saved, ...counts }: ReportRow): z.output<typeof row> => ({
  group: { ...group },
  ...counts,
  retries: retriesOf(counts),
  cost: viewOfMoney(cost),
  measuredCost: viewOfMoney(measuredCost),
  estimatedCost: viewOfMoney(estimatedCost),
  saved: viewOfMoney(saved),
})

const columns: readonly (readonly [string, (of: ReportRow) => string])[] = [
  ['attempts', (of) => String(of.attempts)],
  ['calls', (of) => String(of.calls)],
  ['failed', (of) => String(of.failed)],
  ['input_tokens', (of) => String(of.inputTokens)],
  ['cache_read_tokens', (of) => String(of.cacheReadTokens)],
  ['cache_write_tokens', (of) => String(of.cacheWriteTokens)],
  ['output_tokens', (of) => String(of.outputTokens)],
  ['reasoning_tokens', (of) => String(of.reasoningTokens)],
  ['cost_usd', (of) => usdFromNanos(of.cost)],
  ['measured_cost_usd', (of) => usdFromNanos(of.measuredCost)],
  ['estimated_cost_usd', (of) => usdFromNanos(of.estimatedCost)],
  ['unknown_cost', (of) => String(of.unknownCost)],
  ['hits', (of) => String(of.hits)],
  ['saved_usd', (of) => usdFromNanos(of.saved)],
  ['unknown_saved', (of) => String(of.unknownSaved)],
  ['retries', (of) => String(retriesOf(of))],
]

const csvOfRows = (by: readonly ReportKey[], rows: readonly ReportRow[]): string =>
  csvOf(
    [...by, ...columns.map(([name]) => name)],
    rows.map((of) => [...by.map((key) => of.group[key] ?? ''), ...columns.map(([, read]) => read(of))]),
  )

/** The last day, to the end of the hour that has begun. */
const usual = (): { readonly from: number; readonly to: number } => {
  const to = Math.ceil(Date.now() / hourMs) * hourMs
  return { from: to - 24 * hourMs, to }
}

/** What was used and spent, by whom, on what, and when. */
export const addUsageRoutes = (app: AdminApp, { control }: AdminTools): void => {
  app.openapi(usage, async (context) => {
    const { by, limit, format, ...given } = context.req.valid('query')
    const stretch = stretchOf(given, usual())
    const query: ReportQuery = { ...stretch, by: keysOf(by), where: filtersOf(given), limit: limit + 1 }
    const found = await control.usage(query)
    const rows = found.slice(0, limit)
    if (format === 'csv') {
      context.header('content-disposition', 'attachment; filename="usage.csv"')
      return context.body(csvOfRows(query.by, rows), 200, { 'content-type': 'text/csv; charset=utf-8' })
    }
    const view = { rows: rows.map(viewOf), isCut: found.length > limit }
    return context.json({ from: viewOfTime(stretch.from) ?? '', to: viewOfTime(stretch.to) ?? '', ...view }, 200)
  })
}
