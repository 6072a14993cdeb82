import type { AttemptLine, Caller, Notes } from './call.ts'
import type { FinishReason } from './delta.ts'
import type { ErrorCode } from './errors.ts'
import type { Nanos } from './money.ts'
import type { Operation } from './request.ts'
import type { TraceContext } from './trace.ts'
import type { Usage } from './usage.ts'

/** What is known of a finished call: metrics, logs, traces, bills and reports are views of it. No words of the conversation, but in `notes.said`. */
export interface CallRecord {
  readonly id: string
  /** Unix milliseconds. */
  readonly startedAt: number
  /** The same moment on the process clock, on which the times of attempts are. */
  readonly started: number
  readonly durationMs: number
  /** From the start to the first semantic event; absent when none came. */
  readonly firstTokenMs: number | undefined
  readonly caller: Caller
  /** The wire of the caller. */
  readonly wire: string
  readonly operation: Operation
  readonly stream: boolean
  /** The public model, or `unknown` when no such model is served (the name is the caller's, so it never becomes a label). */
  readonly model: string
  /** The name that the caller used, whatever it was. */
  readonly asked: string
  /** The target that answered, if any did. */
  readonly target: string | undefined
  readonly outcome: 'ok' | 'error' | 'cancelled'
  readonly error: ErrorCode | undefined
  /** What an `internal` error was caused by, for the log alone. */
  readonly cause: unknown
  readonly attempts: readonly AttemptLine[]
  readonly notes: Notes
  readonly finishes: readonly FinishReason[]
  /** Names the instructions it was asked with, as `promptNames` does; undefined: it has none, or nobody names them. */
  readonly prompt?: string | undefined
  /** Of the attempt that answered. */
  readonly usage: Usage | undefined
  /** Of all attempts; undefined: unknown. */
  readonly costNanos: Nanos | undefined
  readonly retryCount: number
  /** The trace that it belongs to; undefined: none that anybody told of. */
  readonly trace?: TraceContext | undefined
}

/** Where records go. Must not throw and must not wait. */
export type Sink = (record: CallRecord) => void
