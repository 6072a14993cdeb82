import { anthropicMessages } from './anthropic-messages/index.ts'
import { bedrockConverse } from './bedrock-converse/index.ts'
import { gemini } from './gemini/index.ts'
import { geminiBatchEmbedContents, geminiEmbedContent } from './gemini-vectors.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiEmbeddings, openaiEmbeddingsInNumbers } from './openai-embeddings/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import type { Wire } from './wire.ts'

const all: readonly Wire[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  gemini,
  bedrockConverse,
  openaiEmbeddings,
  openaiEmbeddingsInNumbers,
  geminiEmbedContent,
  geminiBatchEmbedContents,
]

const wires: ReadonlyMap<string, Wire> = new Map(all.map((wire): [string, Wire] => [wire.name, wire]))

/** A language by its name; undefined: there is none of this name. */
export const wireNamed = (name: string): Wire | undefined => wires.get(name)
