import { mostInputTokens } from './embed.ts'
import type { Chat, FilePart, Part, Request, Source, Tool } from './request.ts'
import type { Target } from './target.ts'

/** The most tokens a provider can read and speak for a request, from sizes alone: nothing is tokenized. */
export interface MostTokens {
  /** Without sound. */
  input: number
  /** Of the input, what may be kept in the provider's cache for its long life: all of it or nothing. */
  keepsLong: boolean
  sound: number
  /** May the answer have sound? */
  speaks: boolean
  /** Generated beside the answer itself, for each choice. */
  outputBeside: number
  /** What is asked for whose cost nothing here bounds, such as a search that the provider runs; undefined: nothing. */
  unbounded: string | undefined
}

/** Roles and marks around a message (OpenAI's take 3 or 4) and around a tool. */
const perMessage = 16
const perTool = 32
/** What models are told without being asked: grok-4 reads about 680 tokens before the first message, gpt-oss about 70. */
const perRequest = 1_024
/**
 * What Anthropic's models are told where there are tools (up to 530) or a schema for the answer.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
 */
const perToolbox = 1_024
/** Tools that Anthropic defines and the caller runs: 245 to 735 tokens each, 499 more for using a computer. */
const perDefinedTool = 2_048
/** The dearest rule for an image that is not GPT-4o mini's: Qwen's 16,384, GPT-5.4's 10,000 patches times 1.2. */
const perImage = 20_000
/** Sound with the fewest bytes a second (750) at the most tokens a second (32) has 23 bytes to a token. */
const soundBytesPerToken = 10
/** Earlier sound of the model, by its id: no longer than its longest answer. */
const perSoundById = 16_384
/** A compressed document can have more text than bytes: only what a model can read at all bounds it. */
const usualWindow = 1_048_576

/** Run by whoever asked, so that they cost what their description costs. */
const runByCaller = /^(bash|text_editor|computer|memory|custom|function|local_shell|apply_patch)(_|$)/
/** Fields and parts that stand for a conversation which the provider keeps, as long as it may be. */
const keptElsewhere: ReadonlySet<string> = new Set(['previous_response_id', 'conversation', 'prompt', 'cachedContent'])
/** Fields by which a provider does more than answer, for which it charges by rules of its own. */
const extras: ReadonlySet<string> = new Set([
  'web_search_options',
  'search_parameters',
  'plugins',
  'mcp_servers',
  'container',
  'enable_search',
])

interface Weighing {
  readonly most: MostTokens
  /** Bytes of base64 in the body, which are counted by their kind and not as text. */
  dataBytes: number
  readonly imageTokens: number
  readonly window: number
  /** Does it hold something that only the window bounds? */
  fills: boolean
}

const base64Bytes = (data: string): number => Math.ceil((data.length * 3) / 4)

const addData = (source: Source, weighing: Weighing): void => {
  if (source.kind === 'data') weighing.dataBytes += source.data.length
}

const weighFile = (part: FilePart, weighing: Weighing): void => {
  const { most } = weighing
  const { source, text, name, context } = part
  most.input += perMessage + Buffer.byteLength(`${name ?? ''}${context ?? ''}`)
  if (text !== undefined) most.input += Buffer.byteLength(text)
  else if (source.kind !== 'data') weighing.fills = true
  else if (source.mediaType.startsWith('image/')) most.input += weighing.imageTokens
  else if (source.mediaType.startsWith('text/')) most.input += base64Bytes(source.data)
  else weighing.fills = true
  addData(source, weighing)
}

type Weigh<Kind extends Part['kind']> = (part: Extract<Part, { kind: Kind }>, weighing: Weighing) => void

const weighers: { readonly [Kind in Part['kind']]: Weigh<Kind> } = {
  text: (part, { most }) => {
    most.input += Buffer.byteLength(part.text)
  },
  refusal: (part, { most }) => {
    most.input += Buffer.byteLength(part.text)
  },
  // The thinking itself may be longer than the summary that is shown; it is in the signature, encrypted.
  reasoning: ({ text, signature, redacted }, { most }) => {
    most.input += Buffer.byteLength(text) + (signature?.length ?? 0) + (redacted?.length ?? 0)
  },
  tool_call: (part, { most }) => {
    most.input += perMessage + 2 * part.id.length + Buffer.byteLength(part.name) + Buffer.byteLength(part.arguments)
  },
  tool_result: (part, weighing) => {
    weighing.most.input += perMessage + 2 * part.id.length
    weighParts(part.parts, weighing)
  },
  image: (part, weighing) => {
    weighing.most.input += weighing.imageTokens
    addData(part.source, weighing)
  },
  audio: ({ source }, weighing) => {
    weighing.most.sound +=
      source.kind === 'data' ? Math.ceil(base64Bytes(source.data) / soundBytesPerToken) : perSoundById
    addData(source, weighing)
  },
  file: weighFile,
  opaque: ({ value }, weighing) => {
    weighing.most.input += Buffer.byteLength(JSON.stringify(value))
    // Said before, or a film elsewhere.
    if (value.type === 'item_reference' || value.fileData !== undefined) weighing.fills = true
  },
}

const weighParts = (parts: readonly Part[], weighing: Weighing): void => {
  for (const part of parts) {
    if ('cache' in part && part.cache === 'long') weighing.most.keepsLong = true
    ;(weighers[part.kind] as Weigh<Part['kind']>)(part, weighing)
  }
}

const weighTool = (tool: Tool, most: MostTokens): void => {
  const schema = tool.parameters ?? tool.custom ?? tool.hosted?.value
  most.input += perTool + Buffer.byteLength(tool.name) + Buffer.byteLength(tool.description ?? '')
  if (schema) most.input += Buffer.byteLength(JSON.stringify(schema))
  if (tool.cache === 'long') most.keepsLong = true
  if (!tool.hosted) return
  if (runByCaller.test(String(tool.hosted.value.type))) most.input += perDefinedTool
  else most.unbounded ??= `the tool ${tool.name}, which the provider runs`
}

const weighSettings = ({ tools, format, modalities, audio }: Chat, most: MostTokens): void => {
  if (tools.length > 0 || format?.kind === 'schema') most.input += perToolbox
  for (const tool of tools) weighTool(tool, most)
  if (format?.kind === 'schema') most.input += 2 * Buffer.byteLength(JSON.stringify(format))
  most.speaks = audio !== undefined || modalities?.includes('audio') === true
  if (modalities?.includes('image')) most.unbounded ??= 'the making of images'
}

/** Fields without a neutral word pass too where the languages are the same, and may be read by the model. */
const weighUnknown = ({ body, untranslatable }: Request, weighing: Weighing): void => {
  const { most } = weighing
  if (body === undefined || untranslatable.length === 0) return
  most.input = Math.max(most.input, Buffer.byteLength(JSON.stringify(body)) - weighing.dataBytes + perRequest)
  most.keepsLong = true
  for (const field of untranslatable) {
    if (extras.has(field)) most.unbounded ??= field
    if (keptElsewhere.has(field)) weighing.fills = true
  }
  // A prediction is charged as output where the answer turns out otherwise.
  if (body.prediction) most.outputBeside += Buffer.byteLength(JSON.stringify(body.prediction))
}

/** The most tokens that an attempt can be charged for, before its answer. */
export const mostTokensOf = (request: Request, { facts, quirks }: Target): MostTokens => {
  const { chat } = request
  const most: MostTokens = {
    input: perRequest,
    keepsLong: false,
    sound: 0,
    speaks: false,
    outputBeside: 0,
    unbounded: undefined,
  }
  const weighing: Weighing = {
    most,
    dataBytes: 0,
    imageTokens: facts?.imageTokens ?? perImage,
    window: facts?.contextWindow ?? usualWindow,
    fills: false,
  }
  for (const { name, parts } of chat.messages) {
    most.input += perMessage
    if (name !== undefined) most.input += Buffer.byteLength(name)
    weighParts(parts, weighing)
  }
  if (request.embed) {
    most.input += mostInputTokens(request.embed)
    most.unbounded = request.embed.unsized
  }
  weighSettings(chat, most)
  weighUnknown(request, weighing)
  if (quirks.adds) {
    most.input += Buffer.byteLength(JSON.stringify(quirks.adds))
    most.keepsLong = true
  }
  if (weighing.fills) most.input = Math.max(most.input, weighing.window)
  return most
}
