import type { Operation } from '../core/request.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { anthropicRow, anthropicRows } from './anthropic-rows.ts'
import { identityWith } from './identity.ts'
import type { Provider } from './provider.ts'
import { identitiesOf, type KeySource } from './several-keys.ts'

export { anthropicRow, anthropicRows } from './anthropic-rows.ts'

export interface AnthropicOptions extends KeySource {
  readonly name: string
  /** The kind of a row of `anthropicRows`. Default: `anthropic`. */
  readonly kind?: string | undefined
  /** Default: that of the row. */
  readonly baseUrl?: string | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
}

/** The version of the language, which has been the only one since 2023. */
const version = { 'anthropic-version': '2023-06-01' }

type Paths = Partial<Readonly<Record<Operation, string>>>

const paths: Paths = {
  chat: '/messages',
  count_tokens: '/messages/count_tokens',
}

const provingBy = {
  'x-api-key': (key: string | undefined) => (key === undefined ? version : { ...version, 'x-api-key': key }),
  bearer: (key: string | undefined) => (key === undefined ? version : { ...version, authorization: `Bearer ${key}` }),
} as const

/** Anthropic, or who speaks its Messages language at another address. Throws RangeError for a kind that is no row. */
export const createAnthropic = (options: AnthropicOptions): Provider => {
  const row = anthropicRows.find(({ kind }) => kind === (options.kind ?? anthropicRow.kind))
  if (!row) throw new RangeError(`No kind of provider is named ${options.kind}.`)
  const baseUrl = (options.baseUrl ?? row.baseUrl ?? '').replace(/\/+$/, '')
  const prove = provingBy[row.auth === 'bearer' ? 'bearer' : 'x-api-key']
  const { headers, keys, secrets } = identitiesOf(options, prove)
  // Only Anthropic itself counts tokens; for the others the gateway does.
  const offered: Paths = row === anthropicRow ? paths : { chat: paths.chat }
  return {
    name: options.name,
    wire: anthropicMessages,
    quirks: row.quirks,
    baseUrl,
    url: (_model, operation) => (offered[operation] === undefined ? undefined : baseUrl + offered[operation]),
    headers: () => headers,
    headersWith: (key) => identityWith(prove(key), options.headers),
    keys,
    secrets,
    models: options.models?.length ? options.models : row.models,
  }
}
