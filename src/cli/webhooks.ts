import { existsSync } from 'node:fs'
import { createWebhookControl, type EndpointView, type WebhookControl } from '../jobs/webhook-control.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import type { WebhookEvent } from '../stores/store.ts'
import { actor } from './actor.ts'
import { Failure, Misuse } from './failure.ts'
import { loadForCli } from './load.ts'
import { momentJson, momentText } from './moments.ts'
import type { StoreOptions } from './open-control.ts'
import { print, printJson } from './output.ts'
import { table } from './table.ts'

/** Works on the webhooks of the store that a server with the same options would have. */
const withWebhooks = async (
  { config: file, store: address }: StoreOptions,
  work: (webhooks: WebhookControl) => Promise<void>,
): Promise<void> => {
  const config = await loadForCli(file, { listens: true, store: address })
  if (config.store.kind === 'memory')
    throw new Failure('The store is the memory of the server itself; use the administrators’ door of the server.')
  if (!existsSync(config.store.path))
    throw new Failure(`There is no store at ${config.store.path}, and so no webhooks.`)
  const store = await createSqliteStore(config.store.path)
  try {
    // Servers look for what is due every second.
    await work(createWebhookControl({ store, names: () => config.webhooks.keys(), wake: () => {} }))
  } finally {
    await store.close()
  }
}

/** Lists endpoints, and how they fare. */
export const listEndpoints = (options: StoreOptions): Promise<void> =>
  withWebhooks(options, async (webhooks) => {
    const found = await webhooks.endpoints()
    if (options.json) printJson(found.map(endpointJson))
    else print(table(endpointHeadings, found.map(endpointRow)))
  })

export interface EventOptions extends StoreOptions {
  readonly endpoint?: string
  readonly job?: string
  readonly status?: WebhookEvent['status']
  readonly limit: number
}

/** Lists events, newest first. */
export const listEvents = ({ endpoint, job, status, limit, ...options }: EventOptions): Promise<void> =>
  withWebhooks(options, async (webhooks) => {
    const found = await webhooks.events({ endpoint, job, status, limit })
    if (options.json) printJson(found.map(eventJson))
    else print(table(eventHeadings, found.map(eventRow)))
  })

/** Shows an event with its latest attempts. */
export const showEvent = (id: string, options: StoreOptions): Promise<void> =>
  withWebhooks(options, async (webhooks) => {
    const { event, attempts } = await webhooks.event(id)
    if (options.json) {
      const log = attempts.map(({ event: _event, at, ...attempt }) => ({ at: momentJson(at), ...attempt }))
      return printJson({ ...eventJson(event), log })
    }
    print(table(eventHeadings, [eventRow(event)]))
    if (attempts.length === 0) return
    print('')
    print(
      table(
        ['AT (UTC)', { heading: 'MS', align: 'right' }, 'ANSWER', 'PROBLEM', 'SAID'],
        attempts.map(({ at, durationMs, status, problem, said }) => [
          momentText(at),
          String(Math.round(durationMs)),
          String(status ?? ''),
          problem ?? '',
          (said ?? '').slice(0, 80),
        ]),
      ),
    )
  })

export interface RedeliverOptions extends StoreOptions {
  readonly endpoint?: string
  readonly since?: number
}

/** Sends one event again, or all of an endpoint that were given up. */
export const redeliver = (id: string | undefined, options: RedeliverOptions): Promise<void> => {
  const { endpoint, since, json } = options
  if ((id === undefined) === (endpoint === undefined)) throw new Misuse('Name an event, or an endpoint by --endpoint.')
  if (id !== undefined && since !== undefined) throw new Misuse('--since goes with --endpoint.')
  return withWebhooks(options, async (webhooks) => {
    if (id !== undefined) await webhooks.redeliver(id, actor())
    const events = endpoint === undefined ? 1 : await webhooks.redeliverFailed(endpoint, since ?? 0, actor())
    if (json) printJson({ events })
    else print(events === 1 ? '1 event is sent again.' : `${events} events are sent again.`)
  })
}

/** Sends to an endpoint again. */
export const enableEndpoint = (endpoint: string, options: StoreOptions): Promise<void> =>
  withWebhooks(options, async (webhooks) => {
    await webhooks.enable(endpoint, actor())
    if (options.json) printJson({ endpoint })
    else print(`What waits for ${endpoint} is sent.`)
  })

const endpointHeadings = [
  'ENDPOINT',
  { heading: 'PENDING', align: 'right' },
  'FAILS SINCE (UTC)',
  'RESTS UNTIL (UTC)',
  'DISABLED',
  'BECAUSE',
  'FROM',
] as const

const endpointRow = (of: EndpointView): readonly string[] => [
  of.endpoint,
  String(of.pending),
  momentText(of.failingSince),
  momentText(of.restsUntil),
  momentText(of.disabledAt),
  of.disabledBecause ?? '',
  of.isConfigured ? 'configuration' : 'jobs',
]

const endpointJson = ({ failingSince, restsUntil, disabledAt, isConfigured, ...rest }: EndpointView): object => ({
  ...rest,
  configured: isConfigured,
  failingSince: momentJson(failingSince),
  restsUntil: momentJson(restsUntil),
  disabledAt: momentJson(disabledAt),
})

const eventHeadings = [
  'EVENT',
  'JOB',
  'ENDED',
  'ENDPOINT',
  'STATUS',
  { heading: 'ATTEMPTS', align: 'right' },
  'NEXT (UTC)',
  'AT (UTC)',
] as const

const eventRow = (of: WebhookEvent): readonly string[] => [
  of.id,
  of.job,
  of.state,
  of.endpoint,
  of.status,
  String(of.attempts),
  momentText(of.nextAt),
  momentText(of.occurredAt),
]

const eventJson = ({ state, occurredAt, nextAt, ...rest }: WebhookEvent): object => ({
  ...rest,
  type: `job.${state}`,
  occurredAt: momentJson(occurredAt),
  nextAt: momentJson(nextAt),
})
