import { attemptsKept, overdue, sweepStep } from '../job-rules.ts'
import type { ClaimedJob } from '../job-store.ts'
import type { JobDesk } from './job-desk.ts'
import type { NextJob } from './job-lines.ts'
import { type BytesRow, bytesFrom, type JobRow, jobColumns, jobFrom, stateCodes, there } from './job-rows.ts'

const addAttempt =
  'INSERT INTO job_attempts (job, ordinal, worker, started_at) VALUES (@number, @ordinal, @worker, @now)'
const dropAttempts = `DELETE FROM job_attempts WHERE fence IN (
  SELECT fence FROM job_attempts WHERE job = ? ORDER BY fence DESC LIMIT -1 OFFSET ${attemptsKept})`
const dropPieces = 'DELETE FROM job_pieces WHERE job = ?'
const begin = `UPDATE jobs SET state = ${stateCodes.running}, version = version + 1, attempts = attempts + 1, begun = begun + 1,
    started_at = coalesce(started_at, @now), fence = @fence, lease_until = @until
  WHERE number = @number RETURNING ${jobColumns}`
const readBody = 'SELECT headers, bytes, file, size FROM job_bodies WHERE job = ?'

export interface ClaimArgument {
  readonly worker: string
  readonly most: number
  readonly leaseMs: number
}

/** Gives jobs to workers, in the order of their turns. */
export const jobClaiming = ({ session, time, lines, marks, holds, byNumber, decide }: JobDesk) => {
  const { database } = session
  const adding = database.prepare<[object]>(addAttempt)
  const forgetting = database.prepare<[number]>(dropAttempts)
  const clearing = database.prepare<[number]>(dropPieces)
  const beginning = database.prepare<[object], JobRow>(begin)
  const body = database.prepare<[number], BytesRow & { headers: string }>(readBody)

  const give = (next: NextJob, by: ClaimArgument, now: number): ClaimedJob => {
    const { number } = next
    const ordinal = next.begun + 1
    const fence = Number(adding.run({ number, ordinal, worker: by.worker, now }).lastInsertRowid)
    const row = there(beginning.get({ number, now, fence, until: now + Math.ceil(by.leaseMs) }))
    if (ordinal > 1) clearing.run(number)
    if (ordinal > attemptsKept) forgetting.run(number)
    const { headers, ...bytes } = body.get(number) ?? { headers: '{}', bytes: null, file: null, size: null }
    const aside = row.holds === 1 ? holds.begin(number, fence, now) : []
    return { job: jobFrom(row), headers: JSON.parse(headers), body: bytesFrom(bytes), fence, attempt: ordinal, aside }
  }

  /** Undefined where it is too late for this one. */
  const take = (next: NextJob, by: ClaimArgument, now: number): ClaimedJob | undefined => {
    if (next.deadlineAt !== null && next.deadlineAt <= now) {
      decide(there(byNumber(next.number)), overdue, now)
      lines.leave(next)
      return undefined
    }
    const claimed = give(next, by, now)
    lines.take(next)
    return claimed
  }

  return {
    claimJobs: (by: ClaimArgument): readonly ClaimedJob[] => {
      const now = time.now()
      const promoted = lines.promote(now)
      const claimed: ClaimedJob[] = []
      let taken = 0
      while (claimed.length < by.most && taken < by.most + sweepStep) {
        const next = lines.next(now)
        if (!next) break
        const job = take(next, by, now)
        if (job) claimed.push(job)
        taken++
      }
      if (promoted + taken === 0) return claimed
      marks.raise({ work: promoted > taken, news: taken > 0 })
      time.keep(now)
      return claimed
    },
  }
}
