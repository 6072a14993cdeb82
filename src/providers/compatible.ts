import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiEmbeddings, openaiEmbeddingsInNumbers } from '../wire/openai-embeddings/index.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import { fillBlanks } from './blanks.ts'
import { compatibleRows } from './compatible-rows.ts'
import { identityWith } from './identity.ts'
import { offers, openaiPaths } from './offers.ts'
import type { Provider } from './provider.ts'
import { identitiesOf, type KeySource } from './several-keys.ts'

export { compatibleRows } from './compatible-rows.ts'

export interface CompatibleOptions extends KeySource {
  readonly name: string
  /** The kind of a row of `compatibleRows`. */
  readonly kind: string
  /** Default: that of the row. */
  readonly baseUrl?: string | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
}

const bearer = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` }

/** A provider that speaks OpenAI's languages. Throws RangeError for a kind that is no row, and where no address is known. */
export const createCompatible = (options: CompatibleOptions): Provider => {
  const row = compatibleRows.find(({ kind }) => kind === options.kind)
  if (!row) throw new RangeError(`No kind of provider is named ${options.kind}.`)
  const baseUrl = (options.baseUrl ?? fillBlanks(row.baseUrl, row.blanks, {}))?.replace(/\/+$/, '')
  if (baseUrl === undefined) throw new RangeError(`A provider of kind ${row.kind} needs a base URL.`)
  const offer = offers.get(row.kind)
  const conversation = offer?.responses === 'alone' ? openaiResponses : openaiChat
  const { headers, keys, secrets } = identitiesOf(options, bearer)
  return {
    name: options.name,
    wire: conversation,
    wireFor: ({ operation, embed, wire }) => {
      if (operation === 'chat')
        return offer?.responses && wire === openaiResponses.name ? openaiResponses : conversation
      if (operation !== 'embed') return openaiChat
      return embed?.encoding === 'base64' && !offer?.base64 ? openaiEmbeddingsInNumbers : openaiEmbeddings
    },
    quirks: row.quirks,
    baseUrl,
    url: (_model, operation, _stream, wire) => {
      if (operation === 'chat' && wire === openaiResponses.name) return `${baseUrl}/responses`
      return operation === 'chat' || offer?.operations.includes(operation)
        ? baseUrl + openaiPaths[operation]
        : undefined
    },
    headers: () => headers,
    headersWith: (key) => identityWith(bearer(key), options.headers),
    keys,
    secrets,
    models: options.models?.length ? options.models : [...row.models, ...(offer?.embeddingModels ?? [])],
  }
}
