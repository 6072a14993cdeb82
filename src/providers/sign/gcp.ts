import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { fetchToken } from './fetch-token.ts'
import { createTokenSource, type TokenSource } from './token.ts'

/** What a Google Cloud service account proves itself by, as its key file has it. */
export interface ServiceAccount {
  readonly clientEmail: string
  /** PEM. */
  readonly privateKey: string
  readonly privateKeyId?: string | undefined
  /** Who gives tokens. Default: `https://oauth2.googleapis.com/token`. */
  readonly tokenUrl?: string | undefined
  /** Where its key file names one. */
  readonly projectId?: string | undefined
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const usualTokenUrl = 'https://oauth2.googleapis.com/token'
const lifeSeconds = 3_600

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A signed statement of who asks, which is exchanged for a token. `now` in Unix milliseconds. */
export const assertionOf = (account: ServiceAccount, key: KeyObject, now: number): string => {
  const issued = Math.floor(now / 1_000)
  const head = encoded({ alg: 'RS256', typ: 'JWT', kid: account.privateKeyId })
  const claims = encoded({
    iss: account.clientEmail,
    scope,
    aud: account.tokenUrl ?? usualTokenUrl,
    iat: issued,
    exp: issued + lifeSeconds,
  })
  const signature = sign('RSA-SHA256', Buffer.from(`${head}.${claims}`), key).toString('base64url')
  return `${head}.${claims}.${signature}`
}

/** Tokens for a service account. Throws RangeError for a private key that is none. */
export const createGoogleTokens = (account: ServiceAccount): TokenSource => {
  const key = readKey(account.privateKey)
  const fetch = () =>
    fetchToken({
      issuer: 'Google',
      url: account.tokenUrl ?? usualTokenUrl,
      fields: {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertionOf(account, key, Date.now()),
      },
    })
  return createTokenSource({ fetch, now: Date.now })
}

const readKey = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem)
  } catch {
    // The cause would repeat a part of what it could not read.
    throw new RangeError('The private key of the service account cannot be read.')
  }
}
