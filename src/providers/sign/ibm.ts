import { fetchToken } from './fetch-token.ts'
import { createTokenSource, type TokenSource } from './token.ts'

/** A key of IBM Cloud, and who gives tokens for it. */
export interface IbmOptions {
  readonly apiKey: string
  /** Default: `https://iam.cloud.ibm.com/identity/token`. */
  readonly tokenUrl?: string | undefined
}

/** Tokens for a key of IBM Cloud: the key itself opens nothing. */
export const createIbmTokens = ({ apiKey, tokenUrl }: IbmOptions): TokenSource => {
  const question = {
    issuer: 'IBM Cloud',
    url: tokenUrl ?? 'https://iam.cloud.ibm.com/identity/token',
    fields: { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKey },
  }
  return createTokenSource({ fetch: () => fetchToken(question), now: Date.now })
}
