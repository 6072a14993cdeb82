import type { DeadReason, Job, JobAttempt, JobBytes, JobError, JobOrder, JobResult, JobState } from '../../core/job.ts'
import { keptUsage, wholeUsage } from '../../core/kept-usage.ts'
import { type Priority, priorities } from '../../core/priority.ts'
import type { Usage } from '../../core/usage.ts'

/** What `state` is in the table, by what it means. `scheduled` is shown as `queued`. */
export const stateCodes = {
  queued: 0,
  scheduled: 1,
  running: 2,
  succeeded: 3,
  failed: 4,
  cancelled: 5,
} as const satisfies Record<JobState | 'scheduled', number>

const states: readonly JobState[] = ['queued', 'queued', 'running', 'succeeded', 'failed', 'cancelled']

/** What a job is made of; amounts as text, as they may be larger than a number holds. */
export const jobColumns = `jobs.number, jobs.id, owner, caller, endpoint, model, class, weight, deadline_at AS deadlineAt,
  max_attempts AS maxAttempts, webhook, metadata, retry_of AS retryOf, keep_ms AS keepMs, state, version,
  created_at AS createdAt, due_at AS dueAt, started_at AS startedAt, ended_at AS endedAt, expires_at AS expiresAt, attempts,
  begun, crashes, error_code AS errorCode, error_message AS errorMessage, dead, redriven_as AS redrivenAs,
  CAST(cost AS TEXT) AS cost, unknown_costs AS unknownCosts, is_stopping AS isStopping, fence, holds,
  CAST(held AS TEXT) AS held, usage`

type Nullable<T> = {
  readonly [Field in keyof T]: undefined extends T[Field] ? Exclude<T[Field], undefined> | null : T[Field]
}

/** A row of jobs. */
export interface JobRow
  extends Nullable<
    Omit<
      Job,
      'priority' | 'state' | 'error' | 'costNanos' | 'heldNanos' | 'holds' | 'usage' | 'result' | 'isStopping' | 'runAt'
    > &
      Pick<JobOrder, 'keepMs'>
  > {
  readonly number: number
  readonly class: number
  readonly state: number
  readonly dueAt: number
  readonly begun: number
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly dead: DeadReason | null
  readonly cost: string
  readonly isStopping: number
  readonly fence: number | null
  readonly holds: number
  readonly held: string
  /** A kept usage as JSON. */
  readonly usage: string | null
}

/** A row that a statement cannot but give. */
export const there = <Row>(row: Row | undefined): Row => {
  if (row === undefined) throw new Error('The row is gone.')
  return row
}

/** Where bytes lie, as columns. */
export interface BytesRow {
  readonly bytes: Uint8Array | null
  readonly file: string | null
  readonly size: number | null
}

export interface ResultRow extends BytesRow {
  readonly status: number
  readonly contentType: string
}

export const findResult = 'SELECT status, content_type AS contentType, bytes, file, size FROM job_results WHERE job = ?'

/** A job of its row, with its result where that was read too. */
export const jobFrom = (row: JobRow, result?: ResultRow): Job => ({
  id: row.id,
  owner: row.owner,
  caller: row.caller,
  endpoint: row.endpoint,
  model: row.model,
  priority: priorities[row.class] as Priority,
  weight: row.weight,
  runAt: row.dueAt,
  deadlineAt: row.deadlineAt ?? undefined,
  maxAttempts: row.maxAttempts,
  webhook: row.webhook ?? undefined,
  metadata: row.metadata ?? undefined,
  retryOf: row.retryOf ?? undefined,
  state: states[row.state] as JobState,
  version: row.version,
  createdAt: row.createdAt,
  startedAt: row.startedAt ?? undefined,
  endedAt: row.endedAt ?? undefined,
  attempts: row.attempts,
  crashes: row.crashes,
  error: errorFrom(row),
  dead: row.dead ?? undefined,
  redrivenAs: row.redrivenAs ?? undefined,
  holds: row.holds === 1,
  costNanos: BigInt(row.cost),
  heldNanos: BigInt(row.held),
  unknownCosts: row.unknownCosts,
  usage: usageFrom(row.usage),
  result: result && resultFrom(result),
  isStopping: row.isStopping === 1,
  expiresAt: row.expiresAt ?? undefined,
})

/** The usage of a column. */
export const usageFrom = (usage: string | null): Usage | undefined =>
  usage === null ? undefined : wholeUsage(JSON.parse(usage))

/** A usage as a column. */
export const usageColumn = (usage: Usage | undefined): string | null =>
  usage === undefined ? null : JSON.stringify(keptUsage(usage))

const resultFrom = ({ status, contentType, ...body }: ResultRow): JobResult => ({
  status,
  contentType,
  body: bytesFrom(body),
})

export const bytesFrom = ({ bytes, file, size }: BytesRow): JobBytes =>
  file === null ? { bytes: bytes ?? new Uint8Array() } : { file, size: size ?? 0 }

/** The columns that bytes lie in. */
export const bytesColumns = (body: JobBytes): BytesRow =>
  'file' in body
    ? { bytes: null, file: body.file, size: body.size }
    : { bytes: body.bytes, file: null, size: body.bytes.byteLength }

/** A failure of two columns. */
const errorFrom = (row: Pick<JobRow, 'errorCode' | 'errorMessage'>): JobError | undefined =>
  row.errorCode === null ? undefined : { code: row.errorCode as JobError['code'], message: row.errorMessage ?? '' }

export interface AttemptRow extends Pick<JobRow, 'errorCode' | 'errorMessage'> {
  readonly ordinal: number
  readonly worker: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly outcome: NonNullable<JobAttempt['outcome']> | null
  readonly call: string | null
  readonly cost: string | null
}

export const attemptFrom = (row: AttemptRow): JobAttempt => ({
  ordinal: row.ordinal,
  worker: row.worker,
  startedAt: row.startedAt,
  endedAt: row.endedAt ?? undefined,
  outcome: row.outcome ?? undefined,
  error: errorFrom(row),
  call: row.call ?? undefined,
  costNanos: row.cost === null ? undefined : BigInt(row.cost),
})
