import type { Operation } from '../core/request.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { identityOf, identityWith } from './identity.ts'
import type { Provider } from './provider.ts'
import type { ProviderRow } from './row.ts'

/** What is known of Anthropic. */
export const anthropicRow: ProviderRow = {
  kind: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  environmentKeys: ['ANTHROPIC_API_KEY'],
  auth: 'x-api-key',
  quirks: {},
  models: [
    'claude-opus-5-5',
    'claude-sonnet-5-5',
    'claude-haiku-4-5',
    'claude-fable-5-1',
    'claude-opus-5',
    'claude-sonnet-5',
    'claude-opus-4-8',
    'claude-sonnet-4-6',
  ],
  priceProvider: 'anthropic',
  source: 'https://platform.claude.com/docs/en/about-claude/models/overview',
  checked: '2026-11-24',
}

export interface AnthropicOptions {
  readonly name: string
  /** Default: `https://api.anthropic.com/v1`. */
  readonly baseUrl?: string | undefined
  readonly apiKey?: string | undefined
  /** Sent with every request, such as `anthropic-beta`; they win over those that prove who calls. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
}

/** The version of the language, which has been the only one since 2023. */
const version = { 'anthropic-version': '2023-06-01' }

const paths: Partial<Record<Operation, string>> = {
  chat: '/messages',
  count_tokens: '/messages/count_tokens',
}

/** Anthropic, or who speaks its Messages language at another address. */
export const createAnthropic = (options: AnthropicOptions): Provider => {
  const baseUrl = (options.baseUrl ?? anthropicRow.baseUrl ?? '').replace(/\/+$/, '')
  const proof = options.apiKey === undefined ? version : { ...version, 'x-api-key': options.apiKey }
  const { headers, secrets } = identityOf(proof, options.headers)
  return {
    name: options.name,
    wire: anthropicMessages,
    quirks: anthropicRow.quirks,
    url: (_model, operation) => (paths[operation] === undefined ? undefined : baseUrl + paths[operation]),
    headers: () => headers,
    headersWith: (key) => identityWith({ ...version, 'x-api-key': key }, options.headers),
    secrets,
    models: options.models?.length ? options.models : anthropicRow.models,
  }
}
