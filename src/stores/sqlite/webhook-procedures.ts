import { attemptsKept, sweepStep } from '../job-rules.ts'
import type { Delivered, WebhookEvent, WebhookStore } from '../webhook-store.ts'
import type { JobDesk } from './job-desk.ts'
import { type EventRow, eventCodes, eventColumns, eventFrom } from './webhook-rows.ts'

const findAwake = 'SELECT endpoint, head_at AS headAt FROM webhook_endpoints WHERE wake_at <= ? ORDER BY wake_at'
const countLeased = `SELECT count(*) FROM webhook_events INDEXED BY webhook_events_leased
  WHERE endpoint = ? AND fence IS NOT NULL AND next_at > ?`
const findDue = `SELECT ${eventColumns} FROM webhook_events INDEXED BY webhook_events_due
  WHERE endpoint = ? AND status = 0 AND next_at <= ? ORDER BY next_at, sequence LIMIT ?`
const nextFence = 'UPDATE job_marks SET event_fence = event_fence + 1 WHERE id = 1 RETURNING event_fence'
const lease = 'UPDATE webhook_events SET fence = @fence, next_at = @until WHERE sequence = @sequence'
const refreshHead = `UPDATE webhook_endpoints SET head_at =
  (SELECT next_at FROM webhook_events INDEXED BY webhook_events_due WHERE endpoint = @endpoint AND status = 0
    ORDER BY next_at LIMIT 1)
  WHERE endpoint = @endpoint`
const addAttempt = `INSERT INTO webhook_attempts (event, at, duration_ms, status, problem, said)
  VALUES (@event, @at, @durationMs, @status, @problem, @said)`
const dropAttempts = `DELETE FROM webhook_attempts WHERE id IN (
  SELECT id FROM webhook_attempts WHERE event = ? ORDER BY id DESC LIMIT -1 OFFSET ${attemptsKept})`
const countAttempt = `UPDATE webhook_events SET attempts = attempts + 1 WHERE id = ?
  RETURNING sequence, endpoint, attempts, fence`
const settle = 'UPDATE webhook_events SET status = @status, next_at = @nextAt, fence = NULL WHERE sequence = @sequence'
const again = 'UPDATE webhook_events SET status = 0, next_at = @now, fence = NULL'
const redeliverOne = `${again} WHERE id = @event RETURNING endpoint`
const redeliverFailed = `${again} WHERE sequence IN (SELECT sequence FROM webhook_events INDEXED BY webhook_events_failed
  WHERE endpoint = @endpoint AND status = 2 AND occurred_at >= @since LIMIT ${sweepStep}) RETURNING endpoint`
const readMarks = `SELECT failing_since AS failingSince, disabled_at AS disabledAt, disabled_because AS disabledBecause,
  rests_until AS restsUntil FROM webhook_endpoints WHERE endpoint = ?`
const writeMarks = `INSERT INTO webhook_endpoints (endpoint, failing_since, disabled_at, disabled_because, rests_until)
  VALUES (@endpoint, @failingSince, @disabledAt, @disabledBecause, @restsUntil)
  ON CONFLICT DO UPDATE SET failing_since = excluded.failing_since, disabled_at = excluded.disabled_at,
    disabled_because = excluded.disabled_because, rests_until = excluded.rests_until`

type Claim = Parameters<WebhookStore['claim']>[0]
type Which = Parameters<WebhookStore['redeliver']>[0]
type Marks = Parameters<WebhookStore['mark']>[1]

interface MarksRow {
  readonly failingSince: number | null
  readonly disabledAt: number | null
  readonly disabledBecause: string | null
  readonly restsUntil: number | null
}

const unmarked: MarksRow = { failingSince: null, disabledAt: null, disabledBecause: null, restsUntil: null }

/** The writing side of events for webhooks. */
export const webhookWriter = (desk: JobDesk) => {
  const { session, time, marks } = desk
  const { database } = session
  const refreshing = database.prepare<[object]>(refreshHead)
  const one = database.prepare<[object], { endpoint: string }>(redeliverOne)
  const failed = database.prepare<[object], { endpoint: string }>(redeliverFailed)
  const reading = database.prepare<[string], MarksRow>(readMarks)
  const writing = database.prepare<[object]>(writeMarks)

  const refresh = (endpoints: Iterable<string>): void => {
    for (const endpoint of new Set(endpoints)) refreshing.run({ endpoint })
  }

  return {
    claimEvents: createClaim(desk, refresh),
    settleEvents: createSettle(desk, refresh),
    redeliverEvents: (which: Which): number => {
      const now = time.now()
      const found = 'event' in which ? one.all({ ...which, now }) : failed.all({ ...which, now })
      refresh(found.map(({ endpoint }) => endpoint))
      if (found.length > 0) marks.raise({ work: false, news: true })
      time.keep(now)
      return found.length
    },
    markEndpoint: ({ endpoint, marks: wanted }: { readonly endpoint: string; readonly marks: Marks }): void => {
      writing.run({ endpoint, ...changed(reading.get(endpoint) ?? unmarked, wanted) })
      marks.raise({ work: false, news: true })
    },
  }
}

const changed = (row: MarksRow, { failingSince, disabled, restsUntil }: Marks): MarksRow => ({
  failingSince: failingSince === undefined ? row.failingSince : failingSince,
  restsUntil: restsUntil === undefined ? row.restsUntil : restsUntil,
  disabledAt: disabled === undefined ? row.disabledAt : (disabled?.at ?? null),
  disabledBecause: disabled === undefined ? row.disabledBecause : (disabled?.because ?? null),
})

type Refresh = (endpoints: Iterable<string>) => void

const isOlder = (one: EventRow, other: EventRow): number =>
  (one.nextAt ?? 0) - (other.nextAt ?? 0) || one.sequence - other.sequence

const createClaim = ({ session, time }: JobDesk, refresh: Refresh) => {
  const { database } = session
  const awake = database.prepare<[number], { endpoint: string; headAt: number }>(findAwake)
  const leased = database.prepare<[string, number], number>(countLeased).pluck()
  const due = database.prepare<[string, number, number], EventRow>(findDue)
  const fencing = database.prepare<[], number>(nextFence).pluck()
  const leasing = database.prepare<[object]>(lease)

  /** The oldest of all endpoints that have a place free: one that begins later than all of them is not looked at. */
  const choose = ({ most, perEndpoint }: Claim, now: number): readonly EventRow[] => {
    let found: readonly EventRow[] = []
    for (const { endpoint, headAt } of awake.iterate(now)) {
      if (found.length >= most && headAt > (found.at(-1)?.nextAt ?? 0)) continue
      const places = Math.min(most, perEndpoint - (leased.get(endpoint, now) ?? 0))
      if (places > 0) found = [...found, ...due.all(endpoint, now, places)].sort(isOlder).slice(0, most)
    }
    return found
  }

  return (by: Claim): readonly { readonly event: WebhookEvent; readonly fence: number }[] => {
    const now = time.now()
    // Until then it is nobody else's; after that it is due again.
    const until = now + Math.ceil(by.leaseMs)
    const chosen = by.most > 0 ? choose(by, now) : []
    const claimed = chosen.map((row) => {
      const fence = fencing.get() ?? 0
      leasing.run({ sequence: row.sequence, fence, until })
      return { event: eventFrom({ ...row, nextAt: until }), fence }
    })
    refresh(chosen.map(({ endpoint }) => endpoint))
    if (claimed.length > 0) time.keep(now)
    return claimed
  }
}

interface Counted {
  readonly sequence: number
  readonly endpoint: string
  readonly attempts: number
  readonly fence: number | null
}

const createSettle = ({ session }: JobDesk, refresh: Refresh) => {
  const { database } = session
  const counting = database.prepare<[string], Counted>(countAttempt)
  const adding = database.prepare<[object]>(addAttempt)
  const dropping = database.prepare<[number]>(dropAttempts)
  const settling = database.prepare<[object]>(settle)

  const one = ({ fence, attempt, next }: Delivered): string | undefined => {
    const row = counting.get(attempt.event)
    if (!row) return undefined
    const { at, durationMs, status, problem, said } = attempt
    const { sequence } = row
    adding.run({
      event: sequence,
      at,
      durationMs,
      status: status ?? null,
      problem: problem ?? null,
      said: said ?? null,
    })
    if (row.attempts > attemptsKept) dropping.run(sequence)
    if (row.fence !== fence) return undefined
    const isAgain = next.kind === 'again'
    settling.run({
      sequence,
      status: eventCodes[isAgain ? 'pending' : next.kind],
      nextAt: isAgain ? Math.ceil(next.at) : null,
    })
    return row.endpoint
  }

  return (delivered: readonly Delivered[]): void => {
    refresh(delivered.map(one).filter((endpoint) => endpoint !== undefined))
  }
}
