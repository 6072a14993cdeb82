import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError, invalid } from '../core/errors.ts'
import type { ProviderKey } from '../core/provider-key.ts'

/** Where a caller sends a key of its own account at a provider: `provider=key`. */
export const providerKeyHeader = 'x-tollgate-provider-key'

const form = /^([A-Za-z0-9][\w.-]{0,63})=([\x21-\x7e]{1,1024})$/

/**
 * A caller's own key for a provider. Its name must be said, so that no key ever goes to another provider than its own.
 * Throws `invalid_request`, and `forbidden` for providers that take no keys of callers; the key is in no message.
 */
export const providerKeyOf = (headers: IncomingHttpHeaders, allowed: ReadonlySet<string>): ProviderKey | undefined => {
  const sent = headers[providerKeyHeader]
  if (sent === undefined) return undefined
  const [, provider, key] = form.exec(String(sent)) ?? []
  if (provider === undefined || key === undefined) throw invalid(providerKeyHeader, 'must look like provider=key')
  if (!allowed.has(provider)) throw new GatewayError('forbidden', `${provider} takes no keys of callers here.`)
  return { provider, key }
}
