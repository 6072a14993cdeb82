import type { Embed } from './embed.ts'
import type { JsonObject } from './json.ts'
import type { Raw, RawOperation } from './raw.ts'

/** What is asked of a model, in words that belong to no provider. */
export type Operation = 'chat' | 'count_tokens' | 'embed' | RawOperation

/**
 * One question. It keeps the caller's body, so that fields we do not know pass when the target speaks the same wire;
 * a request that was changed on the way forgets it (`body` undefined), and is written from the neutral words alone.
 */
export interface Request {
  readonly operation: Operation
  /** The wire it was asked in. */
  readonly wire: string
  /** The public name the caller used. */
  readonly model: string
  readonly stream: boolean
  /** Did the caller ask for usage in the stream? Where not, the frame that carries only usage is hidden. */
  readonly wantsUsage: boolean
  readonly body: JsonObject | undefined
  /** Headers of the caller that are part of its wire, lower-case; undefined: none came. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Empty where no conversation is meant. */
  readonly chat: Chat
  /** What is to be turned into vectors, where that is what is asked. */
  readonly embed?: Embed | undefined
  /** What is passed on without being read, where that is what is asked. */
  readonly raw?: Raw | undefined
  /** Fields and content types of the caller's wire that have no neutral word, by path: only that wire can carry them. */
  readonly untranslatable: readonly string[]
  /**
   * Does a body of this wire say more than the neutral words hold? The wire itself passes it on, so requests that differ
   * in it ask for different things. Undefined: none does.
   */
  readonly saysMore?: ((body: JsonObject) => boolean) | undefined
  /**
   * Most tokens for one choice, set by the gateway: sent in place of what the body says, in the target's own field.
   * `chat.maxOutput` is the same then.
   */
  readonly outputCap?: number | undefined
  /** Does the body hold thinking that another wire said? It is taken out where the body is otherwise sent as it is. */
  readonly foreignReasoning?: boolean | undefined
}

/** A conversation to continue, and how. Absent means: not said, the target's default. */
export interface Chat {
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice | undefined
  /** May the model call several tools at once? */
  readonly parallelTools?: boolean | undefined
  readonly format?: Format | undefined
  /** Most tokens to generate for one choice, reasoning included. */
  readonly maxOutput?: number | undefined
  /** How many answers (`n`). */
  readonly choices?: number | undefined
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly topK?: number | undefined
  readonly seed?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly stop: readonly string[]
  readonly logitBias?: Readonly<Record<string, number>> | undefined
  /** Log-probabilities of what was generated, and of how many alternatives per token. */
  readonly logProbs?: { readonly top: number } | undefined
  readonly reasoning?: ReasoningRequest | undefined
  readonly serviceTier?: string | undefined
  /** The end user, as the caller names them. */
  readonly user?: string | undefined
  readonly metadata?: JsonObject | undefined
  /** May the provider keep the exchange? */
  readonly store?: boolean | undefined
  readonly modalities?: readonly ('text' | 'audio' | 'image')[] | undefined
  readonly audio?: JsonObject | undefined
  /** Affinity of prompts that begin alike, for the provider's own cache. */
  readonly cacheKey?: string | undefined
}

export interface ReasoningRequest {
  /** `adaptive`: the model decides; `off`: no thinking; `on`: think, bounded by `budget` when given. */
  readonly mode?: 'on' | 'off' | 'adaptive' | undefined
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | undefined
  /** Most tokens to think. */
  readonly budget?: number | undefined
  /** Should the thinking be shown (as a summary or whole)? */
  readonly show?: boolean | undefined
}

export interface Message {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly name?: string | undefined
  readonly parts: readonly Part[]
}

export type Part =
  | TextPart
  | ImagePart
  | FilePart
  | AudioPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | OpaquePart

/** Everything before this mark may be kept in the provider's prompt cache, for the short or the long life. */
export type CacheMark = 'short' | 'long'

interface Marked {
  readonly cache?: CacheMark | undefined
}

/** Where bytes come from: given here (base64), fetched by the provider, or kept by the provider under an id. */
export type Source =
  | { readonly kind: 'data'; readonly data: string; readonly mediaType: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string | undefined }
  | { readonly kind: 'id'; readonly id: string; readonly mediaType?: string | undefined }

export interface TextPart extends Marked {
  readonly kind: 'text'
  readonly text: string
}

export interface ImagePart extends Marked {
  readonly kind: 'image'
  readonly source: Source
  readonly detail?: 'auto' | 'low' | 'high' | 'original' | undefined
}

export interface FilePart extends Marked {
  readonly kind: 'file'
  readonly source: Source
  readonly name?: string | undefined
  /** Plain text given as a document. */
  readonly text?: string | undefined
  readonly context?: string | undefined
  readonly citations?: boolean | undefined
}

export interface AudioPart extends Marked {
  readonly kind: 'audio'
  readonly source: Source
  /** `wav`, `mp3`, … as the caller names it. */
  readonly format?: string | undefined
}

export interface ToolCallPart extends Marked {
  readonly kind: 'tool_call'
  readonly id: string
  readonly name: string
  /** JSON text, exactly as it came; for a custom tool any text. */
  readonly arguments: string
  readonly custom?: boolean | undefined
}

export interface ToolResultPart extends Marked {
  readonly kind: 'tool_result'
  readonly id: string
  readonly parts: readonly Part[]
  readonly isError?: boolean | undefined
}

/** Thinking of an earlier turn. It goes back only to the wire of its origin. */
export interface ReasoningPart {
  readonly kind: 'reasoning'
  readonly text: string
  readonly signature?: string | undefined
  readonly redacted?: string | undefined
  readonly origin: string
}

export interface RefusalPart {
  readonly kind: 'refusal'
  readonly text: string
}

/** A content part that only its own wire understands. */
export interface OpaquePart {
  readonly kind: 'opaque'
  readonly wire: string
  readonly value: JsonObject
}

export interface Tool extends Marked {
  readonly name: string
  readonly description?: string | undefined
  /** JSON Schema of the arguments. */
  readonly parameters?: JsonObject | undefined
  /** Must the arguments satisfy the schema exactly? */
  readonly strict?: boolean | undefined
  /** A custom (free text) tool, with its grammar in its wire's own words. */
  readonly custom?: JsonObject | undefined
  /** A tool that the provider runs itself, in its wire's own words. */
  readonly hosted?: { readonly wire: string; readonly value: JsonObject } | undefined
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }

export type Format =
  | { readonly kind: 'text' }
  /** `any`: also a list or a single value; else an object. */
  | { readonly kind: 'json'; readonly any?: true | undefined }
  | {
      readonly kind: 'schema'
      readonly name: string
      readonly schema: JsonObject
      readonly description?: string | undefined
      readonly strict?: boolean | undefined
    }

/** No conversation at all, as requests have it that ask for something else. */
export const noChat: Chat = { messages: [], tools: [], stop: [] }

/** A copy with another conversation or other settings; it no longer passes the caller's own body on. */
export const revise = (request: Request, chat: Partial<Chat>): Request => ({
  ...request,
  chat: { ...request.chat, ...chat },
  body: undefined,
})

/** A copy that asks for the vectors of other inputs; it no longer passes the caller's own body on. */
export const reviseInputs = (request: Request, inputs: Embed['inputs']): Request => ({
  ...request,
  embed: { ...request.embed, inputs },
  body: undefined,
})

/** A copy that generates no more than this for one choice; the caller's own body still passes, with the cap in it. */
export const capped = (request: Request, maxOutput: number): Request => ({
  ...request,
  chat: { ...request.chat, maxOutput },
  outputCap: maxOutput,
})

/** What a target must be able to do to answer this. */
export type Need = 'tools' | 'schema' | 'json' | 'image' | 'file' | 'audio' | 'reasoning' | 'logprobs' | 'choices'

/** Everything this request asks of a target beyond text. */
export const needsOf = (chat: Chat): ReadonlySet<Need> => {
  const needs = new Set<Need>()
  if (chat.tools.length > 0) needs.add('tools')
  if (chat.format?.kind === 'schema') needs.add('schema')
  if (chat.format?.kind === 'json') needs.add('json')
  if (chat.logProbs) needs.add('logprobs')
  if ((chat.choices ?? 1) > 1) needs.add('choices')
  if (chat.modalities?.includes('audio')) needs.add('audio')
  for (const message of chat.messages) for (const part of message.parts) addPartNeeds(part, needs)
  return needs
}

const addPartNeeds = (part: Part, needs: Set<Need>): void => {
  if (part.kind === 'image' || part.kind === 'file' || part.kind === 'audio') needs.add(part.kind)
  else if (part.kind === 'tool_result') for (const inner of part.parts) addPartNeeds(inner, needs)
}

/** Tools that a provider runs itself and that change something in the world. */
const acting = /mcp|code_interpreter|code_?execution|computer|shell/i

/** May this be sent twice without doing something twice? Plain inference may; what the provider keeps or acts on may not. */
export const isReplaySafe = ({ chat, raw }: Request): boolean =>
  raw?.replaySafe !== false &&
  chat.store !== true &&
  !chat.tools.some(({ name, hosted }) => hosted !== undefined && acting.test(String(hosted.value.type ?? name)))
