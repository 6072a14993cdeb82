import type { Form } from '../core/answer.ts'
import type { Reader } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import type { GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { LimitStanding } from '../core/limit-standing.ts'
import type { Operation, Request } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import type { Framing } from './framing.ts'

/** Puts what an answer means into a language, piece by piece. */
export interface Writer {
  /** Text to send now; empty when this delta alone says nothing yet. */
  write(delta: Delta): string
  /** The rest: the closing events of a stream, or the whole body. Called only when the answer is complete. */
  end(): string
}

/** Headers of an upstream's answer. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** How a language says how many tokens a question has. */
export interface Counting {
  /** The number in a whole answer to `count_tokens`; undefined when it is no such answer. */
  read(body: JsonValue): number | undefined
  write(tokens: number): string
}

/** What the door knows of a request beside its body. */
export interface Door {
  readonly operation: Operation
  /** Where the path names the model; undefined: the body does. */
  readonly model?: string | undefined
  /** Where the path says whether the answer streams; undefined: the body does. */
  readonly stream?: boolean | undefined
}

/**
 * A language: pure functions between its bytes and our words, the same for callers and upstreams, so that N languages
 * need N files and not N × M. Same wire on both sides means untouched bytes, without `reader` and `writer`.
 */
export interface Wire {
  readonly name: string
  readonly framing: Framing
  /** What keeps an idle stream alive in this language; no client takes it for content. */
  readonly keepAlive: string
  /** Request headers that are part of the language, lower-case: they go on to an upstream that speaks it too. */
  readonly passedHeaders: readonly string[]
  /** The response header in which this language's clients look for the id of a request. */
  readonly idHeader: string
  /** The headers in which this language's clients look for their limits; `now` in Unix milliseconds. */
  limitHeaders(limits: readonly LimitStanding[], now: number): Record<string, string>
  /** Caller → us. Checks every field it knows; throws `invalid_request` with the path of what is wrong. */
  readRequest(body: JsonObject, door: Door): Request
  /** Us → upstream. Throws `incapable(...)` for what this language or target cannot say. Never drops in silence. */
  writeRequest(request: Request, target: Target): string
  /** Upstream → us; new for each answer. Its bytes are one or more whole events, or a whole body. Throws `upstream_garbled` with outcome `malformed`. */
  reader(form: Form): Reader
  /** Us → caller; new for each answer. */
  writer(form: Form, request: Request): Writer
  /** Undefined: nobody can ask for a count in this language. */
  readonly counting?: Counting | undefined
  /** An error answer of an upstream, with its outcome class; `body` may be anything, or empty. Header names are lower-case. */
  readError(status: number, body: string, headers?: AnswerHeaders): GatewayError
  /** An error for a caller: a whole body, or what ends a stream that has begun. */
  writeError(error: GatewayError, form: Form): string
  /** Headers in which this language's clients look for what went wrong; undefined: they read the body. */
  errorHeaders?(error: GatewayError): Record<string, string>
  /** May there be usage, a finish, tool arguments, an error or the end in these bytes? A wrong yes costs one parse. */
  matters(bytes: Buffer): boolean
}
