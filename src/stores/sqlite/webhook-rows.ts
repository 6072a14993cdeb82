import type { JobState } from '../../core/job.ts'
import type { WebhookEvent } from '../webhook-store.ts'

export const eventCodes = { pending: 0, delivered: 1, failed: 2 } as const

const statuses = ['pending', 'delivered', 'failed'] as const

export const eventColumns = `sequence, id, webhook_events.endpoint, owner, job, state, occurred_at AS occurredAt, attempts,
  status, next_at AS nextAt`

export interface EventRow {
  readonly sequence: number
  readonly id: string
  readonly endpoint: string
  readonly owner: string
  readonly job: string
  readonly state: JobState
  readonly occurredAt: number
  readonly attempts: number
  readonly status: number
  readonly nextAt: number | null
}

/** An event of its row; what waits at an endpoint that is disabled says so. */
export const eventFrom = (row: EventRow, isDisabled = false): WebhookEvent => ({
  ...row,
  status: isDisabled && row.status === eventCodes.pending ? 'disabled' : (statuses[row.status] ?? 'failed'),
  nextAt: row.nextAt ?? undefined,
})
