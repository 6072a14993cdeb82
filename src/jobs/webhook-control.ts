import { type Change, Entries } from '../control/entries.ts'
import { GatewayError } from '../core/errors.ts'
import type { DeliveryAttempt, EndpointStanding, Store, WebhookEvent, WebhookStore } from '../stores/store.ts'
import { shownEndpoint } from './webhook-endpoints.ts'

/** An endpoint as administrators see it. */
export interface EndpointView extends EndpointStanding {
  /** Is it one of the configuration? */
  readonly isConfigured: boolean
}

/**
 * What administrators can do with webhooks. Endpoints are called as `shownEndpoint` calls them: addresses of callers, and
 * secrets, are never shown. Fails with `not_found`. `actor` is who does it.
 */
export interface WebhookControl {
  endpoints(): Promise<readonly EndpointView[]>
  events(query: Parameters<WebhookStore['events']>[0]): Promise<readonly WebhookEvent[]>
  event(id: string): Promise<{ readonly event: WebhookEvent; readonly attempts: readonly DeliveryAttempt[] }>
  /** Sends an event again, whatever became of it. */
  redeliver(id: string, actor: string): Promise<void>
  /** Sends all events of an endpoint again that were given up since a moment (Unix milliseconds); gives how many. */
  redeliverFailed(endpoint: string, since: number, actor: string): Promise<number>
  /** Sends to an endpoint again that was disabled or rests, beginning with what waits. */
  enable(endpoint: string, actor: string): Promise<void>
}

export interface WebhookControlOptions {
  readonly store: Pick<Store, 'control' | 'webhooks'>
  /** Endpoints of the configuration in force. */
  names(): Iterable<string>
  /** Has this process look for events now. */
  wake(): void
}

export const createWebhookControl = ({ store, names, wake }: WebhookControlOptions): WebhookControl => {
  const { webhooks } = store
  const entries = new Entries(store.control)

  /** First, so that nothing is ever done without a word of who did it. */
  const note = async (action: string, about: Pick<Change<'webhook'>, 'actor' | 'detail'>): Promise<void> => {
    const found = await entries.get('webhook', 'events')
    const place = { kind: 'webhook', name: 'events', document: {}, expect: found?.version ?? 'new' } as const
    await entries.write({ ...place, ...about, action })
  }
  /** As the store has it. An endpoint may have no standing, as long as it is well. */
  const storedName = async (shown: string): Promise<string> => {
    const known = [...names(), ...(await webhooks.standings()).map(({ endpoint }) => endpoint)]
    const found = known.find((each) => shownEndpoint(each) === shown)
    if (found !== undefined) return found
    // Once it is well and not configured any more, only its events know its name.
    if ((await webhooks.events({ endpoint: shown, limit: 1 })).length > 0) return shown
    throw new GatewayError('not_found', `There is no webhook endpoint ${shown.slice(0, 200)}.`)
  }
  const find = async (id: string): Promise<WebhookEvent> => {
    const [event] = await webhooks.events({ id, limit: 1 })
    if (!event) throw new GatewayError('not_found', `There is no webhook event ${id.slice(0, 100)}.`)
    return event
  }

  return {
    endpoints: async () => {
      const configured = new Set(names())
      const standings = new Map((await webhooks.standings()).map((each) => [each.endpoint, each]))
      return [...new Set([...configured, ...standings.keys()])].map((endpoint) => ({
        ...(standings.get(endpoint) ?? well),
        endpoint: shownEndpoint(endpoint),
        isConfigured: configured.has(endpoint),
      }))
    },
    events: async ({ endpoint, ...query }) => {
      const stored = endpoint === undefined ? undefined : await storedName(endpoint)
      return (await webhooks.events({ ...query, endpoint: stored })).map(shownEvent)
    },
    event: async (id) => ({ event: shownEvent(await find(id)), attempts: await webhooks.attempts(id) }),
    redeliver: async (id, actor) => {
      const event = shownEvent(await find(id))
      await note('webhook.redeliver', { actor, detail: { event: id, endpoint: event.endpoint, job: event.job } })
      await webhooks.redeliver({ event: id })
      wake()
    },
    redeliverFailed: async (endpoint, since, actor) => {
      const stored = await storedName(endpoint)
      await note('webhook.redeliver_failed', { actor, detail: { endpoint, since: new Date(since).toISOString() } })
      const count = await webhooks.redeliver({ endpoint: stored, since })
      wake()
      return count
    },
    enable: async (endpoint, actor) => {
      const stored = await storedName(endpoint)
      await note('webhook.enable', { actor, detail: { endpoint } })
      await webhooks.mark(stored, { disabled: null, failingSince: null, restsUntil: null })
      wake()
    },
  }
}

const well: Omit<EndpointStanding, 'endpoint'> = {
  failingSince: undefined,
  disabledAt: undefined,
  disabledBecause: undefined,
  restsUntil: undefined,
  pending: 0,
}

const shownEvent = (event: WebhookEvent): WebhookEvent => ({ ...event, endpoint: shownEndpoint(event.endpoint) })
