import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Principal } from './permission.ts'

export interface Tokens {
  /** May do everything. */
  readonly token: string
  /** May look at everything and change nothing. */
  readonly readToken?: string | undefined
}

const longestToken = 1_024

/** A new token that cannot be guessed: 256 bits. */
export const createToken = (): string => `tg-admin-${randomBytes(32).toString('base64url')}`

/**
 * Says whose a token is. Tokens are compared by digests that are salted anew at each start, all of them each time, so
 * that how long it takes says nothing about them.
 */
export const createCredentials = ({ token, readToken }: Tokens): ((given: string) => Principal | undefined) => {
  const salt = randomBytes(32)
  const digest = (text: string): Buffer => createHmac('sha256', salt).update(text).digest()
  const known: { readonly digest: Buffer; readonly principal: Principal }[] = [
    { digest: digest(token), principal: { actor: 'admin', permissions: ['read', 'write'] } },
  ]
  if (readToken !== undefined) {
    known.push({ digest: digest(readToken), principal: { actor: 'reader', permissions: ['read'] } })
  }
  return (given) => {
    const wanted = digest(given.slice(0, longestToken))
    let found: Principal | undefined
    for (const each of known) if (timingSafeEqual(each.digest, wanted)) found ??= each.principal
    return given.length <= longestToken ? found : undefined
  }
}
