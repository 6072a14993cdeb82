import type { CacheNote, HedgeOutcome, IdempotencyOutcome, Purpose } from './call.ts'
import type { LimitStanding } from './limit-standing.ts'
import type { OutputNote } from './output-rules.ts'
import type { Usage } from './usage.ts'

/** One attempt of a call that is told of later. */
export interface EntryAttempt {
  readonly target: string
  readonly ordinal: number
  /** Milliseconds from the start of the call. */
  readonly startMs: number
  readonly durationMs: number
  readonly queuedMs?: number | undefined
  /** `ok`, or a name of `outcomes`. */
  readonly outcome: string
  readonly error?: string | undefined
  readonly status?: number | undefined
  readonly usage?: Usage | undefined
  /** Nano-dollars as decimal digits; absent: unknown. */
  readonly cost?: string | undefined
  readonly held?: string | undefined
  readonly isHedge?: boolean | undefined
}

/** A finished call as it is kept for people: JSON, with what is unknown absent. No words of the conversation. */
export interface CallEntry {
  readonly id: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
  readonly firstTokenMs?: number | undefined
  readonly queuedMs?: number | undefined
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly key: string
  readonly endUser?: string | undefined
  readonly session?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly wire: string
  readonly operation: string
  readonly stream: boolean
  readonly model: string
  readonly asked: string
  readonly target?: string | undefined
  readonly outcome: 'ok' | 'error' | 'cancelled'
  readonly error?: string | undefined
  readonly finishes: readonly string[]
  readonly attempts: readonly EntryAttempt[]
  readonly decisions: {
    readonly order?: readonly string[] | undefined
    readonly skipped?: readonly { readonly target: string; readonly reason: string }[] | undefined
    readonly hedge?: HedgeOutcome | undefined
    readonly mirror?: 'sent' | 'full' | undefined
    readonly limits?: readonly LimitStanding[] | undefined
    readonly isShortened?: boolean | undefined
    readonly cache?: (Omit<CacheNote, 'savedNanos'> & { readonly saved?: string | undefined }) | undefined
    readonly output?: OutputNote | undefined
    readonly idempotency?: IdempotencyOutcome | undefined
    readonly replayOf?: string | undefined
  }
  readonly purpose?: Purpose | undefined
  readonly parent?: string | undefined
  /** Names the instructions (system prompt and tools) of a chat, so that calls of one template are found together; tells nothing of them. */
  readonly prompt?: string | undefined
  /** Of the attempt that answered. */
  readonly usage?: Usage | undefined
  /** Nano-dollars of all attempts as decimal digits; absent: unknown. */
  readonly cost?: string | undefined
  readonly retryCount: number
}
