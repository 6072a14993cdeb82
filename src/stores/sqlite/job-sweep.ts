import type { JobBytes } from '../../core/job.ts'
import { priorities } from '../../core/priority.ts'
import { cancelled, crashWindowMs, createLosses, overdue, piecesKeptMs, sweepStep, type Verdict } from '../job-rules.ts'
import type { Swept } from '../job-store.ts'
import type { JobDesk } from './job-desk.ts'
import { createEndAttempt } from './job-finish.ts'
import { type BytesRow, bytesFrom, type JobRow, jobColumns, stateCodes } from './job-rows.ts'
import { createDropEvents } from './webhook-tidy.ts'

const findLost = `SELECT ${jobColumns} FROM jobs WHERE state = 2 AND lease_until <= ? ORDER BY lease_until LIMIT ${sweepStep}`
const addCrash = 'UPDATE jobs SET crashes = crashes + 1 WHERE number = ?'
const countCrashes = "SELECT count(*) FROM job_attempts WHERE job = ? AND outcome = 'lost' AND ended_at > ?"
const findOverdue = `SELECT ${jobColumns} FROM jobs WHERE state < 2 AND deadline_at IS NOT NULL AND deadline_at <= ?
  ORDER BY deadline_at LIMIT ${sweepStep}`
const findOver = `SELECT number FROM jobs WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ${sweepStep}`
const readBytes = `SELECT bytes, file, size FROM job_bodies WHERE job = @number AND file IS NOT NULL
  UNION ALL SELECT bytes, file, size FROM job_results WHERE job = @number AND file IS NOT NULL`
const parts = {
  pieces: 'DELETE FROM job_pieces WHERE job = ?',
  attempts: 'DELETE FROM job_attempts WHERE job = ?',
  results: 'DELETE FROM job_results WHERE job = ?',
  bodies: 'DELETE FROM job_bodies WHERE job = ?',
  jobs: 'DELETE FROM jobs WHERE number = ?',
} as const
const dropKeys = `DELETE FROM job_keys WHERE name IN (
  SELECT name FROM job_keys WHERE until <= ? ORDER BY until LIMIT ${sweepStep})`
const dropPaid = `DELETE FROM job_paid WHERE class = @class AND until <= (SELECT virtual FROM job_classes WHERE class = @class)`
const nextDue = 'SELECT due_at FROM jobs WHERE state = 1 ORDER BY due_at LIMIT 1'
const nextOfPieces = 'SELECT job FROM job_pieces WHERE job > ? ORDER BY job LIMIT 1'
const tellFiles = `UPDATE job_leftovers SET told = told + 1
  WHERE file IN (SELECT file FROM job_leftovers ORDER BY told LIMIT ${sweepStep}) RETURNING file`
const dropFiles = 'DELETE FROM job_leftovers WHERE told >= 3'

/** What a sweep does to jobs that nobody has in hand. Each step is bounded; there may be more to do afterwards. */
export const jobSweeping = (desk: JobDesk) => {
  const { session, time, lines, marks, holds } = desk
  const { database } = session
  const losing = database.prepare<[number], JobRow>(findLost)
  const crashing = database.prepare<[number]>(addCrash)
  const counting = database.prepare<[number, number], number>(countCrashes).pluck()
  const late = database.prepare<[number], JobRow>(findOverdue)
  const next = database.prepare<[], number>(nextDue).pluck()
  const ending = createEndAttempt(desk)
  const forget = createForget(desk)

  /** The worker of this job is lost: what becomes of the job? */
  const loss = (row: JobRow, losses: ReturnType<typeof createLosses>, now: number): Verdict => {
    crashing.run(row.number)
    if (row.isStopping === 1) return cancelled
    return losses(counting.get(row.number, now - crashWindowMs) ?? 0)
  }

  return {
    sweepJobs: ({ maxCrashes }: { readonly maxCrashes: number }): Swept => {
      const now = time.now()
      let ready = lines.promote(now)
      let ended = 0
      const losses = createLosses(maxCrashes, now)
      for (const row of losing.all(now)) {
        const cost = ending({ fence: row.fence ?? 0, outcome: 'lost', now, told: undefined })
        if (row.holds === 1) holds.lose(row.number, row.fence ?? 0, now)
        const verdict = loss(row, losses, now)
        desk.decide(row, verdict, now, cost)
        if (verdict.state === 'queued') ready++
        else ended++
      }
      for (const row of late.all(now)) {
        desk.decide(row, overdue, now)
        if (row.state === stateCodes.queued) lines.leave(row)
        ended++
      }
      holds.expire(now)
      if (ready + ended > 0) marks.raise({ work: ready > 0, news: true })
      const { deleted, files } = forget(now)
      time.keep(now)
      return { ready, ended, deleted, files, nextAt: next.get() }
    },
  }
}

/** Deletes what was kept for long enough. */
const createForget = (desk: JobDesk) => {
  const { database } = desk.session
  const over = database.prepare<[number], number>(findOver).pluck()
  const bytes = database.prepare<[object], BytesRow>(readBytes)
  const dropping = Object.values(parts).map((text) => database.prepare<[number]>(text))
  const keys = database.prepare<[number]>(dropKeys)
  const paid = database.prepare<[object]>(dropPaid)
  const telling = database.prepare<[], string>(tellFiles).pluck()
  const told = database.prepare<[]>(dropFiles)
  const dropPieces = createDropPieces(desk)
  const dropEvents = createDropEvents(desk.session)

  const drop = (number: number): void => {
    const files: readonly JobBytes[] = bytes.all({ number }).map(bytesFrom)
    for (const statement of dropping) statement.run(number)
    desk.holds.forget(number)
    for (const file of files) desk.discard(file)
  }

  return (now: number): Pick<Swept, 'deleted' | 'files'> => {
    const numbers = over.all(now)
    for (const number of numbers) drop(number)
    keys.run(now)
    for (const urgency of priorities.keys()) paid.run({ class: urgency })
    dropPieces(now)
    dropEvents(now)
    const files = telling.all()
    if (files.length > 0) told.run()
    return { deleted: numbers.length, files }
  }
}

/** Pieces of jobs that ended a while ago go, some jobs at a time. */
const createDropPieces = ({ session, byNumber }: JobDesk) => {
  const { database } = session
  const finding = database.prepare<[number], number>(nextOfPieces).pluck()
  const dropping = database.prepare<[number]>(parts.pieces)
  let last = 0
  return (now: number): void => {
    for (let step = 0; step < sweepStep; step++) {
      const number = finding.get(last)
      last = number ?? 0
      if (number === undefined) return
      const endedAt = byNumber(number)?.endedAt
      if (endedAt === undefined || (endedAt !== null && endedAt + piecesKeptMs <= now)) dropping.run(number)
    }
  }
}
