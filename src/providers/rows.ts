import { anthropicRow, anthropicRows } from './anthropic-rows.ts'
import { bedrockRow } from './bedrock.ts'
import { compatibleRows } from './compatible-rows.ts'
import { geminiRow } from './gemini.ts'
import type { ProviderRow } from './row.ts'
import { vertexRows } from './vertex-rows.ts'

/** Every kind of provider that is reached over the network. Where two have the same key, the first is found by it. */
export const providerRows: readonly ProviderRow[] = [
  anthropicRow,
  geminiRow,
  ...compatibleRows,
  bedrockRow,
  ...vertexRows,
  ...anthropicRows.slice(1),
]
