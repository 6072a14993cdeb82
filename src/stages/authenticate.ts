import { hash, randomBytes } from 'node:crypto'
import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'

/** A virtual key as the configuration declares it. */
export interface DeclaredKey {
  readonly name: string
  readonly key: string
  readonly team?: string | undefined
  readonly user?: string | undefined
  /** Public models it may use; undefined: all. */
  readonly models?: readonly string[] | undefined
}

/** Says who a credential belongs to. Throws `unauthenticated`, always in the same words. */
export type Authenticate = (credential: string | undefined) => Caller

const anonymous: Caller = { key: 'anonymous' }
const longestKey = 512

/**
 * Recognises virtual keys by a digest that is salted anew at each start, so that what is wrong is never compared with a
 * key byte by byte. Without any declared key everybody is `anonymous`; the server then listens on loopback only.
 */
export const createAuthenticate = (keys: readonly DeclaredKey[]): Authenticate => {
  if (keys.length === 0) return () => anonymous
  const salt = randomBytes(32).toString('hex')
  const digest = (key: string): string => hash('sha256', salt + key)
  const callers = new Map<string, Caller>(
    keys.map(({ name, key, team, user, models }) => [digest(key), { key: name, team, user, models }]),
  )
  /** Keys that were recognised before; there are never more than were declared. */
  const recognised = new Map<string, Caller>()
  return (credential) => {
    const known = credential === undefined ? undefined : recognised.get(credential)
    if (known) return known
    const caller = credential !== undefined && credential.length <= longestKey && callers.get(digest(credential))
    if (caller) {
      recognised.set(credential, caller)
      return caller
    }
    throw new GatewayError(
      'unauthenticated',
      'No valid key was given. Send it as "Authorization: Bearer <key>" or "x-api-key: <key>".',
    )
  }
}
