import { attemptsKept, eventKeepMs, newEventId } from '../job-rules.ts'
import type { Delivered, DeliveryAttempt, EndpointStanding, WebhookEvent, WebhookStore } from '../webhook-store.ts'
import type { MemoryJob } from './jobs-row.ts'

type Event = { -readonly [Field in keyof WebhookEvent]: WebhookEvent[Field] } & {
  /** Of who tells it at this moment. */
  fence: number | undefined
  readonly log: DeliveryAttempt[]
}

type Marks = { -readonly [Field in Exclude<keyof EndpointStanding, 'endpoint' | 'pending'>]: EndpointStanding[Field] }

const unmarked: Marks = {
  failingSince: undefined,
  disabledAt: undefined,
  disabledBecause: undefined,
  restsUntil: undefined,
}

/** Events for webhooks in one memory. */
export class MemoryWebhooks {
  readonly store: WebhookStore
  /** In the order in which they were made. */
  readonly #events = new Map<string, Event>()
  readonly #marks = new Map<string, Marks>()
  readonly #time: () => number
  readonly #changed: () => void
  #last = 0
  #lastFence = 0

  /** `changed` is told of events that are due again. */
  constructor({ time, changed }: { readonly time: () => number; readonly changed: () => void }) {
    this.#time = time
    this.#changed = changed
    this.store = {
      claim: async (by) => this.#claim(by),
      settle: async (delivered) => delivered.forEach((each) => void this.#settle(each)),
      events: async (query) => this.#list(query),
      attempts: async (event) => [...(this.#events.get(event)?.log ?? [])],
      redeliver: async (which) => this.#redeliver(which),
      standings: async () => this.#standings(),
      mark: async (endpoint, marks) => this.#mark(endpoint, marks),
    }
  }

  /** A job ended that somebody is to be told of. */
  add({ order, state }: MemoryJob, now: number): void {
    const id = newEventId()
    this.#events.set(id, {
      id,
      endpoint: order.webhook ?? '',
      owner: order.owner,
      job: order.id,
      state,
      sequence: ++this.#last,
      occurredAt: now,
      attempts: 0,
      status: 'pending',
      nextAt: now,
      fence: undefined,
      log: [],
    })
  }

  /** Forgets what occurred long ago. */
  tidy(now: number): void {
    for (const { id, occurredAt } of this.#events.values()) {
      if (occurredAt + eventKeepMs > now) return
      this.#events.delete(id)
    }
  }

  #claim({
    most,
    perEndpoint,
    leaseMs,
  }: Parameters<WebhookStore['claim']>[0]): Awaited<ReturnType<WebhookStore['claim']>> {
    const now = this.#time()
    const pending = [...this.#events.values()].filter(({ status }) => status === 'pending')
    const underWay = new Map<string, number>()
    const count = (endpoint: string): number => underWay.get(endpoint) ?? 0
    for (const { endpoint, fence, nextAt } of pending)
      if (fence !== undefined && (nextAt ?? 0) > now) underWay.set(endpoint, count(endpoint) + 1)
    const due = pending
      .filter(({ endpoint, nextAt }) => (nextAt ?? 0) <= now && this.#isOpen(endpoint, now))
      .sort((one, other) => (one.nextAt ?? 0) - (other.nextAt ?? 0) || one.sequence - other.sequence)
    const claimed: { readonly event: WebhookEvent; readonly fence: number }[] = []
    for (const event of due) {
      if (claimed.length >= most) break
      if (count(event.endpoint) >= perEndpoint) continue
      underWay.set(event.endpoint, count(event.endpoint) + 1)
      event.fence = ++this.#lastFence
      // Until then it is nobody else's; after that it is due again.
      event.nextAt = now + leaseMs
      claimed.push({ event: this.#show(event), fence: event.fence })
    }
    return claimed
  }

  #isOpen(endpoint: string, now: number): boolean {
    const { disabledAt, restsUntil } = this.#marks.get(endpoint) ?? unmarked
    return disabledAt === undefined && (restsUntil ?? now) <= now
  }

  #settle({ fence, attempt, next }: Delivered): void {
    const event = this.#events.get(attempt.event)
    if (!event) return
    event.log.push(attempt)
    if (event.log.length > attemptsKept) event.log.shift()
    event.attempts++
    if (event.fence !== fence) return
    event.fence = undefined
    event.status = next.kind === 'again' ? 'pending' : next.kind
    event.nextAt = next.kind === 'again' ? next.at : undefined
  }

  #list(query: Parameters<WebhookStore['events']>[0]): readonly WebhookEvent[] {
    const after = query.after === undefined ? Number.POSITIVE_INFINITY : (this.#events.get(query.after)?.sequence ?? 0)
    return [...this.#events.values()]
      .reverse()
      .filter(({ sequence }) => sequence < after)
      .map((event) => this.#show(event))
      .filter((event) =>
        (['id', 'owner', 'endpoint', 'job', 'status'] as const).every((field) => matches(query, event, field)),
      )
      .slice(0, Math.max(0, query.limit))
  }

  #show({ fence: _fence, log: _log, ...event }: Event): WebhookEvent {
    const isDisabled = event.status === 'pending' && this.#marks.get(event.endpoint)?.disabledAt !== undefined
    return isDisabled ? { ...event, status: 'disabled' } : event
  }

  #redeliver(which: Parameters<WebhookStore['redeliver']>[0]): number {
    const now = this.#time()
    const events =
      'event' in which
        ? [this.#events.get(which.event)].filter((event) => event !== undefined)
        : [...this.#events.values()].filter(
            ({ endpoint, status, occurredAt }) =>
              endpoint === which.endpoint && status === 'failed' && occurredAt >= which.since,
          )
    for (const event of events) {
      event.status = 'pending'
      event.fence = undefined
      event.nextAt = now
    }
    if (events.length > 0) this.#changed()
    return events.length
  }

  #standings(): readonly EndpointStanding[] {
    const pending = new Map<string, number>([...this.#marks.keys()].map((endpoint) => [endpoint, 0]))
    for (const { endpoint, status } of this.#events.values())
      if (status === 'pending') pending.set(endpoint, (pending.get(endpoint) ?? 0) + 1)
    return [...pending]
      .map(([endpoint, count]) => ({ endpoint, ...(this.#marks.get(endpoint) ?? unmarked), pending: count }))
      .sort((one, other) => (one.endpoint < other.endpoint ? -1 : 1))
  }

  #mark(endpoint: string, { failingSince, disabled, restsUntil }: Parameters<WebhookStore['mark']>[1]): void {
    const marks = { ...(this.#marks.get(endpoint) ?? unmarked) }
    if (failingSince !== undefined) marks.failingSince = failingSince ?? undefined
    if (restsUntil !== undefined) marks.restsUntil = restsUntil ?? undefined
    if (disabled !== undefined) {
      marks.disabledAt = disabled?.at
      marks.disabledBecause = disabled?.because
    }
    if (Object.values(marks).every((mark) => mark === undefined)) this.#marks.delete(endpoint)
    else this.#marks.set(endpoint, marks)
    this.#changed()
  }
}

const matches = <Field extends 'id' | 'owner' | 'endpoint' | 'job' | 'status'>(
  query: Partial<Pick<WebhookEvent, Field>>,
  event: WebhookEvent,
  field: Field,
): boolean => query[field] === undefined || query[field] === event[field]
