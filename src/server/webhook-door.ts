import type { Caller } from '../core/call.ts'
import { ownerOf } from '../jobs/jobs.ts'
import type { Arrival } from './arrival.ts'
import { replyJson } from './replies.ts'
import { notTaken } from './routes.ts'

/** What messages to addresses of an owner are signed with. */
export type WebhookSecretOf = (owner: string) => string

/** Answers one request at `/v1/webhooks/secret`, from a caller that may use it. */
export const serveWebhookSecret = ({ method, outlet }: Arrival, caller: Caller, secretOf: WebhookSecretOf): void => {
  if (method !== 'GET' && method !== 'HEAD') throw notTaken(['GET'])
  const owner = ownerOf(caller)
  replyJson(outlet, { object: 'webhook.secret', owner, secret: secretOf(owner) })
}
