import { type CacheWord, cacheWords } from '../core/cache-words.ts'
import type { Caller } from '../core/call.ts'
import { invalid } from '../core/errors.ts'
import type { JobState } from '../core/job.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Priority } from '../core/priority.ts'
import { bytesOf } from '../jobs/job-bytes.ts'
import { type Jobs, type JobView, ownerOf } from '../jobs/jobs.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { ChatRequest } from './chat-request.ts'

/** What is to be done later: a chat, and who is told of its end. */
export interface JobRequest extends ChatRequest {
  /** A name of `webhooks.endpoints`, or an address where the configuration allows those. */
  readonly webhook?: string | undefined
}

export interface EnqueueOptions {
  /** Before whom it comes. Default normal. */
  readonly priority?: Priority | undefined
  /** It does not begin before. Default: now. */
  readonly runAt?: Date | undefined
  /** What has not ended by then fails with `deadline_exceeded`. Default: none. */
  readonly deadline?: Date | undefined
  /** For each attempt, in milliseconds, more than 0; the model's own limit holds too. */
  readonly timeoutMs?: number | undefined
  readonly noFallback?: boolean | undefined
  readonly cache?: CacheWord | undefined
  /** Own words, given back with the job: at most 16. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** Is the most that it may cost set aside in its budgets until it has ended? Default as the configuration says: no. */
  readonly hold?: boolean | undefined
  /** A name for this job, 1 to 255 printable characters: asked for again under it, it is the same job. */
  readonly idempotencyKey?: string | undefined
}

/** A job as a program reads it. */
export interface LibraryJob {
  readonly id: string
  readonly state: JobState
  readonly model: string
  readonly createdAt: Date
  readonly startedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** Attempts that were begun. */
  readonly attempts: number
  /** How many jobs would begin before it; undefined: it does not wait, or this is a list. */
  readonly position: number | undefined
  /** Of a failed job, and of one that waits for its next attempt. */
  readonly error: { readonly code: string; readonly message: string } | undefined
  /** Will nobody try again, though another attempt might go well? */
  readonly isDead: boolean
  /** USD as a decimal string, of all attempts; undefined: not known of all of them. */
  readonly costUsd: string | undefined
  /** USD as a decimal string that are set aside for it in each of its budgets. */
  readonly heldUsd: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  /** The job that this one asks again. */
  readonly retryOf: string | undefined
  /** The answer in OpenAI's words, as `fetch` would have given it; of a failed job its refusal. Undefined: there is none, or this is a list. */
  readonly answer: unknown
}

export interface JobListQuery {
  readonly states?: readonly JobState[] | undefined
  /** The id of the last job of the page before; newest first. */
  readonly after?: string | undefined
  /** Default 100. */
  readonly limit?: number | undefined
}

/** Calls whose answers are fetched later. Every function throws GatewayError. */
export interface LibraryJobs {
  /** Fulfilled when the job is kept. It is done where `work` was called, or a server or worker shares the store. */
  enqueue(request: JobRequest, options?: EnqueueOptions): Promise<LibraryJob>
  get(id: string): Promise<LibraryJob>
  /** The job once it has ended, or as it stands after `timeoutMs`. Default 60 000. */
  wait(
    id: string,
    options?: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<LibraryJob>
  list(query?: JobListQuery): Promise<readonly LibraryJob[]>
  cancel(id: string): Promise<LibraryJob>
  /** Asks a job that failed or was cancelled again, as a new one. */
  retry(id: string): Promise<LibraryJob>
}

const endpoint = '/v1/chat/completions'

/** The jobs of whoever asks through a gateway; those of others are not there. */
export const libraryJobs = (jobs: Jobs, files: FileStore, caller: Caller): LibraryJobs => {
  const owner = ownerOf(caller)
  const get = async (id: string): Promise<LibraryJob> => told(await jobs.find(id, owner), files)
  return {
    enqueue: async ({ webhook, ...request }, options = {}) => {
      const { priority, runAt, deadline, metadata, idempotencyKey, hold } = options
      const { job } = await jobs.submit(caller, {
        endpoint,
        headers: headersOf(options),
        body: { bytes: Buffer.from(JSON.stringify(request)) },
        model: request.model,
        priority,
        runAt: runAt?.getTime(),
        deadlineAt: deadline?.getTime(),
        webhook,
        metadata,
        idempotencyKey,
        hold,
      })
      return get(job.id)
    },
    get,
    wait: async (id, { timeoutMs = 60_000, signal } = {}) =>
      told(await jobs.wait(id, { owner, ms: timeoutMs, signal }), files),
    list: async ({ limit = 100, ...query } = {}) =>
      (await jobs.list({ ...query, owner, limit })).map((job) =>
        factsOf({ job, attempts: [], position: undefined }, undefined),
      ),
    cancel: async (id) => get((await jobs.cancel(id, owner)).id),
    retry: async (id) => get((await jobs.retry(id, owner)).id),
  }
}

/** The wishes of a call, as its door reads them. */
const headersOf = ({ timeoutMs, noFallback, cache }: EnqueueOptions): Record<string, string> => {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (timeoutMs !== undefined) {
    if (!(timeoutMs > 0)) throw invalid('timeoutMs', 'must be more than 0.')
    headers['x-tollgate-timeout-ms'] = String(Math.ceil(timeoutMs))
  }
  if (noFallback !== undefined) headers['x-tollgate-no-fallback'] = String(noFallback)
  if (cache !== undefined) {
    if (!cacheWords.includes(cache)) throw invalid('cache', `must be ${cacheWords.join(', ')}`)
    headers['x-tollgate-cache'] = cache
  }
  return headers
}

const told = async (view: JobView, files: FileStore): Promise<LibraryJob> => {
  const { result } = view.job
  return factsOf(view, result && answerOf(Buffer.from(await bytesOf(result.body, files)), result.contentType))
}

const answerOf = (bytes: Buffer, contentType: string): unknown =>
  contentType.startsWith('application/json') ? JSON.parse(bytes.toString()) : bytes.toString()

const dateOf = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at))

const factsOf = ({ job, position }: JobView, answer: unknown): LibraryJob => ({
  id: job.id,
  state: job.state,
  model: job.model,
  createdAt: new Date(job.createdAt),
  startedAt: dateOf(job.startedAt),
  endedAt: dateOf(job.endedAt),
  attempts: job.attempts,
  position,
  error: job.error,
  isDead: job.dead !== undefined,
  costUsd: job.unknownCosts > 0 ? undefined : usdFromNanos(job.costNanos),
  heldUsd: usdFromNanos(job.heldNanos),
  metadata: job.metadata === undefined ? undefined : JSON.parse(job.metadata),
  retryOf: job.retryOf,
  answer,
})
