import { openaiChat } from '../wire/openai-chat/index.ts'
import { compatibleRows } from './compatible-rows.ts'
import { identityOf, identityWith } from './identity.ts'
import type { Provider } from './provider.ts'

export { compatibleRows } from './compatible-rows.ts'

export interface CompatibleOptions {
  readonly name: string
  /** The kind of a row of `compatibleRows`. */
  readonly kind: string
  /** Default: that of the row. */
  readonly baseUrl?: string | undefined
  readonly apiKey?: string | undefined
  /** Sent with every request; they win over those that prove who calls. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
}

/** A provider that speaks OpenAI's chat language. Throws RangeError for a kind that is no row, and where no address is known. */
export const createCompatible = (options: CompatibleOptions): Provider => {
  const row = compatibleRows.find(({ kind }) => kind === options.kind)
  if (!row) throw new RangeError(`No kind of provider is named ${options.kind}.`)
  const baseUrl = (options.baseUrl ?? row.baseUrl)?.replace(/\/+$/, '')
  if (baseUrl === undefined) throw new RangeError(`A provider of kind ${row.kind} needs a base URL.`)
  const proof: Record<string, string> = {}
  if (options.apiKey !== undefined) proof.authorization = `Bearer ${options.apiKey}`
  const { headers, secrets } = identityOf(proof, options.headers)
  return {
    name: options.name,
    wire: openaiChat,
    quirks: row.quirks,
    url: (_model, operation) => (operation === 'chat' ? `${baseUrl}/chat/completions` : undefined),
    headers: () => headers,
    headersWith: (key) => identityWith({ authorization: `Bearer ${key}` }, options.headers),
    secrets,
    models: options.models?.length ? options.models : row.models,
  }
}
