import type { DeliveryAttempt, EndpointStanding, WebhookEvent, WebhookStore } from '../webhook-store.ts'
import type { Session } from './session.ts'
import { type EventRow, eventCodes, eventColumns, eventFrom } from './webhook-rows.ts'

const isDisabled =
  'EXISTS (SELECT 1 FROM webhook_endpoints AS e WHERE e.endpoint = webhook_events.endpoint AND disabled_at IS NOT NULL)'
const sequenceOf = 'SELECT sequence FROM webhook_events WHERE id = ?'
const readAttempts = `SELECT at, duration_ms AS durationMs, status, problem, said FROM webhook_attempts
  WHERE event = (SELECT sequence FROM webhook_events WHERE id = ?) ORDER BY id`
const readStandings = `SELECT endpoint, failing_since AS failingSince, disabled_at AS disabledAt,
    disabled_because AS disabledBecause, rests_until AS restsUntil,
    (SELECT count(*) FROM webhook_events INDEXED BY webhook_events_due
      WHERE webhook_events.endpoint = webhook_endpoints.endpoint AND status = 0) AS pending
  FROM webhook_endpoints ORDER BY endpoint`

type Nullable<T> = {
  readonly [Field in keyof T]: Exclude<T[Field], undefined> | (undefined extends T[Field] ? null : never)
}
type EventQuery = Parameters<WebhookStore['events']>[0]

/** What of a status the database looks for. */
const statusText = (status: WebhookEvent['status']): string => {
  if (status === 'disabled') return `status = 0 AND ${isDisabled}`
  return status === 'pending' ? `status = 0 AND NOT ${isDisabled}` : `status = ${eventCodes[status]}`
}

/** The reading side of events for webhooks. */
export const webhookReader = ({ database }: Session) => {
  const finding = database.prepare<[string], number>(sequenceOf).pluck()
  const attempts = database.prepare<[string], Nullable<Omit<DeliveryAttempt, 'event'>>>(readAttempts)
  const standings = database.prepare<[], Nullable<EndpointStanding>>(readStandings)
  return {
    listEvents: ({ after, limit, status, ...equal }: EventQuery): readonly WebhookEvent[] => {
      const before = after === undefined ? Number.MAX_SAFE_INTEGER : (finding.get(after) ?? 0)
      const given = Object.entries(equal).filter((entry) => entry[1] !== undefined)
      const conditions = ['sequence < ?', ...given.map(([column]) => `${column} = ?`)]
      if (status) conditions.push(statusText(status))
      return database
        .prepare<unknown[], EventRow & { isDisabled: number }>(
          `SELECT ${eventColumns}, ${isDisabled} AS isDisabled FROM webhook_events WHERE ${conditions.join(' AND ')}
            ORDER BY sequence DESC LIMIT ?`,
        )
        .all(before, ...given.map(([, value]) => value), Math.max(0, limit))
        .map(({ isDisabled, ...row }) => eventFrom(row, isDisabled === 1))
    },
    eventAttempts: (event: string): readonly DeliveryAttempt[] =>
      attempts.all(event).map(({ status, problem, said, ...row }) => ({
        ...row,
        event,
        status: status ?? undefined,
        problem: problem ?? undefined,
        said: said ?? undefined,
      })),
    endpointStandings: (_nothing: undefined): readonly EndpointStanding[] =>
      standings
        .all()
        .map((row) => ({
          endpoint: row.endpoint,
          failingSince: row.failingSince ?? undefined,
          disabledAt: row.disabledAt ?? undefined,
          disabledBecause: row.disabledBecause ?? undefined,
          restsUntil: row.restsUntil ?? undefined,
          pending: row.pending,
        }))
        .filter(
          ({ pending, failingSince, disabledAt, restsUntil }) =>
            pending > 0 || failingSince !== undefined || disabledAt !== undefined || restsUntil !== undefined,
        ),
  }
}
