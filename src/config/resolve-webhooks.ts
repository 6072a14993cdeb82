import type * as z from 'zod'
import type { WebhookConfig } from './config.ts'
import type { Complain } from './issues.ts'
import type { webhooksSchema } from './schema.ts'

const shortestSecret = 16

/** Where things that happened are told, by name. Neither addresses nor secrets are repeated in complaints. */
export const resolveWebhooks = (
  { endpoints }: z.output<typeof webhooksSchema>,
  complain: Complain,
): ReadonlyMap<string, WebhookConfig> => {
  const webhooks = new Map<string, WebhookConfig>()
  for (const [name, { url, secret }] of Object.entries(endpoints)) {
    const path = ['webhooks', 'endpoints', name]
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
      complain(path, 'expected a name of letters, digits, ".", "-" and "_", at most 64', 'key')
    const address = URL.parse(url)
    if (address?.protocol !== 'https:' && address?.protocol !== 'http:')
      complain([...path, 'url'], 'expected an http or https address')
    else if (address.username !== '' || address.password !== '')
      complain([...path, 'url'], 'must not hold a user name or password')
    if (secret !== undefined && secret.length < shortestSecret)
      complain([...path, 'secret'], `must have at least ${shortestSecret} characters`)
    webhooks.set(name, { url, secret })
  }
  return webhooks
}
