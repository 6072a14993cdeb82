import { fetchToken } from './fetch-token.ts'
import { createTokenSource, type TokenSource } from './token.ts'

/** An application registered with Microsoft Entra, which proves itself by its secret. */
export interface EntraOptions {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  /** Default: Azure's AI services. */
  readonly scope?: string | undefined
  /** Who gives tokens. Default: `https://login.microsoftonline.com`. */
  readonly authority?: string | undefined
}

/** What Azure OpenAI wants its tokens for. */
export const entraScope = 'https://cognitiveservices.azure.com/.default'

/** Tokens by client credentials. */
export const createEntra = (options: EntraOptions): TokenSource => {
  const { tenantId, clientId, clientSecret, scope = entraScope } = options
  const authority = (options.authority ?? 'https://login.microsoftonline.com').replace(/\/+$/, '')
  const url = `${authority}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`
  const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope }
  return createTokenSource({ fetch: () => fetchToken({ issuer: 'Microsoft Entra', url, fields }), now: Date.now })
}
