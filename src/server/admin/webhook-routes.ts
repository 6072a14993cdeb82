import { createRoute, z } from '@hono/zod-openapi'
import { GatewayError } from '../../core/errors.ts'
import type { WebhookControl } from '../../jobs/webhook-control.ts'
import { countField, failures, gives, gone, pageFields, pageOf, takes, timeField } from './fields.ts'
import { pageByName } from './page.ts'
import { actorOf } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'
import {
  attemptView,
  endpointView,
  eventStatus,
  eventView,
  viewOfAttempt,
  viewOfEndpoint,
  viewOfEvent,
} from './webhook-fields.ts'

const tags = ['Webhooks']
const ofEndpoint = z.object({ name: z.string().min(1).max(320).openapi({ example: 'results' }) })
const ofEvent = z.object({ id: z.string().min(1).max(100) })
const filter = z.string().min(1).max(320).optional()

const endpoints = createRoute({
  method: 'get',
  path: '/admin/api/webhooks',
  summary: 'List endpoints of webhooks, and how they fare',
  tags,
  request: { query: z.strictObject(pageFields) },
  responses: { ...gives('Those of the configuration, and others with events.', pageOf(endpointView)), ...failures },
})

const events = createRoute({
  method: 'get',
  path: '/admin/api/webhooks/events',
  summary: 'List events that webhooks are told of, newest first',
  tags,
  request: {
    query: z.strictObject({
      endpoint: filter,
      owner: filter,
      job: filter,
      status: eventStatus.optional(),
      cursor: pageFields.cursor,
      limit: countField(50, 200),
    }),
  },
  responses: { ...gives('Events.', pageOf(eventView)), ...failures },
})

const event = createRoute({
  method: 'get',
  path: '/admin/api/webhooks/events/{id}',
  summary: 'Show an event with the latest attempts to tell it',
  tags,
  request: { params: ofEvent },
  responses: {
    ...gives('The event.', eventView.extend({ log: z.array(attemptView) }).openapi('WebhookDelivery')),
    ...failures,
  },
})

const redeliver = createRoute({
  method: 'post',
  path: '/admin/api/webhooks/events/{id}/redeliver',
  summary: 'Send an event again, whatever became of it',
  description: 'With the same `webhook-id`, so that a receiver that had it knows.',
  tags,
  request: { params: ofEvent },
  responses: { ...gone, ...failures },
})

const redeliverFailed = createRoute({
  method: 'post',
  path: '/admin/api/webhooks/endpoints/{name}/redeliver',
  summary: 'Send all events of an endpoint again that were given up',
  tags,
  request: {
    params: ofEndpoint,
    body: takes(z.strictObject({ since: timeField }).openapi('WebhookRedelivery')),
  },
  responses: { ...gives('How many there are.', z.strictObject({ events: z.int().nonnegative() })), ...failures },
})

const enable = createRoute({
  method: 'post',
  path: '/admin/api/webhooks/endpoints/{name}/enable',
  summary: 'Send to an endpoint again that is disabled or rests',
  description: 'What waits for it is sent at once.',
  tags,
  request: { params: ofEndpoint },
  responses: { ...gone, ...failures },
})

/** Who is told of jobs, of what, and what became of it. */
export const addWebhookRoutes = (app: AdminApp, { webhooks }: AdminTools): void => {
  const control = (): WebhookControl => {
    if (webhooks) return webhooks
    throw new GatewayError('not_found', 'Nobody is told of jobs here.')
  }
  app.openapi(endpoints, async (context) => {
    const all = await control().endpoints()
    const { data, next } = pageByName(all, (each) => each.endpoint, context.req.valid('query'))
    return context.json({ data: data.map(viewOfEndpoint), next }, 200)
  })
  app.openapi(events, async (context) => {
    const { cursor, limit, ...query } = context.req.valid('query')
    const found = await control().events({ ...query, after: cursor, limit: limit + 1 })
    const data = found.slice(0, limit)
    return context.json({ data: data.map(viewOfEvent), next: found.length > limit ? data.at(-1)?.id : undefined }, 200)
  })
  app.openapi(event, async (context) => {
    const found = await control().event(context.req.valid('param').id)
    return context.json({ ...viewOfEvent(found.event), log: found.attempts.map(viewOfAttempt) }, 200)
  })
  app.openapi(redeliver, async (context) => {
    await control().redeliver(context.req.valid('param').id, actorOf(context.env))
    return context.body(null, 204)
  })
  app.openapi(redeliverFailed, async (context) => {
    const { since } = context.req.valid('json')
    const count = await control().redeliverFailed(context.req.valid('param').name, since, actorOf(context.env))
    return context.json({ events: count }, 200)
  })
  app.openapi(enable, async (context) => {
    await control().enable(context.req.valid('param').name, actorOf(context.env))
    return context.body(null, 204)
  })
}
