import type { Caller } from '../core/call.ts'
import type { Job, JobAttempt, JobBytes } from '../core/job.ts'
import type { Priority } from '../core/priority.ts'
import type { JobCounts, JobPiece, JobQuery } from '../stores/job-store.ts'

/** What a caller asks to have done later. */
export interface JobWish {
  /** The path of a door of this gateway. */
  readonly endpoint: string
  /** Headers of its request that mean something to that door; credentials are left out. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body: JobBytes
  /** What tells its body from others under the same key, where its bytes do not: a form has another boundary each time it is sent. */
  readonly digest?: string | undefined
  /** The public model it names; empty where its door has none. */
  readonly model: string
  /** No more than its key may. Default normal. */
  readonly priority?: Priority | undefined
  /** Unix milliseconds. Default now. */
  readonly runAt?: number | undefined
  /** Unix milliseconds. Default: none. */
  readonly deadlineAt?: number | undefined
  /** Name of a webhook endpoint, or an address where the configuration allows that. */
  readonly webhook?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly idempotencyKey?: string | undefined
  /** Is the most that it may cost set aside until it has ended? Default as the configuration says. */
  readonly hold?: boolean | undefined
}

/** A job as its owner sees it. */
export interface JobView {
  readonly job: Job
  readonly attempts: readonly JobAttempt[]
  /** How many jobs would begin before it; undefined: it does not wait. */
  readonly position: number | undefined
}

/** What happens to a job, as a follower is told of it. */
export type JobNews =
  | { readonly kind: 'state'; readonly view: JobView }
  | { readonly kind: 'piece'; readonly piece: JobPiece }

/**
 * Everything that can be done with jobs, behind the doors of the server, the library and the administrators. `owner` is the
 * scope whose jobs are meant (`ownerOf`); undefined is for administrators. What is not this owner's is not there: `not_found`.
 */
export interface Jobs {
  /**
   * Fulfilled when the job is on disk. Throws what a live call would be refused with before its body is read (key, model, budget that is
   * used up), `budget_exhausted` where what it may cost is to be set aside and there is too little, `price_unknown` where nothing tells
   * how much that is, `invalid_request` for what no job can be, and `idempotency_mismatch`.
   */
  submit(caller: Caller, wish: JobWish): Promise<{ readonly job: Job; readonly isKnown: boolean }>
  find(id: string, owner?: string): Promise<JobView>
  list(query: JobQuery): Promise<readonly Job[]>
  /** The job once it has ended, or as it stands after this time. */
  wait(
    id: string,
    options: { readonly owner?: string | undefined; readonly ms: number; readonly signal?: AbortSignal | undefined },
  ): Promise<JobView>
  /** Everything that happens to it until it has ended, from its state now on; with pieces of its answer as they come. */
  follow(
    id: string,
    options: { readonly owner?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<JobNews>
  cancel(id: string, owner?: string): Promise<Job>
  /** Asks a job that failed or was cancelled again, as a new one. Throws `conflict` for one that has not ended or was done. */
  retry(id: string, owner?: string): Promise<Job>
  counts(): Promise<JobCounts>
}

/** Who may see the jobs of this caller: its team, else its key. */
export const ownerOf = ({ team, key }: Caller): string => (team === undefined ? `key:${key}` : `team:${team}`)
