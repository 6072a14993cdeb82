import { piecesRoom, type Verdict, verdictOf } from '../job-rules.ts'
import type { Finished, JobPiece, JobsChanged } from '../job-store.ts'
import type { Cost, JobDesk } from './job-desk.ts'

const findAttempt = 'SELECT job, is_booked AS isBooked, characters FROM job_attempts WHERE fence = ?'
const bookAttempt =
  'UPDATE job_attempts SET cost = @cost, is_booked = 1, call = coalesce(call, @call) WHERE fence = @fence'
const bookJob = `UPDATE jobs SET cost = cost + @cost, unknown_costs = unknown_costs + @unknown, version = version + 1
  WHERE number = @number`
const endAttempt = `UPDATE job_attempts SET ended_at = @now, outcome = @outcome, error_code = @code, error_message = @message,
    cost = @cost, is_booked = @isBooked, call = @call
  WHERE fence = @fence`
const prolong = `UPDATE jobs SET lease_until = @until WHERE number = (SELECT job FROM job_attempts WHERE fence = @fence)
  AND fence = @fence RETURNING is_stopping AS isStopping`
const addPiece = `INSERT INTO job_pieces (job, attempt, sequence, text) VALUES (@job, @attempt, @sequence, @text)
  ON CONFLICT DO NOTHING`
const takeRoom = 'UPDATE job_attempts SET characters = @characters WHERE fence = @fence'

interface AttemptRow {
  readonly job: number
  readonly isBooked: number
  readonly characters: number
}

/** How an attempt ended, and what its worker told of it; one that was lost told nothing. */
export interface AttemptEnd {
  readonly fence: number
  readonly outcome: Verdict['outcome']
  readonly now: number
  readonly told: Finished | undefined
}

/** Writes the end of an attempt. Gives what that adds to the cost of its job. */
export const createEndAttempt = ({ session }: JobDesk): ((end: AttemptEnd) => Cost) => {
  const ending = session.database.prepare<[object]>(endAttempt)
  return ({ fence, outcome, now, told }) => {
    const error = told && 'error' in told.end ? told.end.error : undefined
    const cost = told?.costNanos
    ending.run({
      fence,
      outcome,
      now,
      code: error?.code ?? null,
      message: error?.message ?? null,
      cost: cost ?? null,
      isBooked: told ? 1 : 0,
      call: told?.call ?? null,
    })
    return { cost: cost ?? 0n, unknown: cost === undefined ? 1 : 0, used: told?.usage }
  }
}

/** What workers tell of jobs that they have. */
export const jobFinishing = (desk: JobDesk) => {
  const { session, time, marks, holds } = desk
  const { database } = session
  const finding = database.prepare<[number], AttemptRow>(findAttempt)
  const prolonging = database.prepare<[object], { isStopping: number }>(prolong)
  const adding = database.prepare<[object]>(addPiece)
  const ending = createEndAttempt(desk)
  const bookingAttempt = database.prepare<[object]>(bookAttempt)
  const bookingJob = database.prepare<[object]>(bookJob)
  const using = database.prepare<[object]>(takeRoom)

  /** The job that this claim was for, and whether it has it still. */
  const claimOf = (fence: number) => {
    const attempt = finding.get(fence)
    const row = attempt && desk.byNumber(attempt.job)
    return row && { attempt, row, isHeld: row.fence === fence }
  }

  /** Once: an attempt that was taken for lost tells what was unknown until then. */
  const bookLate = ({ job, isBooked }: AttemptRow, { fence, call, costNanos }: Finished): void => {
    if (isBooked === 1) return
    bookingAttempt.run({ fence, call: call ?? null, cost: costNanos ?? null })
    if (costNanos !== undefined) bookingJob.run({ number: job, cost: costNanos, unknown: -1 })
  }

  const finish = (finished: Finished, now: number): JobsChanged | undefined => {
    const { fence, id, end, spent } = finished
    const claim = claimOf(fence)
    if (!claim || claim.row.id !== id) return undefined
    const { number: job } = claim.row
    if (!claim.isHeld) {
      if (claim.row.holds === 1) holds.settle({ job, fence, spent, waits: false }, now)
      bookLate(claim.attempt, finished)
      return undefined
    }
    const verdict = verdictOf(end, claim.row.isStopping === 1)
    if (claim.row.holds === 1) holds.settle({ job, fence, spent, waits: verdict.state === 'queued' }, now)
    const cost = ending({ fence, outcome: verdict.outcome, now, told: finished })
    return desk.decide(claim.row, verdict, now, cost)
  }

  return {
    finishJobs: (finished: readonly Finished[]): readonly boolean[] => {
      const now = time.now()
      const changes = finished.map((each) => finish(each, now))
      if (finished.length > 0) marks.raise({ work: changes.some((change) => change?.work), news: true })
      time.keep(now)
      return changes.map((change) => change !== undefined)
    },
    beatJobs: ({ fences, leaseMs }: { readonly fences: readonly number[]; readonly leaseMs: number }) => {
      const now = time.now()
      const until = now + Math.ceil(leaseMs)
      const lost: number[] = []
      const stopping: number[] = []
      for (const fence of fences) {
        const held = prolonging.get({ fence, until })
        if (!held) lost.push(fence)
        else if (held.isStopping === 1) stopping.push(fence)
      }
      time.keep(now)
      return { lost, stopping }
    },
    keepPieces: ({ fence, pieces }: { readonly fence: number; readonly pieces: readonly JobPiece[] }): void => {
      const claim = claimOf(fence)
      if (!claim?.isHeld) return
      let { characters } = claim.attempt
      for (const { attempt, sequence, text } of pieces) {
        if (characters + text.length > piecesRoom) break
        characters += text.length
        adding.run({ job: claim.row.number, attempt, sequence, text })
      }
      using.run({ fence, characters })
      marks.raise({ work: false, news: true })
    },
  }
}
