import { larger, smaller } from '../../core/amounts.ts'
import { countsFrom, periodAt, type Window } from '../../core/window.ts'
import type { Leased, Shortage, Slice, Want } from '../store.ts'
import { alertText } from './alerts.ts'
import type { Members } from './members.ts'
import type { Session } from './session.ts'
import type { StoreTime } from './store-time.ts'

const addWindow = `INSERT INTO windows (allowance, subject, period_start, period_end, counts_until, ceiling)
  VALUES (@allowance, @subject, @start, @end, @countsUntil, @limit) ON CONFLICT DO NOTHING`

const counted = 'allowance = @allowance AND subject = @subject AND period_start BETWEEN @from AND @start'

const readCounted = `SELECT period_end AS end, settled, leased FROM windows WHERE ${counted} ORDER BY period_start`

/** Whose slices are that no process holds: they are set aside for jobs. */
export const nobody = 0

/** The decision itself, in one statement: nobody's arithmetic but the database's can let too much through. */
const leaseFromWindow = `UPDATE windows SET leased = leased + @amount, ceiling = @limit, alerts = coalesce(@alerts, alerts)
  WHERE allowance = @allowance AND subject = @subject AND period_start = @start
    AND (SELECT sum(settled + leased) FROM windows WHERE ${counted}) + @amount <= @limit`

const addSlice = `INSERT INTO slices (process, allowance, subject, period_start, amount, on_loss, leased_at)
  VALUES (@process, @allowance, @subject, @start, @amount, @onLoss, @now)`

const dropOldSlots = `DELETE FROM windows WHERE allowance = @allowance AND subject = @subject AND period_start < @from
  AND counts_until <= @now`

const othersHold = `SELECT 1 FROM slices WHERE allowance = @allowance AND subject = @subject AND period_start >= @from
  AND process NOT IN (${nobody}, @process) AND is_lost = 0 AND amount > 0 LIMIT 1`

const wasMarked = `SELECT 1 FROM recalls WHERE allowance = @allowance AND subject = @subject AND process = @process
  AND at > @now - 20 LIMIT 1`

const addMark = 'INSERT INTO recalls (allowance, subject, process, at) VALUES (@allowance, @subject, @process, @now)'

interface Counted {
  /** Absent for `total`. */
  readonly end: bigint | null
  readonly settled: bigint
  readonly leased: bigint
}

/** A want with the period it falls into at this moment, as statements name it. */
export interface Place {
  readonly allowance: string
  readonly subject: string
  readonly start: number
  readonly end: number | null
  readonly countsUntil: number | null
  readonly from: number
  readonly limit: bigint
  readonly now: number
}

export const placeOf = ({ allowance, subject, window, limit }: Want, now: number): Place => {
  const { start, end } = periodAt(window, now)
  const isRolling = window.kind === 'rolling'
  return {
    allowance,
    subject,
    start,
    end: Number.isFinite(end) ? end : null,
    countsUntil: isRolling ? end + window.ms : null,
    from: isRolling ? countsFrom(window, now) : start,
    limit,
    now,
  }
}

/** Takes back what earlier wants of the same lease were given. */
export class Short extends Error {
  readonly shortage: Shortage
  readonly place: Place

  constructor(shortage: Shortage, place: Place) {
    super('too little')
    this.shortage = shortage
    this.place = place
  }
}

export interface LeaseParts {
  readonly session: Session
  readonly time: StoreTime
  readonly members: Members
}

/** Leases all wants or none, within the transaction under way. */
export const createLease = ({ session, time, members }: LeaseParts): ((wants: readonly Want[]) => Leased) => {
  const take = createTake(session)
  const mark = createMark(session)
  return (wants) => {
    const process = members.current()
    const now = time.now()
    try {
      const slices = session.transact(() => wants.map((want) => take(want, placeOf(want, now), process)))
      time.keep(now)
      members.holds()
      return { ok: true, slices }
    } catch (thrown) {
      if (!(thrown instanceof Short)) throw thrown
      mark(thrown.place, process)
      return { ok: false, short: thrown.shortage }
    }
  }
}

/** Leases one want for a process, or throws `Short`. */
export const createTake = ({ database }: Session) => {
  const add = database.prepare<[Place]>(addWindow)
  const read = database.prepare<[Place], Counted>(readCounted).safeIntegers()
  const lease = database.prepare<[object]>(leaseFromWindow)
  const slice = database.prepare<[object]>(addSlice)
  const dropOld = database.prepare<[Place]>(dropOldSlots)
  return (want: Want, place: Place, process: number): Slice => {
    const { allowance, subject, limit } = want
    if (add.run(place).changes > 0 && place.countsUntil !== null) dropOld.run(place)
    const rows = read.all(place)
    const settled = rows.reduce((sum, row) => sum + row.settled, 0n)
    const leased = rows.reduce((sum, row) => sum + row.leased, 0n)
    const free = larger(limit - settled - leased, 0n)
    const shortage = { allowance, subject, limit, settled, leased, free }
    if (free < want.least) throw new Short({ ...shortage, resetsAt: resetOf(want, rows) }, place)
    const amount = smaller(larger(want.wish, want.least), free)
    const given = { ...place, process, amount, alerts: alertText(want.alerts), onLoss: want.onLoss }
    if (lease.run(given).changes === 0) throw new Error('A lease did not fit after all.')
    const { start, end } = place
    const id = Number(slice.run(given).lastInsertRowid)
    return { id, allowance, subject, start, end: end ?? Infinity, amount, settled, leased: leased + amount }
  }
}

/** When more becomes free by itself: for a rolling window, when enough of its oldest slots no longer count. */
const resetOf = ({ window, limit, least }: Want, rows: readonly Counted[]): number | undefined => {
  if (window.kind === 'total') return undefined
  if (window.kind === 'calendar') return endOf(rows.at(-1))
  let used = rows.reduce((sum, { settled, leased }) => sum + settled + leased, 0n)
  for (const row of rows) {
    used -= row.settled + row.leased
    if (used + least <= limit) return outOf(window, row)
  }
  return outOf(window, rows.at(-1))
}

const endOf = (row: Counted | undefined): number => Number(row?.end)

const outOf = (window: Extract<Window, { kind: 'rolling' }>, row: Counted | undefined): number => endOf(row) + window.ms

/**
 * Marks a shortage for others to see, where others hold something, and not more often than they look. Without that, a
 * refusal writes nothing and waits for no disk.
 */
export const createMark = ({ database }: Session) => {
  const others = database.prepare<[object]>(othersHold)
  const marked = database.prepare<[object]>(wasMarked)
  const add = database.prepare<[object]>(addMark)
  return (place: Place, process: number): void => {
    const given = { ...place, process }
    if (others.get(given) && !marked.get(given)) add.run(given)
  }
}
