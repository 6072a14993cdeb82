import type { Readable } from 'node:stream'

/** What is passed on without being read: each has one place at a provider; `passthrough` is whatever its caller names. */
export type RawOperation =
  | 'image'
  | 'image_edit'
  | 'speech'
  | 'transcription'
  | 'translation'
  | 'moderation'
  | 'rerank'
  | 'passthrough'

/** A request that goes on as it came, and whose answer comes back as it is. */
export interface Raw {
  readonly method: string
  /** Of a passthrough: what is asked for, from the provider's address on, with its query; empty for other operations. */
  readonly path: string
  /** Lower-case; without those that belong to one connection, to cookies, or to the gateway. */
  readonly headers: Readonly<Record<string, string>>
  /** The bytes; a stream can be sent only once. Undefined: there are none. */
  readonly body: Buffer | Readable | undefined
  /** The body for a target that calls the model so. */
  bodyFor?(model: string): Buffer
  /** May it be sent twice without doing something twice? */
  readonly replaySafe: boolean
}

/** An answer that is no success, as it came, for a caller that asked for it untouched. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
