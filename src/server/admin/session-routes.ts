import { createRoute, z } from '@hono/zod-openapi'
import { failures, gives } from './fields.ts'
import type { AdminApp } from './tools.ts'

const session = z
  .strictObject({
    actor: z.string().openapi({ description: 'As it stands in the audit log.', example: 'admin' }),
    permissions: z.array(z.enum(['read', 'write'])),
  })
  .openapi('Session')

const show = createRoute({
  method: 'get',
  path: '/admin/api/session',
  summary: 'Tell what this token allows',
  tags: ['Session'],
  responses: { ...gives('Who asks.', session), ...failures },
})

/** Who asks, and what they may do: so that nothing is offered that would be refused. */
export const addSessionRoutes = (app: AdminApp): void => {
  app.openapi(show, (context) => {
    const { actor, permissions } = context.env.principal ?? { actor: 'unknown', permissions: [] }
    return context.json({ actor, permissions: [...permissions] }, 200)
  })
}
