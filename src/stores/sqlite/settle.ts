import { larger, smaller } from '../../core/amounts.ts'
import { periodAt } from '../../core/window.ts'
import type { Batch, Booking, Charge } from '../store.ts'
import { alertText, createAlerts, createTouched } from './alerts.ts'
import type { LeaseParts } from './lease.ts'
import type { Session } from './session.ts'
import { bounded, createChangeWindow, mostSettled, type WindowKey } from './windows.ts'

/** Batches before these many last ones are taken for booked: nobody tries them again. */
const rememberedBatches = 1_024

const findBatch = `SELECT 1 FROM batches WHERE origin = @origin AND (sequence = @sequence
  OR @sequence <= (SELECT max(sequence) FROM batches WHERE origin = @origin) - ${rememberedBatches})`
const addBatch = 'INSERT INTO batches (origin, sequence) VALUES (@origin, @sequence)'
const forgetBatches = `DELETE FROM batches WHERE origin = @origin AND sequence <= @sequence - ${rememberedBatches}`

const addBlock = `INSERT INTO blocks (process, sequence, from_at, to_at, count, lines)
  VALUES (@process, @sequence, @from, @to, @count, @lines)`
const addBlockSums = 'INSERT INTO block_sums (block, sums) VALUES (?, ?)'

/** Books batches, each once, within the transaction under way. */
export const createSettle = ({ session, time, members }: LeaseParts): ((batch: Batch) => void) => {
  const { database } = session
  const found = database.prepare<[object]>(findBatch)
  const add = database.prepare<[object]>(addBatch)
  const forget = database.prepare<[object]>(forgetBatches)
  const block = database.prepare<[object]>(addBlock)
  const blockSums = database.prepare<[number | bigint, string]>(addBlockSums)
  const book = createBook(session)
  const charge = createCharge(session)
  const alert = createAlerts(session)
  return ({ sequence, bookings, charges, lines, count, sums = '', from, to }) => {
    const process = members.current()
    const { origin } = members
    if (found.get({ origin, sequence })) return
    add.run({ origin, sequence })
    if (sequence % 64 === 0) forget.run({ origin, sequence })
    const now = time.now()
    const touched = createTouched()
    for (const booking of bookings) book(booking, touched.add)
    for (const each of charges) touched.add(charge(each, now))
    if (count > 0) {
      const { lastInsertRowid } = block.run({ process, sequence, from, to, count, lines })
      if (sums !== '') blockSums.run(lastInsertRowid, sums)
    }
    alert(touched.all(), now)
    time.keep(now)
  }
}

interface Row {
  readonly allowance: string
  readonly subject: string
  readonly start: bigint
  readonly amount: bigint
  readonly lost: bigint
  readonly overdrawn: bigint
}

const findSlice = `SELECT allowance, subject, period_start AS start, amount, is_lost AS lost, is_overdrawn AS overdrawn
  FROM slices WHERE id = ?`
const dropSlice = 'DELETE FROM slices WHERE id = ?'
const changeSlice = 'UPDATE slices SET amount = @amount, is_overdrawn = @overdrawn WHERE id = @id'

/** How a booking divides up a slice: what it covers of what was used, and what goes back of the rest. */
const divide = (amount: bigint, { used, back }: Booking) => {
  const covered = smaller(larger(used, 0n), amount)
  const returned = smaller(larger(back, 0n), amount - covered)
  return { covered, returned, over: bounded(used - covered), amount: amount - covered - returned }
}

/**
 * Books what was used of a slice into the period it was leased in. Of a slice that was charged as lost, what was used
 * only changes its name, and what comes back is free again.
 */
export const createBook = ({ database }: Session) => {
  const find = database.prepare<[number], Row>(findSlice).safeIntegers()
  const drop = database.prepare<[number]>(dropSlice)
  const change = database.prepare<[object]>(changeSlice)
  const changeWindow = createChangeWindow(database)
  return (booking: Booking, touched: (key: WindowKey) => void): void => {
    const row = find.get(booking.slice)
    if (!row) return
    const { covered, returned, over, amount } = divide(row.amount, booking)
    const key = { allowance: row.allowance, subject: row.subject, start: Number(row.start) }
    const gone = -(covered + returned)
    if (row.lost) changeWindow(key, { settled: over - returned, leased: 0n, lost: gone, over })
    else changeWindow(key, { settled: covered + over, leased: gone, lost: 0n, over })
    const overdrawn = row.overdrawn || over > 0n ? 1 : 0
    if (amount === 0n && overdrawn === 0) drop.run(booking.slice)
    else change.run({ id: booking.slice, amount, overdrawn })
    touched(key)
  }
}

const chargeWindow = `INSERT INTO windows (allowance, subject, period_start, period_end, counts_until, ceiling, alerts, settled)
  VALUES (@allowance, @subject, @start, @end, @countsUntil, @limit, @alerts, @used)
  ON CONFLICT DO UPDATE SET settled = min(settled + excluded.settled, ${mostSettled}), ceiling = excluded.ceiling,
    alerts = coalesce(excluded.alerts, alerts)`

/** Adds what was used without a slice to the period of this moment. */
const createCharge = ({ database }: Session) => {
  const add = database.prepare<[object]>(chargeWindow)
  return ({ allowance, subject, window, limit, used, alerts }: Charge, now: number): WindowKey => {
    const { start, end } = periodAt(window, now)
    add.run({
      allowance,
      subject,
      start,
      end: Number.isFinite(end) ? end : null,
      countsUntil: window.kind === 'rolling' ? end + window.ms : null,
      limit,
      alerts: alertText(alerts),
      used: bounded(used),
    })
    return { allowance, subject, start }
  }
}
