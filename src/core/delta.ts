import type { GatewayError } from './errors.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Usage } from './usage.ts'
import type { Vector } from './vector.ts'

/**
 * What a piece of an answer means, in words that belong to no provider. `choice` is the index among several answers
 * (`n`), `block` the index of the content part inside one choice, rising, one kind of content each.
 */
export type Delta =
  | Start
  | Text
  | Reasoning
  | ToolCall
  | Refusal
  | Media
  | VectorDelta
  | Annotation
  | LogProbs
  | UsageDelta
  | Count
  | Finish
  | Failure
  | Opaque
  | End

interface Placed {
  readonly choice: number
  readonly block: number
}

/** The answer exists: its id and the model that answers; empty what the upstream does not tell. Not semantic: nothing has been said yet. */
export interface Start {
  readonly kind: 'start'
  readonly id: string
  readonly model: string
  /** Seconds since 1970, when the upstream tells. */
  readonly created?: number | undefined
}

export interface Text extends Placed {
  readonly kind: 'text'
  readonly text: string
}

/** Thinking that the model shows, with what its maker needs to accept it back. */
export interface Reasoning extends Placed {
  readonly kind: 'reasoning'
  readonly text: string
  /** Proof by the provider that this thinking is its own; opaque. */
  readonly signature?: string | undefined
  /** Encrypted thinking whose text is not shown (`redacted_thinking`); opaque. */
  readonly redacted?: string | undefined
  /** How its maker names this thinking, on its first delta, where the maker does; the proof holds the name too. */
  readonly id?: string | undefined
  /** The wire that said it; another provider's model never gets it. */
  readonly origin: string
}

/** The first delta of a block carries id and name; every one may carry a piece of the arguments' JSON text. */
export interface ToolCall extends Placed {
  readonly kind: 'tool_call'
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly arguments: string
  /** A free-form tool (text instead of JSON arguments). */
  readonly custom?: boolean | undefined
}

export interface Refusal extends Placed {
  readonly kind: 'refusal'
  readonly text: string
}

export interface Media extends Placed {
  readonly kind: 'media'
  readonly mediaType: string
  /** Base64. */
  readonly data: string
  readonly id?: string | undefined
  readonly transcript?: string | undefined
  readonly expiresAt?: number | undefined
}

/** The vector of one input; those of an answer may come in any order. */
export interface VectorDelta {
  readonly kind: 'vector'
  /** Of the input that it belongs to, from 0. */
  readonly index: number
  readonly vector: Vector
}

/** A citation that belongs to a text block. `url` citations are understood by all; the rest only by their origin. */
export interface Annotation extends Placed {
  readonly kind: 'annotation'
  readonly url?: string | undefined
  readonly title?: string | undefined
  readonly citedText?: string | undefined
  readonly start?: number | undefined
  readonly end?: number | undefined
  readonly origin: string
  readonly raw: JsonObject
}

export interface TokenLogProb {
  readonly token: string
  readonly logProb: number
  readonly bytes?: readonly number[] | null | undefined
  readonly top: readonly { token: string; logProb: number; bytes?: readonly number[] | null | undefined }[]
}

export interface LogProbs {
  readonly kind: 'logprobs'
  readonly choice: number
  readonly content: readonly TokenLogProb[]
  readonly refusal: readonly TokenLogProb[]
}

/** Usage so far; a later one replaces an earlier one whole. */
export interface UsageDelta {
  readonly kind: 'usage'
  readonly usage: Usage
}

/** How many tokens a question has: the whole answer to `count_tokens`. */
export interface Count {
  readonly kind: 'count'
  readonly tokens: number
}

export type FinishReason =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'tool_calls'
  | 'content_filter'
  | 'refusal'
  /** The model pauses a long turn and may be asked to go on. */
  | 'pause'
  | 'context'
  | 'other'

export interface Finish {
  readonly kind: 'finish'
  readonly choice: number
  readonly reason: FinishReason
  readonly stopSequence?: string | undefined
  /** The upstream's own word. */
  readonly native?: string | undefined
}

/** The upstream said inside its answer that it failed. */
export interface Failure {
  readonly kind: 'failure'
  readonly error: GatewayError
}

/** What one language alone knows; passed on only in that language. */
export interface Opaque {
  readonly kind: 'opaque'
  readonly wire: string
  readonly value: JsonValue
  /** True when it is part of what the model says, false for decoration such as fingerprints and filter verdicts. */
  readonly semantic: boolean
}

/** The language's own mark that an answer is whole (`[DONE]`, `message_stop`). A whole body ends by itself. */
export interface End {
  readonly kind: 'end'
}

const semanticKinds: ReadonlySet<Delta['kind']> = new Set([
  'text',
  'reasoning',
  'tool_call',
  'refusal',
  'media',
  'vector',
])

/** True for what a caller would miss: after the first of these an answer has begun and may not be replaced. */
export const isSemantic = (delta: Delta): boolean =>
  semanticKinds.has(delta.kind) || (delta.kind === 'opaque' && delta.semantic)
