import type { ProviderRow } from './row.ts'

const checked = '2026-11-24'

const shared = {
  baseUrl: undefined,
  environmentKeys: [],
  auth: 'service-account',
  signs: 'google',
  checked,
} as const

/** Google's Vertex AI, one row for each language that its models speak there. */
export const vertexRows: readonly ProviderRow[] = [
  {
    ...shared,
    kind: 'vertex',
    title: 'Gemini on Google Vertex AI',
    // Streams just end: finish reasons tell that they are whole.
    quirks: { endMark: false },
    models: ['gemini-3.8-flash', 'gemini-3.6-flash', 'gemini-3.1-pro-preview', 'gemini-2.5-pro', 'gemini-2.5-flash'],
    priceProvider: 'google',
    source:
      'https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/vertex-ai-express-mode-api-reference',
  },
  {
    ...shared,
    kind: 'vertex-anthropic',
    title: 'Claude on Google Vertex AI',
    // The path names the model, and the body names the version of the language, which is a header elsewhere.
    quirks: { namesModel: false, jsonFormat: false, adds: { anthropic_version: 'vertex-2023-10-16' } },
    models: ['claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5@20251001', 'claude-sonnet-4-5@20250929'],
    priceProvider: 'anthropic',
    source: 'https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude',
  },
  {
    ...shared,
    kind: 'vertex-openai',
    title: "Open models on Google Vertex AI, in OpenAI's language",
    quirks: { maxOutputField: 'max_tokens', developerRole: false },
    models: ['meta/llama-3.3-70b-instruct-maas'],
    priceProvider: undefined,
    source: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/open-models/use-maas',
  },
]
