import { setImmediate as turn } from 'node:timers/promises'
import { createWebhooks, type WebhooksOptions } from '../../jobs/webhook-dispatcher.ts'
import type { Webhooks } from '../../jobs/webhooks.ts'
import { createMemoryStore, type MemoryStoreOptions } from '../../stores/memory/index.ts'
import type { Store } from '../../stores/store.ts'
import type { WebhookEvent } from '../../stores/webhook-store.ts'
import { createAddressRule } from '../../transport/public-address.ts'
import type { Receiver } from '../../transport/webhook-post.ts'

/** Two secrets as they are in force while they are exchanged. */
export const webhookSecrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', `whsec_${'b2xk'.repeat(10)}`] as const

const localReceiver = (url: string): Receiver => ({
  url,
  secrets: webhookSecrets,
  guard: { addresses: createAddressRule(['127.0.0.1']), isPlainAllowed: true, isOperators: true },
})

interface Line {
  readonly level: string
  readonly facts: object
  readonly message: string
}

export interface Telling extends AsyncDisposable {
  readonly webhooks: Webhooks
  /** What was logged. */
  readonly lines: readonly Line[]
}

/** Tells receivers by their names, at a quick pace and without chance. */
export const tellingFrom = (
  store: Store,
  receivers: Readonly<Record<string, { readonly url: string }>>,
  given?: Partial<WebhooksOptions>,
): Telling => {
  const lines: Line[] = []
  const webhooks = createWebhooks({
    store: store.webhooks,
    jobs: store.jobs,
    endpoints: {
      find: (name) => (receivers[name] ? localReceiver(receivers[name].url) : 'is no name of webhooks.endpoints'),
    },
    log: {
      warn: (facts, message) => lines.push({ level: 'warn', facts, message }),
      error: (facts, message) => lines.push({ level: 'error', facts, message }),
    },
    random: () => 0.5,
    ...given,
    pace: { pollMs: 5, saidMs: 50, ...given?.pace },
  })
  return { webhooks, lines, [Symbol.asyncDispose]: () => webhooks.close() }
}

/** A store in memory that is closed with its scope. */
export const openMemory = (options?: MemoryStoreOptions): Store & AsyncDisposable => {
  const store = createMemoryStore(options)
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}

/** Waits until something is so, turn by turn; fails after fifteen seconds, or so many milliseconds. */
export const soon = async (isSo: () => Promise<boolean> | boolean, ms = 15_000): Promise<void> => {
  const until = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error('it did not come to pass')
    await turn()
  }
}

/** The only event of a store. */
export const onlyEvent = async (store: Store): Promise<WebhookEvent> => {
  const [event, ...more] = await store.webhooks.events({ limit: 2 })
  if (!event || more.length > 0) throw new Error('there is not one event')
  return event
}

/** How many events of a store, or of one endpoint, are what they should be. */
export const countOf = async (store: Store, status: WebhookEvent['status'], endpoint?: string): Promise<number> =>
  (await store.webhooks.events({ status, endpoint, limit: 10_000 })).length

/** As many jobs as are wanted, told to the same endpoint. */
export const ordersFor = (webhook: string, count: number): readonly { readonly webhook: string }[] =>
  Array.from({ length: count }, () => ({ webhook }))
