import type { JobState } from '../../core/job.ts'
import { newEventId } from '../job-rules.ts'
import type { Session } from './session.ts'

const add = `INSERT INTO webhook_events (id, endpoint, owner, job, state, occurred_at, next_at)
  VALUES (@id, @endpoint, @owner, @job, @state, @now, @now)`
const wake = `INSERT INTO webhook_endpoints (endpoint, head_at) VALUES (@endpoint, @now)
  ON CONFLICT DO UPDATE SET head_at = min(coalesce(head_at, @now), @now)`

/** That a job ended, for its webhook. */
export interface JobEnded {
  readonly endpoint: string
  readonly owner: string
  readonly job: string
  readonly state: JobState
  readonly now: number
}

/** Keeps events, each in the transaction that ends its job. */
export const createAddEvent = ({ database }: Session): ((ended: JobEnded) => void) => {
  const adding = database.prepare<[object]>(add)
  const waking = database.prepare<[object]>(wake)
  return ({ endpoint, owner, job, state, now }) => {
    adding.run({ id: newEventId(), endpoint, owner, job, state, now })
    waking.run({ endpoint, now })
  }
}
