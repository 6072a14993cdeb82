import { type HeldFields, more } from '../held.ts'

const source: HeldFields = { bytes: true, text: true }
const media: HeldFields = { format: true, source }

const block: HeldFields = {
  text: true,
  json: true,
  image: media,
  audio: media,
  document: { ...media, name: true, context: true, citations: { enabled: true } },
  toolUse: { toolUseId: true, name: true, input: true },
  reasoningContent: { reasoningText: { text: true, signature: true }, redactedContent: true },
  // Where an earlier answer found what it says changes nothing in what it says.
  citationsContent: { content: { text: true }, citations: true },
  cachePoint: true,
}

/** Does a body say more than its request holds in neutral words? */
export const saysMore = more({
  system: block,
  messages: {
    role: true,
    content: { ...block, toolResult: { toolUseId: true, status: true, content: block } },
  },
  toolConfig: { tools: true, toolChoice: { auto: {}, any: {}, tool: { name: true } } },
  outputConfig: {
    effort: true,
    textFormat: { type: true, structure: { jsonSchema: { name: true, description: true, schema: true } } },
  },
})
