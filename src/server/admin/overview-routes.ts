import { createRoute, z } from '@hono/zod-openapi'
import { invalid } from '../../core/errors.ts'
import { type Grain, grainMs } from '../../stores/call-cells.ts'
import { failures, gives } from './fields.ts'
import { count, targetFields, totalsFields, viewOfTarget, viewOfTotals } from './figure-views.ts'
import { momentField, momentView, nameFilter, observed } from './observed.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const overview = z
  .strictObject({
    from: momentView,
    to: momentView,
    step: z.enum(['minute', 'hour', 'day']),
    totals: z.strictObject(totalsFields),
    points: z.array(z.strictObject({ at: momentView, ...totalsFields })).openapi({
      description: 'By time; stretches without a call are left out.',
    }),
    models: z.array(z.strictObject({ name: z.string(), ...totalsFields })),
    targets: z.array(z.strictObject({ name: z.string(), ...targetFields })).openapi({
      description: 'Of attempts, failed ones too.',
    }),
    errors: z.array(z.strictObject({ code: z.string(), calls: count })),
  })
  .openapi('Overview')

const show = createRoute({
  method: 'get',
  path: '/admin/api/overview',
  summary: 'Show what calls came to, by time, model and target',
  description:
    'Of all processes that share the store. Counts and money are exact, percentiles within 1 %. The stretch is widened to whole steps; a call belongs to the one in which it began.',
  tags: ['Calls'],
  request: {
    query: z.strictObject({
      from: momentField.optional().openapi({ description: 'Default: an hour before `to`.' }),
      to: momentField.optional().openapi({ description: 'Not included. Default: now.' }),
      step: z.enum(['minute', 'hour', 'day']).default('minute'),
      model: nameFilter,
      provider: nameFilter,
      team: nameFilter,
      key: nameFilter,
    }),
  },
  responses: { ...gives('What calls came to.', overview), ...failures },
})

const hourMs = 3_600_000
const mostPoints = 3_000

const checkSteps = (ms: number, step: Grain): void => {
  if (ms <= 0) throw invalid('from', 'must be before "to"')
  if (ms / grainMs[step] > mostPoints)
    throw invalid('step', `would give more than ${mostPoints} points; take a longer step or a shorter stretch`)
}

/** What calls came to. */
export const addOverviewRoutes = (app: AdminApp, tools: AdminTools): void => {
  app.openapi(show, async (context) => {
    const { from: given, to = Date.now() + 1, step, ...where } = context.req.valid('query')
    const from = given ?? to - hourMs
    checkSteps(to - from, step)
    const calls = await observed(tools)
    const { points, models, targets, total, ...stretch } = await calls.figures({ from, to, step, where })
    return context.json(
      {
        from: stretch.from,
        to: stretch.to,
        step,
        totals: viewOfTotals(total),
        points: points.map(({ at, figures }) => ({ at, ...viewOfTotals(figures) })),
        models: models.map(({ name, figures }) => ({ name, ...viewOfTotals(figures) })),
        targets: targets.map(({ name, figures }) => ({ name, ...viewOfTarget(figures) })),
        errors: [...total.errors]
          .map(([code, calls]) => ({ code, calls }))
          .sort((one, other) => other.calls - one.calls || (one.code < other.code ? -1 : 1)),
      },
      200,
    )
  })
}
