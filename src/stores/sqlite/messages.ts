import type { ErrorCode } from '../../core/errors.ts'
import type { CallRetention } from '../call-store.ts'
import type { BodyKeys } from './call-bodies.ts'
import type { ThreadEvents } from './session.ts'

/** What a thread of the store is started with. */
export interface StoreThreadData {
  readonly role: 'writer' | 'reader'
  readonly path: string
  readonly skew: SharedArrayBuffer | undefined
}

/** What the thread of kept answers is started with. */
export interface CacheThreadData {
  readonly role: 'cache'
  readonly path: string
  readonly mostBytes: number
  /** The first encrypts, all decrypt; none: values are kept as they are. */
  readonly keys: readonly { readonly id: string; readonly key: Uint8Array }[]
}

/** What the thread that writes calls is started with. */
export interface CallThreadData {
  readonly role: 'calls'
  readonly path: string
  readonly keep: CallRetention
  /** What was said is sealed with the first, opened with any; none: it is kept as it is. */
  readonly keys: BodyKeys
}

/** What the thread that reads calls is started with. */
export interface CallReaderData {
  readonly role: 'calls-reader'
  readonly path: string
  readonly keys: BodyKeys
}

/** What a thread is started with. */
export type ThreadData = StoreThreadData | CacheThreadData | CallThreadData | CallReaderData

/** What a thread is asked. `open` comes first; after `close`, whose failure is told, it ends. */
export type Asked = { readonly id: number; readonly name: string; readonly argument: unknown } | 'open' | 'close'

/** A failure as data: errors lose their class on the way between threads. */
export interface Failure {
  /** One of ours, with the words it had; else the database's own code. */
  readonly code: ErrorCode | string
  readonly message: string
  readonly param?: string | undefined
  readonly stack?: string | undefined
}

/** What a thread says. */
export type Said =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'event'; readonly name: keyof ThreadEvents; readonly value: unknown }
  | { readonly kind: 'closed'; readonly failure: Failure | undefined }
