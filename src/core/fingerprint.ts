import { createHmac } from 'node:crypto'
import type { Call, Caller } from './call.ts'
import { GatewayError } from './errors.ts'
import type { CacheScope, Identity, Likeness, ScopeWidth } from './identity.ts'

/** What a fingerprint is made with beside the call. */
export interface FingerprintOptions {
  readonly secret: Uint8Array
  readonly scope: ScopeWidth
  /** The public name of the route, what it says of who answers, and whether who asks decides it. */
  readonly route: { readonly name: string; readonly identity: string; readonly readsCaller: boolean }
  readonly normalize: boolean
}

/** Who shares answers with this caller: its team (or org, or everybody), and where it has none what is next inwards. Throws `internal` for nobody. */
export const cacheScopeOf = (caller: Caller, width: ScopeWidth): CacheScope => {
  if (width === 'gateway') return 'gateway:*' as CacheScope
  if (width === 'org' && caller.org) return `org:${caller.org}` as CacheScope
  if (width !== 'key' && caller.team) return `team:${caller.team}` as CacheScope
  if (caller.key === '') throw new GatewayError('internal', 'Answers cannot be kept for nobody.')
  return `key:${caller.key}` as CacheScope
}

/** What makes this call the same as another one. */
export const identityOf = (call: Call, options: FingerprintOptions): Identity => {
  const scope = cacheScopeOf(call.caller, options.scope)
  const { request } = call
  const text = JSON.stringify([
    1,
    scope,
    options.route,
    request.operation,
    request.body ?? request.chat,
    request.headers,
  ])
  return {
    scope,
    model: options.route.name,
    key: createHmac('sha256', options.secret).update(text).digest('base64url'),
  }
}

/** What this call has in common with questions that may say the same in other words; undefined: it is never compared. */
export const likenessOf = (_call: Call, _options: FingerprintOptions): Likeness | undefined => undefined

/** What makes each input of an embeddings call the same as another one, in order; undefined: they cannot be told apart from their call. */
export const itemKeysOf = (_call: Call, _options: FingerprintOptions): readonly string[] | undefined => undefined
