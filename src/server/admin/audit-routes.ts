import { createRoute, z } from '@hono/zod-openapi'
import type { AuditEntry } from '../../stores/store.ts'
import { failures, gives, pageFields, pageOf, timeView, viewOfTime } from './fields.ts'
import { pageByTime } from './page.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const entry = z
  .strictObject({
    at: timeView,
    actor: z.string().openapi({ example: 'admin' }),
    action: z.string().openapi({ example: 'key.create' }),
    subject: z.string().openapi({ example: 'web' }),
    detail: z.record(z.string(), z.unknown()).openapi({ description: 'What was changed. Secrets are never in it.' }),
  })
  .openapi('AuditEntry')

const list = createRoute({
  method: 'get',
  path: '/admin/api/audit',
  summary: 'List what was changed, newest first',
  tags: ['Audit'],
  request: { query: z.strictObject(pageFields) },
  responses: { ...gives('Changes.', pageOf(entry)), ...failures },
})

const viewOf = ({ at, detail, ...rest }: AuditEntry): z.output<typeof entry> => ({
  at: viewOfTime(at) ?? '',
  ...rest,
  detail: JSON.parse(detail),
})

/** Who changed what, and when. */
export const addAuditRoutes = (app: AdminApp, { control }: AdminTools): void => {
  app.openapi(list, async (context) => {
    const { data, next } = await pageByTime<AuditEntry>(
      { read: (before, limit) => control.audit({ before, limit }), timeOf: ({ at }) => at },
      context.req.valid('query'),
    )
    return context.json({ data: data.map(viewOf), next }, 200)
  })
}
