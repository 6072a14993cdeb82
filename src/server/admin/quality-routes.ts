import { createRoute, z } from '@hono/zod-openapi'
import { GatewayError, invalid } from '../../core/errors.ts'
import { qualityKeys } from '../../stores/feedback-store.ts'
import { qualityMetrics } from '../../telemetry/declines.ts'
import type { Share } from '../../telemetry/intervals.ts'
import { type QualityRow, qualityRows } from '../../telemetry/quality.ts'
import { failures, gives } from './fields.ts'
import { momentField, momentView, observed } from './observed.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const count = z.int().nonnegative()
const bounds = { low: z.number(), high: z.number() }

const share = z
  .strictObject({ n: count, rate: z.number(), ...bounds })
  .openapi('Share', { description: 'Of how many, which part, and between which bounds the truth lies (95 %, Wilson).' })

const alert = z.strictObject({
  metric: z.enum(qualityMetrics),
  since: momentView,
  was: z.number(),
  is: z.number(),
})

const row = z
  .strictObject({
    name: z.string(),
    calls: count,
    feedback: z
      .strictObject({ n: count, mean: z.number(), ...bounds })
      .nullable()
      .openapi({ description: 'The mean of scores, -1 to 1, with its bounds (95 %).' }),
    validity: z
      .strictObject({ n: count, valid: count, ...bounds })
      .nullable()
      .openapi({ description: 'Answers that satisfied the format that was asked for, also after help.' }),
    truncated: share.nullable(),
    refused: share.nullable().openapi({ description: 'Answers that the model or its provider refused to give.' }),
    errors: share.nullable().openapi({ description: 'Calls that failed for no fault of their caller.' }),
    disagreement: share.nullable().openapi({ description: 'Questions that were asked again, and answered otherwise.' }),
    latencyBudget: z.strictObject({ n: count, within: count, ...bounds }).nullable(),
    alert: alert
      .nullable()
      .openapi({ description: 'Since when the model is worse than it used to be: the first way.' }),
    alerts: z.array(alert),
  })
  .openapi('Quality')

const list = createRoute({
  method: 'get',
  path: '/admin/api/quality',
  summary: 'Tell how good answers were',
  description:
    'From what callers said of them, and from what can be seen without reading them. Answers from memory are counted as calls only. Alerts are those of this process, by model.',
  tags: ['Quality'],
  request: {
    query: z.strictObject({
      from: momentField.optional().openapi({ description: 'When calls began. Default: a day before `to`.' }),
      to: momentField.optional().openapi({ description: 'Not included. Default: now.' }),
      by: z.enum(qualityKeys).default('model'),
    }),
  },
  responses: {
    ...gives('By name.', z.strictObject({ from: momentView, to: momentView, data: z.array(row), isCut: z.boolean() })),
    ...failures,
  },
})

const dayMs = 86_400_000

const counted = (part: 'valid' | 'within', found: Share | undefined) =>
  found ? { n: found.n, [part]: Math.round(found.rate * found.n), low: found.low, high: found.high } : null

const viewOf = ({ name, calls, alerts, ...known }: QualityRow): z.output<typeof row> => {
  const shown = alerts.map(({ metric, since, was, is }) => ({ metric, since, was, is }))
  return {
    name,
    calls,
    feedback: known.feedback ?? null,
    validity: counted('valid', known.validity) as z.output<typeof row>['validity'],
    truncated: known.truncated ?? null,
    refused: known.refused ?? null,
    errors: known.errors ?? null,
    disagreement: known.disagreement ?? null,
    latencyBudget: counted('within', known.latencyBudget) as z.output<typeof row>['latencyBudget'],
    alert: shown[0] ?? null,
    alerts: shown,
  }
}

/** How good answers were. */
export const addQualityRoutes = (app: AdminApp, tools: AdminTools): void => {
  app.openapi(list, async (context) => {
    const { from: given, to = Date.now() + 1, by } = context.req.valid('query')
    const from = given ?? to - dayMs
    if (from >= to) throw invalid('from', 'must be before "to"')
    await observed(tools)
    const { quality } = tools.observing ?? {}
    if (!quality) throw new GatewayError('not_found', 'Nothing is known here of how good answers were.')
    const { report, declines } = await quality({ from, to, by })
    const data = qualityRows(report, { by, declines }).map(viewOf)
    return context.json({ from, to, data, isCut: report.isCut }, 200)
  })
}
