import type { Job } from '../core/job.ts'
import type { WebhookEvent } from '../stores/webhook-store.ts'
import { spendingOf } from './spending.ts'

export interface PayloadSources {
  readonly event: WebhookEvent
  /** Undefined: it is deleted by now. */
  readonly job: Job | undefined
  /** Where receivers reach this gateway, without a slash at the end; empty: they know it. */
  readonly gatewayUrl: string
}

const mostBytes = 20_000
const mostMessage = 1_000

/**
 * What a webhook is told of the end of a job, as JSON of at most 20,000 bytes. It tells where the answer is, not the
 * answer; metadata that would be too long are left out.
 */
export const payloadOf = (sources: PayloadSources): string => {
  const whole = textOf(sources, sources.job?.metadata)
  return Buffer.byteLength(whole) <= mostBytes ? whole : textOf(sources, undefined)
}

const textOf = ({ event, job, gatewayUrl }: PayloadSources, metadata: string | undefined): string => {
  const { id, state, sequence, occurredAt } = event
  return JSON.stringify({
    type: `job.${state}`,
    timestamp: timeOf(occurredAt),
    data: {
      id: event.job,
      status: state,
      endpoint: job?.endpoint,
      model: job?.model === '' ? undefined : job?.model,
      attempts: job?.attempts,
      created_at: job && timeOf(job.createdAt),
      ended_at: job?.endedAt === undefined ? undefined : timeOf(job.endedAt),
      ...(job && spendingOf(job)),
      error: job?.error && state === 'failed' ? errorOf(job.error) : undefined,
      url: `${gatewayUrl}/v1/jobs/${event.job}`,
      result_url: job?.result && `${gatewayUrl}/v1/jobs/${event.job}/result`,
      metadata: metadata === undefined ? undefined : JSON.parse(metadata),
      event: id,
      sequence,
      occurred_at: timeOf(occurredAt),
    },
  })
}

const timeOf = (ms: number): string => new Date(ms).toISOString()

const errorOf = ({
  code,
  message,
}: NonNullable<Job['error']>): { readonly code: string; readonly message: string } => ({
  code,
  message: message.length > mostMessage ? `${message.slice(0, mostMessage)}…` : message,
})
