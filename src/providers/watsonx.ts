import { createCompatible } from './compatible.ts'
import { identityOf } from './identity.ts'
import type { Provider } from './provider.ts'
import { createIbmTokens } from './sign/ibm.ts'

export interface WatsonxOptions {
  readonly name: string
  readonly apiKey: string
  /** Default: that of the row, in its usual region. */
  readonly baseUrl?: string | undefined
  /** Who gives tokens for the key. Default: IBM Cloud. */
  readonly tokenUrl?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly models?: readonly string[] | undefined
}

/** The kind of its row among `compatibleRows`. */
export const watsonxKind = 'watsonx'

/** Models behind IBM's model gateway: OpenAI's languages, with tokens that its key is exchanged for. */
export const createWatsonx = (options: WatsonxOptions): Provider => {
  const { name, apiKey, baseUrl, models } = options
  const tokens = createIbmTokens(options)
  const { headers: added, secrets } = identityOf({}, options.headers)
  const shown = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}`, ...added })
  const { headersWith: _, ...openai } = createCompatible({ kind: watsonxKind, name, baseUrl, models })
  return {
    ...openai,
    headers: () => {
      const token = tokens()
      return token instanceof Promise ? token.then(shown) : shown(token)
    },
    keys: undefined,
    secrets: [apiKey, ...secrets],
  }
}
