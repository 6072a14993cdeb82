import { eventKeepMs, sweepStep } from '../job-rules.ts'
import type { Session } from './session.ts'

const findOldest = `SELECT sequence, occurred_at AS occurredAt FROM webhook_events ORDER BY sequence LIMIT ${sweepStep}`
const dropAttempts = 'DELETE FROM webhook_attempts WHERE event = ?'
const dropEvent = 'DELETE FROM webhook_events WHERE sequence = ?'

/** Deletes events that occurred long ago, some at a time. */
export const createDropEvents = ({ database }: Session): ((now: number) => void) => {
  const oldest = database.prepare<[], { sequence: number; occurredAt: number }>(findOldest)
  const attempts = database.prepare<[number]>(dropAttempts)
  const event = database.prepare<[number]>(dropEvent)
  return (now) => {
    for (const { sequence, occurredAt } of oldest.all()) {
      if (occurredAt + eventKeepMs > now) return
      attempts.run(sequence)
      event.run(sequence)
    }
  }
}
