import { createRoute, z } from '@hono/zod-openapi'
import type { TargetStanding } from '../../config/target-standings.ts'
import { noFigures } from '../../stores/call-figures.ts'
import { failures, gives } from './fields.ts'
import { targetFields, viewOfTarget } from './figure-views.ts'
import { momentView, observed } from './observed.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const healthFields = {
  target: z.string().openapi({ example: 'openai/gpt-5-mini' }),
  state: z.enum(['closed', 'open', 'half-open']).openapi({
    description: 'Closed: it is tried. Open: it is left alone. Half-open: one call tries it again.',
  }),
  reason: z.string().nullable(),
  failingSince: momentView.nullable().openapi({ description: 'Nothing went well since; null: the last attempt did.' }),
  opensUntil: momentView.nullable().openapi({ description: 'So long it is left alone; null: it is not.' }),
}

const health = z.strictObject(healthFields)

/** How a target fares, as of now. */
export const viewOfHealth = (standing: TargetStanding, now: number): z.output<typeof health> => ({
  target: standing.target,
  state: standing.state,
  reason: standing.reason ?? null,
  failingSince: standing.failingForMs === undefined ? null : Math.round(now - standing.failingForMs),
  opensUntil: standing.opensInMs === undefined ? null : Math.round(now + standing.opensInMs),
})

const target = z.strictObject({
  ...healthFields,
  model: z.string().openapi({ description: 'By the name its provider gives it.' }),
  ...targetFields,
  recentFirstTokenMs: z.number().nullable().openapi({ description: 'As `fastest` reckons with; null: not known.' }),
})

const list = createRoute({
  method: 'get',
  path: '/admin/api/providers',
  summary: 'Show how targets fare',
  description:
    'Those of configured models, and others that were asked in the last hour. Health is that of this process; figures are of the last hour, and of all processes.',
  tags: ['Calls'],
  responses: {
    ...gives(
      'By provider.',
      z
        .strictObject({ data: z.array(z.strictObject({ provider: z.string(), targets: z.array(target) })) })
        .openapi('Providers'),
    ),
    ...failures,
  },
})

const hourMs = 3_600_000

/** How providers and their targets fare. */
export const addProviderRoutes = (app: AdminApp, tools: AdminTools): void => {
  app.openapi(list, async (context) => {
    const calls = await observed(tools)
    const now = Date.now()
    const report = await calls.figures({ from: now - hourMs, to: now + 1, step: 'minute', where: {} })
    const figures = new Map(report.targets.map((each) => [each.name, each.figures]))
    const standings = tools.observing?.targets([...figures.keys()]) ?? []
    const data = Map.groupBy(standings, ({ provider }) => provider)
    return context.json(
      {
        data: [...data].map(([provider, targets]) => ({
          provider,
          targets: targets.map((standing) => ({
            ...viewOfHealth(standing, now),
            model: standing.model,
            ...viewOfTarget(figures.get(standing.target) ?? noFigures()),
            recentFirstTokenMs: standing.firstTokenMs === undefined ? null : Math.round(standing.firstTokenMs),
          })),
        })),
      },
      200,
    )
  })
}
