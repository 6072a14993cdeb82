import type { Operation } from '../core/request.ts'
import { gemini } from '../wire/gemini/index.ts'
import { geminiEmbedContent, geminiVectorsFor } from '../wire/gemini-vectors.ts'
import { identityWith } from './identity.ts'
import type { Provider } from './provider.ts'
import type { ProviderRow } from './row.ts'
import { identitiesOf, type KeySource } from './several-keys.ts'

/** What is known of Google's Gemini API. */
export const geminiRow: ProviderRow = {
  kind: 'gemini',
  title: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  environmentKeys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  auth: 'x-goog-api-key',
  // Streams just end: finish reasons tell that they are whole.
  quirks: { endMark: false },
  models: [
    'gemini-3.8-flash',
    'gemini-3.6-flash',
    'gemini-3.5-flash-lite',
    'gemini-3.1-pro-preview',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
  ],
  priceProvider: 'google',
  source: 'https://ai.google.dev/api/generate-content',
  checked: '2026-11-24',
}

export interface GeminiOptions extends KeySource {
  readonly name: string
  /** Default: that of the row. */
  readonly baseUrl?: string | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
}

/** Models that make vectors, its best first. */
const embeddingModels: readonly string[] = ['gemini-embedding-2', 'gemini-embedding-001']

/** What Google calls an operation in an address; undefined for what this API does not offer. */
const verbOf = (operation: Operation, stream: boolean, wire: string | undefined): string | undefined => {
  if (operation === 'count_tokens') return 'countTokens'
  if (operation === 'embed') return wire === geminiEmbedContent.name ? 'embedContent' : 'batchEmbedContents'
  if (operation !== 'chat') return undefined
  return stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
}

/** Where a model is; names are made up by callers, so that nothing in one may leave its place in the address. */
const geminiModelPath = (model: string): string => {
  const [, folder = 'models', name = model] = /^(models|tunedModels)\/(.+)$/.exec(model) ?? []
  return `${folder}/${encodeURIComponent(name.toWellFormed())}`
}

const prove = (key: string | undefined): Readonly<Record<string, string>> =>
  key === undefined ? {} : { 'x-goog-api-key': key }

/** Google's Gemini API, or who speaks its language at another address. */
export const createGemini = (options: GeminiOptions): Provider => {
  const baseUrl = (options.baseUrl ?? geminiRow.baseUrl ?? '').replace(/\/+$/, '')
  const { headers, keys, secrets } = identitiesOf(options, prove)
  return {
    name: options.name,
    wire: gemini,
    wireFor: (request) => (request.embed ? geminiVectorsFor(request) : gemini),
    quirks: geminiRow.quirks,
    baseUrl,
    url: (model, operation, stream, wire) => {
      const verb = verbOf(operation, stream, wire)
      return verb === undefined ? undefined : `${baseUrl}/${geminiModelPath(model)}:${verb}`
    },
    headers: () => headers,
    headersWith: (key) => identityWith(prove(key), options.headers),
    keys,
    secrets,
    models: options.models?.length ? options.models : [...geminiRow.models, ...embeddingModels],
  }
}
