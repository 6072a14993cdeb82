import { z } from '@hono/zod-openapi'
import type { EndpointView } from '../../jobs/webhook-control.ts'
import type { DeliveryAttempt, WebhookEvent } from '../../stores/store.ts'
import { timeView, viewOfTime } from './fields.ts'

const count = z.int().nonnegative()

/** Where an endpoint stands. */
export const endpointView = z
  .strictObject({
    endpoint: z.string().openapi({
      description: 'Its name; of an address that a caller gave, its host and a digest.',
      example: 'results',
    }),
    configured: z.boolean().openapi({ description: 'Whether it is one of the configuration.' }),
    pending: count.openapi({ description: 'Events that are still to be told.' }),
    failingSince: timeView.optional().openapi({ description: 'Without a success since; absent: it does not fail.' }),
    restsUntil: timeView.optional().openapi({ description: 'Nothing is sent before.' }),
    disabledAt: timeView.optional().openapi({ description: 'Nothing is sent until somebody enables it.' }),
    disabledBecause: z.string().optional(),
  })
  .openapi('WebhookEndpoint')

const statuses = ['pending', 'delivered', 'failed', 'disabled'] as const

/** What may be looked for. */
export const eventStatus = z.enum(statuses)

/** What is to be told, or was. */
export const eventView = z
  .strictObject({
    id: z
      .string()
      .openapi({ description: 'The `webhook-id` of every attempt.', example: 'evt_4f1kzq0b7m2x9c3v5n8a6s1d' }),
    endpoint: z.string(),
    owner: z.string().openapi({ example: 'team:shop' }),
    job: z.string(),
    type: z.string().openapi({ example: 'job.succeeded' }),
    sequence: count.openapi({ description: 'Rises with every event.' }),
    occurredAt: timeView,
    attempts: count,
    status: eventStatus.openapi({
      description: '`disabled`: it waits until its endpoint is enabled. `failed`: it was given up.',
    }),
    nextAt: timeView.optional().openapi({ description: 'When it is sent next; absent: never.' }),
  })
  .openapi('WebhookEvent')

/** One attempt to tell it. */
export const attemptView = z
  .strictObject({
    at: timeView,
    durationMs: z.number().nonnegative(),
    status: z.int().optional().openapi({ description: 'Of the answer; absent: there was none.' }),
    problem: z.string().optional().openapi({ description: 'What went wrong; absent: it was taken.' }),
    said: z.string().optional().openapi({
      description:
        'The beginning of what the receiver said, at most 4 KiB: whatever it likes, so never show it as HTML.',
    }),
  })
  .openapi('WebhookAttempt')

const timed = <Name extends string>(name: Name, ms: number | undefined): { readonly [Key in Name]?: string } => {
  const text = viewOfTime(ms)
  return text === undefined ? {} : ({ [name]: text } as { readonly [Key in Name]?: string })
}

export const viewOfEndpoint = (of: EndpointView): z.output<typeof endpointView> => ({
  endpoint: of.endpoint,
  configured: of.isConfigured,
  pending: of.pending,
  ...timed('failingSince', of.failingSince),
  ...timed('restsUntil', of.restsUntil),
  ...timed('disabledAt', of.disabledAt),
  ...(of.disabledBecause === undefined ? {} : { disabledBecause: of.disabledBecause }),
})

export const viewOfEvent = (of: WebhookEvent): z.output<typeof eventView> => ({
  id: of.id,
  endpoint: of.endpoint,
  owner: of.owner,
  job: of.job,
  type: `job.${of.state}`,
  sequence: of.sequence,
  occurredAt: viewOfTime(of.occurredAt) ?? '',
  attempts: of.attempts,
  status: of.status,
  ...timed('nextAt', of.nextAt),
})

export const viewOfAttempt = ({
  at,
  durationMs,
  status,
  problem,
  said,
}: DeliveryAttempt): z.output<typeof attemptView> => ({
  at: viewOfTime(at) ?? '',
  durationMs,
  status,
  problem,
  said,
})
