import type { Job, JobBytes } from '../../core/job.ts'
import type { Usage } from '../../core/usage.ts'
import { fileOf, usageWith, type Verdict } from '../job-rules.ts'
import type { JobsChanged } from '../job-store.ts'
import { createJobHolds, type JobHolds } from './job-holds.ts'
import { createJobLines, type JobLines } from './job-lines.ts'
import { createJobMarks, type JobMarks } from './job-marks.ts'
import {
  bytesColumns,
  findResult,
  type JobRow,
  jobColumns,
  jobFrom,
  type ResultRow,
  stateCodes,
  usageColumn,
  usageFrom,
} from './job-rows.ts'
import type { LeaseParts } from './lease.ts'
import type { Session } from './session.ts'
import type { StoreTime } from './store-time.ts'
import { createAddEvent } from './webhook-add.ts'

const findById = `SELECT ${jobColumns} FROM jobs WHERE id = ?`
const findByNumber = `SELECT ${jobColumns} FROM jobs WHERE number = ?`
const end = `UPDATE jobs SET state = @state, version = version + 1, error_code = @code, error_message = @message, dead = @dead,
    ended_at = @now, expires_at = @now + keep_ms, is_stopping = 0, fence = NULL, lease_until = NULL, attempts = attempts - @back,
    cost = cost + @cost, unknown_costs = unknown_costs + @unknown, usage = @usage
  WHERE number = @number`
const waitAgain = `UPDATE jobs SET state = @state, version = version + 1, error_code = @code, error_message = @message,
    due_at = @dueAt, fence = NULL, lease_until = NULL, attempts = attempts - @back,
    cost = cost + @cost, unknown_costs = unknown_costs + @unknown, usage = @usage
  WHERE number = @number`
const addResult = `INSERT INTO job_results (job, status, content_type, bytes, file, size)
  VALUES (@number, @status, @contentType, @bytes, @file, @size)`
const isNeeded = 'SELECT 1 FROM job_bodies WHERE file = ?'
const addLeftover = 'INSERT INTO job_leftovers (file) VALUES (?) ON CONFLICT DO NOTHING'

/** What an attempt adds to what a job cost and used. */
export interface Cost {
  readonly cost: bigint
  readonly unknown: number
  readonly used: Usage | undefined
}

const usageAfter = ({ begun, usage }: JobRow, used: Usage | undefined): string | null =>
  usageColumn(usageWith({ begun, usage: usageFrom(usage) }, used))

/** What every procedure of jobs works with. */
export interface JobDesk {
  readonly session: Session
  readonly time: StoreTime
  readonly lines: JobLines
  readonly marks: JobMarks
  readonly holds: JobHolds
  find(id: string): JobRow | undefined
  byNumber(number: number): JobRow | undefined
  /** As others see it, with its result. */
  show(row: JobRow): Job
  /**
   * What a job became, and what that cost. Gives what changes for others. One that waited must leave its line besides; what an attempt
   * had of its money is settled before.
   */
  decide(row: JobRow, verdict: Verdict, now: number, cost?: Cost): JobsChanged
  /** Nobody needs the file of these bytes any more, unless another job does. */
  discard(bytes: JobBytes | undefined): void
}

export const createJobDesk = (parts: LeaseParts): JobDesk => {
  const { session, time } = parts
  const { database } = session
  const finding = database.prepare<[string], JobRow>(findById)
  const numbering = database.prepare<[number], JobRow>(findByNumber)
  const result = database.prepare<[number], ResultRow>(findResult)
  const ending = database.prepare<[object]>(end)
  const waiting = database.prepare<[object]>(waitAgain)
  const keeping = database.prepare<[object]>(addResult)
  const needing = database.prepare<[string]>(isNeeded)
  const leaving = database.prepare<[string]>(addLeftover)
  const lines = createJobLines(session)
  const holds = createJobHolds(parts)
  const addEvent = createAddEvent(session)

  const discard = (bytes: JobBytes | undefined): void => {
    const file = fileOf(bytes)
    if (file !== undefined && !needing.get(file)) leaving.run(file)
  }

  const decide: JobDesk['decide'] = (row, verdict, now, ended) => {
    const { number } = row
    const { cost, unknown } = ended ?? { cost: 0n, unknown: 0 }
    const spent = { cost, unknown, usage: ended ? usageAfter(row, ended.used) : row.usage }
    const error =
      verdict.error === 'same'
        ? { code: row.errorCode, message: row.errorMessage }
        : { code: verdict.error?.code ?? null, message: verdict.error?.message ?? null }
    const back = verdict.outcome === 'released' ? 1 : 0
    discard(verdict.unused)
    if (verdict.state === 'queued') {
      const dueAt = verdict.runAt === undefined ? row.dueAt : Math.max(now, Math.ceil(verdict.runAt))
      const isDue = dueAt <= now
      const state = isDue ? stateCodes.queued : stateCodes.scheduled
      waiting.run({ ...error, ...spent, number, back, dueAt, state })
      if (isDue) lines.join({ ...row, dueAt })
      return { work: isDue, news: true }
    }
    if (row.holds === 1) holds.release(number)
    ending.run({ ...error, ...spent, number, back, now, state: stateCodes[verdict.state], dead: verdict.dead ?? null })
    if (verdict.result) {
      const { status, contentType, body } = verdict.result
      keeping.run({ number, status, contentType, ...bytesColumns(body) })
    }
    if (row.webhook !== null)
      addEvent({ endpoint: row.webhook, owner: row.owner, job: row.id, state: verdict.state, now })
    return { work: false, news: true }
  }

  return {
    session,
    time,
    lines,
    holds,
    marks: createJobMarks(session),
    find: (id) => finding.get(id),
    byNumber: (number) => numbering.get(number),
    show: (row) => jobFrom(row, result.get(row.number)),
    decide,
    discard,
  }
}
