import { createHmac, hash } from 'node:crypto'
import { type Guard, guardedUrlProblem } from '../transport/guarded-url.ts'
import { createAddressRule } from '../transport/public-address.ts'
import type { Receiver } from '../transport/webhook-post.ts'
import { secretOf } from '../transport/webhook-signature.ts'

export interface WebhookEndpointOptions {
  /** An endpoint of the configuration in force; undefined: it has none of this name. */
  named(name: string): Receiver | undefined
  /** May jobs name an address? As the configuration in force says. */
  areUrlsAllowed(): boolean
  /** The store's own secret: `store.control.secret()`. */
  readonly secret: Uint8Array
}

/** Whom jobs may be told to: endpoints of the configuration by name and, where that is allowed, addresses of callers. */
export interface WebhookEndpoints {
  /** What is wrong with it as the webhook of a job; undefined: nothing. */
  checkWebhook(webhook: string): string | undefined
  /** Where an event of this owner goes, or, as text, why it goes nowhere. */
  find(webhook: string, owner: string): Receiver | string
  /** What messages to addresses of this owner are signed with, as receivers take it. */
  secretOf(owner: string): string
}

/** Whatever the configuration lets through for its own endpoints, an address of a caller must be public. */
const callersGuard: Guard = { addresses: createAddressRule(), isPlainAllowed: false, isOperators: false }

export const createWebhookEndpoints = ({ named, areUrlsAllowed, secret }: WebhookEndpointOptions): WebhookEndpoints => {
  const ownersSecret = (owner: string): string =>
    secretOf(createHmac('sha256', secret).update(`webhook secret of ${owner}`).digest())
  const find = (webhook: string, owner: string): Receiver | string => {
    const endpoint = named(webhook)
    if (endpoint) return endpoint.secrets.length > 0 ? endpoint : `the endpoint ${webhook} has no secret to sign with`
    if (!isAddress(webhook)) return 'is no name of webhooks.endpoints'
    if (!areUrlsAllowed()) return 'must be a name of webhooks.endpoints; addresses of callers are not allowed here'
    const problem = guardedUrlProblem(webhook, callersGuard)
    return problem ?? { url: webhook, secrets: [ownersSecret(owner)], guard: callersGuard }
  }
  return {
    checkWebhook: (webhook) => {
      const found = find(webhook, '')
      return typeof found === 'string' ? found : undefined
    },
    find,
    secretOf: ownersSecret,
  }
}

/** Names of endpoints hold no colon. */
const isAddress = (webhook: string): boolean => webhook.includes(':')

/**
 * What an endpoint is called in logs and by administrators: its name, or of an address the host and a digest, since what
 * stands behind a host is often a secret.
 */
export const shownEndpoint = (webhook: string): string => {
  if (!isAddress(webhook)) return webhook
  const host = URL.parse(webhook)?.host
  return `${host === undefined || host === '' ? 'nowhere' : host}~${hash('sha256', webhook).slice(0, 12)}`
}
