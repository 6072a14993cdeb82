import type { Chat, FilePart, Part, Source, Tool } from './request.ts'

/** What a conversation consists of for counting: texts, and tokens of what is no text, by rule. */
export interface ChatWeight {
  readonly texts: string[]
  tokens: number
}

/** Every message and every tool is wrapped in a few tokens that name its role and mark its ends (OpenAI's rule). */
const perMessage = 3
const perTool = 8
/** The answer is begun with these. */
const perAnswer = 3

/** An image of 1024 × 1024 by OpenAI's rule of tiles: 85 and 170 for each of four; `low` is always 85. */
const perImage = 765
const perLowImage = 85
/** Ten tokens a second: a compressed second has about 16 kB, one of raw sound about 48 kB. */
const soundBytesPerToken = 1_600
const rawSoundBytesPerToken = 4_800
const perSoundById = 100
/** A page of a document has about 50 kB and 2,000 tokens. */
const documentBytesPerToken = 25
const perDocumentElsewhere = 2_000

const bytesOf = (base64: string): number => Math.floor((base64.length * 3) / 4)

const fileTokens = ({ source, text }: FilePart): number => {
  if (text !== undefined) return 0
  if (source.kind !== 'data') return perDocumentElsewhere
  const bytesPerToken = source.mediaType.startsWith('text/') ? 4 : documentBytesPerToken
  return Math.ceil(bytesOf(source.data) / bytesPerToken)
}

const soundTokens = (source: Source, format: string | undefined): number => {
  if (source.kind !== 'data') return perSoundById
  const raw = format === 'wav' || format === 'pcm16'
  return Math.ceil(bytesOf(source.data) / (raw ? rawSoundBytesPerToken : soundBytesPerToken))
}

type Weigh<Kind extends Part['kind']> = (part: Extract<Part, { kind: Kind }>, weight: ChatWeight) => void

const weighers: { readonly [Kind in Part['kind']]: Weigh<Kind> } = {
  text: (part, { texts }) => void texts.push(part.text),
  refusal: (part, { texts }) => void texts.push(part.text),
  reasoning: (part, { texts }) => void texts.push(part.text),
  tool_call: (part, weight) => {
    weight.texts.push(part.name, part.arguments)
    weight.tokens += perMessage
  },
  tool_result: (part, weight) => {
    weight.tokens += perMessage
    weighParts(part.parts, weight)
  },
  image: (part, weight) => {
    weight.tokens += part.detail === 'low' ? perLowImage : perImage
  },
  audio: (part, weight) => {
    weight.tokens += soundTokens(part.source, part.format)
  },
  file: (part, weight) => {
    weight.tokens += fileTokens(part)
    if (part.text !== undefined) weight.texts.push(part.text)
    if (part.name !== undefined) weight.texts.push(part.name)
  },
  opaque: (part, { texts }) => void texts.push(JSON.stringify(part.value)),
}

const weighParts = (parts: readonly Part[], weight: ChatWeight): void => {
  for (const part of parts) (weighers[part.kind] as Weigh<Part['kind']>)(part, weight)
}

const weighTool = (tool: Tool, weight: ChatWeight): void => {
  weight.tokens += perTool
  weight.texts.push(tool.name)
  if (tool.description !== undefined) weight.texts.push(tool.description)
  const schema = tool.parameters ?? tool.custom ?? tool.hosted?.value
  if (schema) weight.texts.push(JSON.stringify(schema))
}

/** Everything of a conversation that a model reads. */
export const weigh = (chat: Chat): ChatWeight => {
  const weight: ChatWeight = { texts: [], tokens: perAnswer }
  for (const message of chat.messages) {
    weight.tokens += perMessage + 1
    if (message.name !== undefined) weight.texts.push(message.name)
    weighParts(message.parts, weight)
  }
  for (const tool of chat.tools) weighTool(tool, weight)
  if (chat.format?.kind === 'schema') weight.texts.push(JSON.stringify(chat.format.schema))
  return weight
}
