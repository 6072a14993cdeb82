import type { Job, JobAttempt, JobOrder } from '../../core/job.ts'
import type { JobCounts, JobDetails, JobPiece, JobQuery } from '../job-store.ts'
import { createAhead } from './job-ahead.ts'
import { createJobList } from './job-list.ts'
import {
  type AttemptRow,
  attemptFrom,
  type BytesRow,
  bytesFrom,
  findResult,
  type JobRow,
  jobColumns,
  jobFrom,
  type ResultRow,
  stateCodes,
} from './job-rows.ts'
import type { OwnedJob } from './job-submit.ts'
import type { Session } from './session.ts'
import { createStoreTime } from './store-time.ts'

const findById = `SELECT ${jobColumns} FROM jobs WHERE id = ?`
const readAttempts = `SELECT ordinal, worker, started_at AS startedAt, ended_at AS endedAt, outcome, error_code AS errorCode,
  error_message AS errorMessage, call, CAST(cost AS TEXT) AS cost FROM job_attempts WHERE job = ? ORDER BY fence`
const readPieces = `SELECT attempt, sequence, text FROM job_pieces WHERE job = ? AND attempt = ? AND sequence > ?
  ORDER BY sequence`
const readBody = 'SELECT headers, bytes, file, size FROM job_bodies WHERE job = ?'
const countAll = `SELECT
  (SELECT coalesce(sum(waiting), 0) FROM job_lines) AS waiting,
  (SELECT count(*) FROM jobs WHERE state = 1 AND due_at <= @now) AS due,
  (SELECT count(*) FROM jobs WHERE state = 1 AND due_at > @now) AS scheduled,
  (SELECT count(*) FROM jobs INDEXED BY jobs_leased WHERE state = 2) AS running,
  (SELECT count(*) FROM jobs INDEXED BY jobs_dead WHERE dead IS NOT NULL AND redriven_as IS NULL) AS dead,
  min(coalesce((SELECT min(head_at) FROM job_lines), @now),
    coalesce((SELECT due_at FROM jobs WHERE state = 1 ORDER BY due_at LIMIT 1), @now)) AS oldestAt`

interface Counted extends Pick<JobCounts, 'scheduled' | 'running' | 'dead'> {
  readonly waiting: number
  readonly due: number
  readonly oldestAt: number
}

export interface DetailsQuery {
  readonly id: string
  readonly pieces: { readonly attempt: number; readonly after: number } | undefined
}

/** The reading side of jobs. */
export const jobReader = (session: Session) => {
  const { database } = session
  const time = createStoreTime(session)
  const finding = database.prepare<[string], JobRow>(findById)
  const result = database.prepare<[number], ResultRow>(findResult)
  const attempts = database.prepare<[number], AttemptRow>(readAttempts)
  const pieces = database.prepare<[number, number, number], JobPiece>(readPieces)
  const body = database.prepare<[number], BytesRow & { headers: string }>(readBody)
  const counting = database.prepare<[object], Counted>(countAll)
  const list = createJobList(session)
  const ahead = createAhead(session)

  const orderOf = (row: JobRow): JobOrder | undefined => {
    const found = body.get(row.number)
    if (!found) return undefined
    const { headers, ...bytes } = found
    const { id, owner, caller, endpoint, model, priority, weight, runAt, deadlineAt, maxAttempts, ...rest } =
      jobFrom(row)
    const { webhook, metadata, retryOf, holds } = rest
    const asked = { id, owner, caller, endpoint, model, priority, weight, runAt, deadlineAt, maxAttempts }
    const { keepMs } = row
    return { ...asked, webhook, metadata, retryOf, holds, keepMs, headers: JSON.parse(headers), body: bytesFrom(bytes) }
  }

  return {
    findJob: ({ id, owner }: OwnedJob): Job | undefined => {
      const row = finding.get(id)
      if (!row || (owner !== undefined && row.owner !== owner)) return undefined
      return jobFrom(row, result.get(row.number))
    },
    listJobs: (query: JobQuery): readonly Job[] => list(query),
    jobDetails: ({ id, pieces: wanted }: DetailsQuery): JobDetails | undefined => {
      const row = finding.get(id)
      if (!row) return undefined
      return {
        attempts: attempts.all(row.number).map((each): JobAttempt => attemptFrom(each)),
        position: row.state < stateCodes.running ? ahead(row) : undefined,
        pieces: wanted ? pieces.all(row.number, wanted.attempt, wanted.after) : [],
        order: wanted ? undefined : orderOf(row),
      }
    },
    jobCounts: (_nothing: undefined): JobCounts => {
      const now = time.now()
      const found = counting.get({ now }) as Counted
      const { scheduled, running, dead } = found
      const oldestMs = Math.max(0, now - found.oldestAt)
      return { queued: found.waiting + found.due + scheduled, scheduled, running, dead, oldestMs }
    },
  }
}
