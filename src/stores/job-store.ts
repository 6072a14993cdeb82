import type { AsidePart, Spent } from '../core/aside.ts'
import type { DeadReason, Job, JobAttempt, JobBytes, JobError, JobOrder, JobResult, JobState } from '../core/job.ts'
import type { Nanos } from '../core/money.ts'
import type { Usage } from '../core/usage.ts'
import type { Shortage, Want } from './want.ts'

/** A job to be kept, and under which key of its owner it is the same as another. */
export interface Submission {
  readonly order: JobOrder
  /** Names the owner's key; undefined: it is a job of its own. */
  readonly key: { readonly name: string; readonly asked: string; readonly keepMs: number } | undefined
  /** What is set aside for it, until it ends or the period is over: all of it, or it is not kept. Default: nothing. */
  readonly wants?: readonly Want[] | undefined
}

/**
 * `known`: this was submitted before under the same key. `mismatch`: something else was. `short`: there is too little to set aside for
 * it; with `mayGrow` processes have some leased, and were told to give back what they do not need. Of these nothing is kept: a file of the
 * body is the caller's to remove.
 */
export type Submitted =
  | { readonly kind: 'made'; readonly job: Job }
  | { readonly kind: 'known'; readonly job: Job }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'short'; readonly short: Shortage; readonly mayGrow: boolean }

export interface JobQuery {
  /** Undefined: of all owners, for administrators. */
  readonly owner?: string | undefined
  readonly states?: readonly JobState[] | undefined
  readonly model?: string | undefined
  readonly endpoint?: string | undefined
  /** Only dead letters that were not asked again. */
  readonly isDead?: boolean | undefined
  /** Unix milliseconds of submission: from inclusive, to exclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** The id of the last job of the page before; newest first. */
  readonly after?: string | undefined
  readonly limit: number
}

/** A piece of the answer of a job that runs, while it runs. */
export interface JobPiece {
  /** Rises by one within an attempt, from 1. */
  readonly sequence: number
  readonly attempt: number
  readonly text: string
}

export interface JobCounts {
  readonly queued: number
  /** Of them: not due yet. */
  readonly scheduled: number
  readonly running: number
  /** Dead letters that were not asked again. */
  readonly dead: number
  /** How long the job that could have begun first waits already. */
  readonly oldestMs: number
}

/** Jobs as those see them who have them done. The row is the truth: what is not on disk was not accepted. */
export interface JobStore {
  /** All in one durable transaction, in the order given. */
  submit(submissions: readonly Submission[]): Promise<readonly Submitted[]>
  /** With an owner: undefined when it is somebody else's. */
  find(id: string, owner?: string): Promise<Job | undefined>
  /** Newest first. `result` is left out of them: whoever wants it asks for the one job. */
  list(query: JobQuery): Promise<readonly Job[]>
  /**
   * Attempts of a job, oldest first; how many jobs would begin before it (undefined: it does not wait). With `pieces`: those after a
   * sequence of its attempt under way; without: what was asked of it.
   */
  details(id: string, pieces?: { readonly attempt: number; readonly after: number }): Promise<JobDetails | undefined>
  /**
   * A queued job ends at once; one that runs is marked, and its worker ends it (`finish` with `cancelled`; if that never
   * comes, `sweep` does once its lease is over). One that has ended stays. Undefined: no such job of this owner.
   */
  cancel(id: string, owner?: string): Promise<Job | undefined>
  /** Marks a dead letter as asked again; false when it was already, or is none. */
  redriven(id: string, as: string): Promise<boolean>
  counts(): Promise<JobCounts>
}

export interface JobDetails {
  readonly attempts: readonly JobAttempt[]
  readonly position: number | undefined
  readonly pieces: readonly JobPiece[]
  /** What was asked, as it was submitted, so that it can be asked again; undefined where pieces were asked for. */
  readonly order: JobOrder | undefined
}

/** A job in the hands of a worker. */
export interface ClaimedJob {
  readonly job: Job
  readonly headers: Readonly<Record<string, string>>
  readonly body: JobBytes
  /** Names this claim; what is written for another one is not taken. */
  readonly fence: number
  /** `JobAttempt.ordinal` of this one; its pieces name it. */
  readonly attempt: number
  /** What is set aside for it. Of an attempt that is lost it is charged, as far as its worker does not tell what was used. */
  readonly aside: readonly AsidePart[]
}

/** How an attempt ended. Whatever it is, its cost is booked, also when the claim is somebody else's by now. */
export interface Finished {
  readonly fence: number
  readonly id: string
  readonly call: string | undefined
  readonly costNanos: Nanos | undefined
  /** Tokens; undefined: unknown. */
  readonly usage?: Usage | undefined
  /** What was used of `ClaimedJob.aside`; what is not told of was not used. */
  readonly spent?: readonly Spent[] | undefined
  readonly end:
    | { readonly kind: 'succeeded'; readonly result: JobResult }
    /** For good: by an error that asking again cannot mend, or as a dead letter. */
    | {
        readonly kind: 'failed'
        readonly error: JobError
        readonly dead?: DeadReason | undefined
        readonly result?: JobResult | undefined
      }
    /** Another attempt may begin at this time. */
    | { readonly kind: 'again'; readonly error: JobError; readonly runAt: number }
    | { readonly kind: 'cancelled' }
    /** The worker stops; the attempt does not count. */
    | { readonly kind: 'released' }
}

/** What a sweep changed. */
export interface Swept {
  /** Jobs whose worker was lost and that wait again, and those whose time has come since the last sweep. */
  readonly ready: number
  /** Jobs that ended: by their deadline, as poison, or as cancelled with their worker lost. */
  readonly ended: number
  readonly deleted: number
  /** Files that nobody needs any more, of bodies and results. Each is told by three sweeps, so that it goes though one of them dies. */
  readonly files: readonly string[]
  /** Unix milliseconds at which the next waiting job becomes due; undefined: none waits for its time. */
  readonly nextAt: number | undefined
}

/** Jobs as workers see them. Every change is durable when its promise is fulfilled, and calls at one moment share a transaction. */
export interface JobWork {
  /**
   * The next jobs that are due, at most `most`: by priority, between owners by their weights, within an owner the oldest first. Every
   * fourth turn belongs to a class whose first job has waited a minute behind more urgent ones, so that nobody waits for ever. Each gets
   * a lease, a fence, and an attempt. Those past their deadline end instead.
   */
  claim(by: {
    readonly worker: string
    readonly most: number
    readonly leaseMs: number
  }): Promise<readonly ClaimedJob[]>
  /** Prolongs leases. Gives the fences that are not this worker's any more, and those whose jobs are to stop. */
  beat(
    fences: readonly number[],
    leaseMs: number,
  ): Promise<{ readonly lost: readonly number[]; readonly stopping: readonly number[] }>
  /**
   * Keeps pieces for followers, as far as there is room (1 Mi characters an attempt), until a minute after the end of the job; without
   * promise: they may be lost with the process.
   */
  pieces(fence: number, pieces: readonly JobPiece[]): Promise<void>
  /**
   * Ends attempts. True for each that was taken, false for each whose claim was somebody else's: then its cost alone is booked, and a
   * file of its result is its worker's to remove. A job that was asked to stop becomes `cancelled`, whatever came of it; its cost stays.
   * A job that ends gets one event for its webhook in the same transaction.
   */
  finish(finished: readonly Finished[]): Promise<readonly boolean[]>
  /**
   * Takes jobs back from workers that are lost: again, or as poison after `maxCrashes` within 72 hours; ends those past their deadline;
   * deletes what was kept for long enough, a bounded number at a time.
   */
  sweep(rules: { readonly maxCrashes: number }): Promise<Swept>
  /** Calls back soon (p95 ≤ 20 ms) after any process that shares the store changed something of jobs. Returns how to stop. */
  watch(changed: (what: JobsChanged) => void): () => void
}

/** What changed of jobs since the last time; at least one of the two. */
export interface JobsChanged {
  /** A job is due, or one that runs was asked to stop: workers look. */
  readonly work: boolean
  /** A state, a piece or an event: followers and those who tell webhooks look. */
  readonly news: boolean
}
