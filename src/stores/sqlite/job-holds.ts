import type { AsidePart, Spent } from '../../core/aside.ts'
import { countsUntil } from '../../core/window.ts'
import { sweepStep } from '../job-rules.ts'
import type { Want } from '../store.ts'
import { createAlerts, createTouched } from './alerts.ts'
import { createSliceMoves, type HeldRow } from './job-hold-moves.ts'
import { createTake, type LeaseParts, nobody, placeOf } from './lease.ts'
import { createBook } from './settle.ts'

const heldColumns = `s.id AS slice, h.job, h.until, s.allowance, s.subject, s.period_start AS start, s.amount,
  s.is_lost AS isLost FROM job_holds AS h JOIN slices AS s ON s.id = h.slice`
const findWaiting = `SELECT ${heldColumns} WHERE h.job = ? AND h.fence IS NULL ORDER BY h.slice`
const findOfAttempt = `SELECT ${heldColumns} WHERE h.job = ? AND h.fence = ? ORDER BY h.slice`
const findOver = `SELECT ${heldColumns} WHERE h.until <= ? AND h.fence IS NULL ORDER BY h.until LIMIT ${sweepStep}`
const add = 'INSERT INTO job_holds (slice, job, until) VALUES (@slice, @job, @until)'
const drop = 'DELETE FROM job_holds WHERE slice = ?'
const dropAll = 'DELETE FROM job_holds WHERE job = ?'
const assign = 'UPDATE job_holds SET fence = @fence WHERE slice = @slice'
const sumUp = `UPDATE jobs SET held = coalesce((SELECT min(s.amount) FROM job_holds AS h JOIN slices AS s ON s.id = h.slice
    WHERE h.job = @job AND s.is_lost = 0), 0)
  WHERE number = @job`

/** More than any slice has. */
const everything = 2n ** 62n

/** An attempt that comes to its end, and what it told of its money. */
export interface HoldEnd {
  readonly job: number
  readonly fence: number
  readonly spent: readonly Spent[] | undefined
  /** Does the job wait for another attempt? Then what is left stays with it. */
  readonly waits: boolean
}

/** Money that is set aside for jobs. Everything is done within the transaction that does the same to the job. */
export interface JobHolds {
  /** Takes all wants, or throws `Short`. */
  take(job: number, wants: readonly Want[], now: number): void
  /** Gives it to an attempt of this process, as far as it still counts. */
  begin(job: number, fence: number, now: number): readonly AsidePart[]
  /** Books what an attempt used, once. */
  settle(end: HoldEnd, now: number): void
  /** An attempt was lost: what it had may be spent, and is charged until it says otherwise. */
  lose(job: number, fence: number, now: number): void
  /** Gives back what no attempt has. */
  release(job: number): void
  /** Gives back what does not count any more, some at a time. */
  expire(now: number): void
  /** The job is deleted. */
  forget(job: number): void
}

export const createJobHolds = (parts: LeaseParts): JobHolds => {
  const { session, members } = parts
  const { database } = session
  const waiting = database.prepare<[number], HeldRow>(findWaiting).safeIntegers()
  const ofAttempt = database.prepare<[number, number], HeldRow>(findOfAttempt).safeIntegers()
  const over = database.prepare<[number], HeldRow>(findOver).safeIntegers()
  const adding = database.prepare<[object]>(add)
  const dropping = database.prepare<[bigint]>(drop)
  const droppingAll = database.prepare<[number]>(dropAll)
  const assigning = database.prepare<[object]>(assign)
  const summing = database.prepare<[object]>(sumUp)
  const takeOne = createTake(session)
  const book = createBook(session)
  const alert = createAlerts(session)
  const slices = createSliceMoves(session)

  const giveBack = (rows: readonly HeldRow[]): void => {
    for (const { slice } of rows) {
      book({ slice: Number(slice), used: 0n, back: everything }, () => undefined)
      dropping.run(slice)
    }
    for (const job of new Set(rows.map((row) => row.job))) summing.run({ job })
  }

  const keepRest = ({ slice }: HeldRow): void => {
    if (slices.restore(slice)) assigning.run({ slice, fence: null })
    else dropping.run(slice)
  }

  return {
    take: (job, wants, now) => {
      for (const want of wants) {
        const { id, start } = takeOne(want, placeOf(want, now), nobody)
        const until = countsUntil(want.window, start)
        adding.run({ slice: id, job, until: Number.isFinite(until) ? until : null })
      }
      summing.run({ job })
    },
    begin: (job, fence, now) => {
      const process = members.current()
      return waiting
        .all(job)
        .filter(({ until }) => until === null || Number(until) > now)
        .map((row) => {
          const { slice, allowance, subject, amount } = row
          slices.moveTo(row, process, now)
          assigning.run({ slice, fence })
          return { slice: Number(slice), allowance, subject, amount }
        })
    },
    settle: ({ job, fence, spent = [], waits }, now) => {
      const touched = createTouched()
      for (const row of ofAttempt.all(job, fence)) {
        const slice = Number(row.slice)
        const used = spent.find((each) => each.slice === slice)?.used ?? 0n
        book({ slice, used, back: waits ? 0n : everything }, touched.add)
        if (waits) keepRest(row)
        else dropping.run(row.slice)
      }
      summing.run({ job })
      alert(touched.all(), now)
    },
    lose: (job, fence, now) => {
      const touched = createTouched()
      for (const row of ofAttempt.all(job, fence)) if (row.isLost === 0n) touched.add(slices.lose(row))
      summing.run({ job })
      alert(touched.all(), now)
    },
    release: (job) => giveBack(waiting.all(job)),
    expire: (now) => giveBack(over.all(now)),
    forget: (job) => void droppingAll.run(job),
  }
}
