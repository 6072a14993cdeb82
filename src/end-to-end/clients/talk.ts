import type { JsonObject, JsonValue } from '../../core/json.ts'

/** A function the model may call. */
export interface OfferedTool {
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject
}

/** What a user says beside words: an address or a `data:` address of a picture, or a document. */
export type UserPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly url: string }
  | { readonly kind: 'document'; readonly name: string; readonly mediaType: string; readonly base64: string }

/** How an answer is wished for, in words of no client. */
export interface Wishes {
  /** Another model than the cell's. */
  readonly model?: string | undefined
  readonly system?: string | undefined
  readonly tools?: readonly OfferedTool[] | undefined
  readonly choice?: 'auto' | 'none' | 'required' | { readonly tool: string } | undefined
  /** False: at most one call at a time. */
  readonly parallel?: boolean | undefined
  readonly stop?: readonly string[] | undefined
  readonly maxOutput?: number | undefined
  /** Thinking, as the client asks for it: OpenAI's with effort `low`, Anthropic's with a budget of 2048. */
  readonly thinks?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** A call of a tool as the client shows it. */
export interface HeardCall {
  readonly id: string
  readonly name: string
  readonly input: JsonValue
}

/** Tokens as the client shows them; undefined where it has no place for them. */
export interface HeardUsage {
  /** All tokens read, from caches too. */
  readonly read: number | undefined
  readonly fromCache: number | undefined
  readonly toCache: number | undefined
  /** All tokens generated. */
  readonly said: number | undefined
  readonly thought: number | undefined
}

/** One answer as the client shows it. */
export interface Heard {
  readonly text: string
  readonly thinking: string
  readonly calls: readonly HeardCall[]
  /** Why it ended, in the client's own word. */
  readonly finish: string
  readonly usage: HeardUsage
  /** What the client itself gives. */
  readonly native: unknown
}

/** The result of a tool. */
export interface ToolAnswer {
  readonly call: HeardCall
  readonly text: string
}

/** A conversation that repeats earlier turns in the client's own objects, as its documentation tells. */
export interface Talk {
  say(what: string | readonly UserPart[], wishes?: Wishes): Promise<Heard>
  giveResults(results: readonly ToolAnswer[], wishes?: Wishes): Promise<Heard>
}
