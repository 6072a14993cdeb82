import { createWebhooks, type DeliveryOutcome } from '../jobs/webhook-dispatcher.ts'
import { createWebhookEndpoints, type WebhookEndpoints } from '../jobs/webhook-endpoints.ts'
import type { WebhookLog, Webhooks } from '../jobs/webhooks.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config.ts'
import { receiverOf } from './resolve-webhooks.ts'

export interface OpenWebhooksOptions {
  /** The configuration in force. */
  config(): Config
  readonly store: Pick<Store, 'webhooks' | 'jobs'>
  readonly log: WebhookLog
  /** Told of every attempt, for the metrics. */
  attempted(outcome: DeliveryOutcome): void
}

/** Endpoints as the configuration in force has them. `secret` is that of the store. */
export const webhookEndpoints = (config: () => Config, secret: Uint8Array): WebhookEndpoints =>
  createWebhookEndpoints({
    named: (name) => {
      const found = config().webhooks.get(name)
      return found && receiverOf(found)
    },
    areUrlsAllowed: () => config().webhookRules.callerUrls,
    secret,
  })

/** Begins to tell webhooks of jobs in this process. */
export const openWebhooks = (endpoints: WebhookEndpoints, options: OpenWebhooksOptions): Webhooks => {
  const { config, store, log, attempted } = options
  return createWebhooks({
    store: store.webhooks,
    jobs: store.jobs,
    endpoints,
    log,
    attempted,
    gatewayUrl: () => config().webhookRules.gatewayUrl,
  })
}
