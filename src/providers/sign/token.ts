import { asGatewayError } from '../../core/errors.ts'

/** A proof of identity that runs out. */
export interface Token {
  readonly value: string
  /** Unix milliseconds. */
  readonly expiresAt: number
}

export interface TokenSourceOptions {
  /** Fetches a new one. Throws GatewayError. */
  fetch(): Promise<Token>
  /** Unix milliseconds. */
  now(): number
}

/** Gives a token that holds; a promise only while there is none. Rejects with GatewayError. */
export type TokenSource = () => string | Promise<string>

/** A token with less left than this is renewed in the background, while calls go on with the one there is. */
const renewMs = 5 * 60_000
/** A token with less left than this would run out on its way. */
const leastMs = 10_000
/** After a renewal that failed the next one waits so long. */
const againMs = 10_000

/** One token for all calls, fetched by one of them at a time and renewed before it runs out. */
export const createTokenSource = ({ fetch, now }: TokenSourceOptions): TokenSource => {
  let token: Token | undefined
  let coming: Promise<string> | undefined
  let notBefore = 0

  const renew = (): Promise<string> => {
    coming ??= fetch()
      .then(
        (fetched) => {
          token = fetched
          return fetched.value
        },
        (thrown) => {
          notBefore = now() + againMs
          throw asGatewayError(thrown)
        },
      )
      .finally(() => {
        coming = undefined
      })
    return coming
  }

  return () => {
    const at = now()
    if (token === undefined || token.expiresAt - at < leastMs) return renew()
    if (token.expiresAt - at < renewMs && coming === undefined && at >= notBefore) renew().catch(ignore)
    return token.value
  }
}

/** Whoever has no token any more asks again, and is told then. */
const ignore = (): void => {}
