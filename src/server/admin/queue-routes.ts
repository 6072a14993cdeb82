import { createRoute, z } from '@hono/zod-openapi'
import { type ShedReason, shedReasons } from '../../queueing/refusal.ts'
import type { GateStanding } from '../../queueing/standing.ts'
import { failures, gives } from './fields.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const count = z.int().nonnegative()
const reasons = Object.fromEntries(shedReasons.map((reason) => [reason, count])) as Record<ShedReason, typeof count>

const queue = z
  .strictObject({
    name: z.string().openapi({
      description: 'The target, or the provider where limits are written for it.',
      example: 'openai/gpt-5-mini',
    }),
    waiting: count.openapi({ description: 'Calls that wait for their turn.' }),
    length: count.openapi({ description: 'So many may.' }),
    inFlight: count.openapi({ description: 'Calls under way.' }),
    concurrency: count.openapi({ description: 'So many may be, as the target fares now.' }),
    waitMs: count.openapi({ description: 'Until the turn of somebody who came now.' }),
    pausedMs: count.openapi({ description: 'For so long the target asked to be left alone.' }),
    quota: z.array(
      z.strictObject({
        unit: z.enum(['requests', 'tokens']),
        limit: count,
        windowMs: count,
        used: count.openapi({ description: 'Within the latest window, with what is set aside for calls under way.' }),
        source: z.enum(['learned', 'configured', 'estimated']).openapi({
          description:
            'Told by the provider in its headers, written in the configuration, or concluded from what it refused.',
        }),
      }),
    ),
    shed: z.strictObject(reasons).openapi({
      description:
        'Calls that were refused: all places taken, its key had its quarter of them, its turn would come too late, did not come in time, or its place went to others.',
    }),
  })
  .openapi('Queue')

const list = createRoute({
  method: 'get',
  path: '/admin/api/queues',
  summary: 'Show the queues before targets',
  description: 'Those of this process that were used since it began.',
  tags: ['Queues'],
  responses: { ...gives('By name.', z.strictObject({ data: z.array(queue) }).openapi('Queues')), ...failures },
})

const viewOf = (standing: GateStanding): z.output<typeof queue> => ({
  ...standing,
  quota: standing.quota.map((each) => ({ ...each })),
  shed: { ...standing.shed },
})

/** The queues before targets, and what providers allow. */
export const addQueueRoutes = (app: AdminApp, { queues }: AdminTools): void => {
  app.openapi(list, (context) => {
    const data = (queues?.() ?? []).map(viewOf).sort((one, other) => (one.name < other.name ? -1 : 1))
    return context.json({ data }, 200)
  })
}
