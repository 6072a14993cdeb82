import type { ErrorCode } from './errors.ts'
import type { Nanos } from './money.ts'
import type { Priority } from './priority.ts'
import type { Usage } from './usage.ts'

/**
 * Where a job is. `queued`: it waits, for its turn, its time or its next attempt. `running`: a worker has it. The other
 * three are ends: a job reaches one of them once, and never leaves it.
 */
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

export const jobStates = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly JobState[]

/** Bytes of a job: in its row while they are few, else in a file of their own. */
export type JobBytes = { readonly bytes: Uint8Array } | { readonly file: string; readonly size: number }

/** What is asked of a job, as it was submitted. Never changed. */
export interface JobOrder {
  /** `job_` and 24 characters. */
  readonly id: string
  /** Who may see it: the scope `team:…`, else `key:…` of whoever submitted it. */
  readonly owner: string
  /** Who asked: the caller without what its key says (that is read anew when the job runs), as JSON. */
  readonly caller: string
  /** The path of the door that it is for, `/v1/chat/completions`. */
  readonly endpoint: string
  /** Headers of the request that mean something to that door; names in lower case. No credentials. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: JobBytes
  /** The public model it names, for lists; empty where its door has none. */
  readonly model: string
  readonly priority: Priority
  /** Its owner's share against other owners that wait, more than 0. */
  readonly weight: number
  /** Unix milliseconds; it does not begin before. */
  readonly runAt: number
  /** Unix milliseconds; what has not ended by then fails with `deadline_exceeded`. */
  readonly deadlineAt: number | undefined
  readonly maxAttempts: number
  /** The webhook endpoint that is told of its end; undefined: nobody is. */
  readonly webhook: string | undefined
  /** The owner's own words, JSON of an object of strings. */
  readonly metadata: string | undefined
  /** The job that this one asks again; undefined: it is the first of its kind. */
  readonly retryOf: string | undefined
  /** Was it submitted so that what it may cost is set aside until it has ended? */
  readonly holds: boolean
  /** For so long after its end it and its result are kept. */
  readonly keepMs: number
}

/** Why a failed job is among the dead letters: its attempts were used up, or its workers died of it. */
export type DeadReason = 'exhausted' | 'poison'

/** One attempt at a job; an attempt whose worker died has no end of its own. */
export interface JobAttempt {
  readonly ordinal: number
  readonly worker: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | 'released' | 'lost' | undefined
  readonly error: JobError | undefined
  /** The id of the call that was made for it, under which ledger and records have it. */
  readonly call: string | undefined
  /** Of this attempt; undefined: unknown. */
  readonly costNanos: Nanos | undefined
}

export interface JobError {
  readonly code: ErrorCode
  readonly message: string
}

/** What a job came to: the answer of its door, as a live caller would have had it. */
export interface JobResult {
  readonly status: number
  readonly contentType: string
  readonly body: JobBytes
}

/** A job as it stands. */
export interface Job extends Omit<JobOrder, 'body' | 'headers' | 'keepMs'> {
  readonly state: JobState
  /** Rises with every change of the row; followers ask for what is newer. */
  readonly version: number
  readonly createdAt: number
  /** When its first attempt began. */
  readonly startedAt: number | undefined
  readonly endedAt: number | undefined
  /** Attempts that were begun. */
  readonly attempts: number
  /** Workers that died with it. */
  readonly crashes: number
  /** Of a failed job, and of one that waits for its next attempt: the last failure. */
  readonly error: JobError | undefined
  readonly dead: DeadReason | undefined
  /** The job that a dead letter was asked again as. */
  readonly redrivenAs: string | undefined
  /** Of all attempts whose cost is known. */
  readonly costNanos: Nanos
  /** Nano-dollars that are set aside for it in each of its budgets; 0n where none are, or no more. */
  readonly heldNanos: Nanos
  /** Attempts whose cost is unknown. */
  readonly unknownCosts: number
  /** Tokens of all attempts that have ended; undefined: none has, or those of one of them are unknown. */
  readonly usage: Usage | undefined
  /** Its answer; of a failed job the refusal in its caller's language, where there was one. */
  readonly result: JobResult | undefined
  /** Was it asked to stop while it runs? */
  readonly isStopping: boolean
  /** After this it is deleted; undefined: it has not ended. */
  readonly expiresAt: number | undefined
}

/** Is this an end? */
export const isTerminal = (state: JobState): boolean => state !== 'queued' && state !== 'running'
