import type { ProviderRow } from './row.ts'

const checked = '2026-11-24'

/** What is known of Anthropic. */
export const anthropicRow: ProviderRow = {
  kind: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  environmentKeys: ['ANTHROPIC_API_KEY'],
  auth: 'x-api-key',
  // Its language asks for schemas, and for JSON in no other way.
  quirks: { jsonFormat: false },
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
  checked,
}

/** Makers of other models whose own doors for Anthropic's language count no tokens and enforce no schema. */
const other = { schemaFormat: false, jsonFormat: false, reasoningRequest: 'thinking' } as const

/**
 * The providers that speak Anthropic's Messages language, one row each. Those beside Anthropic serve other models in it,
 * mostly for tools that speak nothing else; their keys are those of their other doors, so none is found by itself.
 */
export const anthropicRows: readonly ProviderRow[] = [
  anthropicRow,
  {
    kind: 'deepseek-anthropic',
    title: 'DeepSeek, in the Messages language',
    baseUrl: 'https://api.deepseek.com/anthropic/v1',
    environmentKeys: ['DEEPSEEK_API_KEY'],
    auth: 'x-api-key',
    quirks: other,
    models: ['deepseek-flash', 'deepseek-v4-pro'],
    priceProvider: 'deepseek',
    source: 'https://api-docs.deepseek.com/guides/anthropic_api',
    checked,
  },
  {
    kind: 'moonshot-anthropic',
    title: 'Moonshot AI, in the Messages language',
    baseUrl: 'https://api.moonshot.ai/anthropic/v1',
    environmentKeys: ['MOONSHOT_API_KEY'],
    auth: 'bearer',
    quirks: other,
    models: ['kimi-k3', 'kimi-k2.7-code', 'kimi-k2.6'],
    priceProvider: 'moonshotai',
    source: 'https://platform.kimi.ai/docs/api/overview',
    checked,
  },
  {
    kind: 'zai-anthropic',
    title: 'Z.ai, in the Messages language',
    baseUrl: 'https://api.z.ai/api/anthropic/v1',
    environmentKeys: ['ZAI_API_KEY'],
    auth: 'bearer',
    quirks: other,
    models: ['glm-5.3', 'glm-5.3-flash', 'glm-5.2', 'glm-4.7'],
    priceProvider: 'zai',
    source: 'https://docs.z.ai/devpack/quick-start',
    checked,
  },
  {
    kind: 'minimax-anthropic',
    title: 'MiniMax, in the Messages language',
    baseUrl: 'https://api.minimax.io/anthropic/v1',
    environmentKeys: ['MINIMAX_API_KEY'],
    auth: 'bearer',
    quirks: other,
    models: ['MiniMax-M3', 'MiniMax-M2.7', 'MiniMax-M2.7-highspeed', 'MiniMax-M2.5'],
    priceProvider: 'minimax',
    source: 'https://platform.minimax.io/docs/api-reference/text-anthropic-api',
    checked,
  },
  {
    kind: 'novita-anthropic',
    title: 'Novita AI, in the Messages language',
    baseUrl: 'https://api.novita.ai/anthropic/v1',
    environmentKeys: ['NOVITA_API_KEY'],
    auth: 'bearer',
    quirks: other,
    models: ['zai-org/glm-5.3-flash', 'moonshotai/kimi-k2.5'],
    priceProvider: 'novita',
    source: 'https://novita.ai/docs/guides/llm-anthropic-compatibility',
    checked,
  },
]
