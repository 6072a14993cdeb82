import { countsUntil, periodAt, type Window } from '../../core/window.ts'
import { nobody } from './lease.ts'
import type { Session } from './session.ts'
import { createChangeWindow, type WindowKey } from './windows.ts'

/** A slice that is set aside for a job. */
export interface HeldRow {
  readonly slice: bigint
  readonly job: bigint
  /** Absent: it always counts. */
  readonly until: bigint | null
  readonly allowance: string
  readonly subject: string
  readonly start: bigint
  readonly amount: bigint
  readonly isLost: bigint
}

const findSlice = `SELECT id AS slice, allowance, subject, period_start AS start, amount, is_lost AS isLost FROM slices WHERE id = ?`
const ownSlice = 'UPDATE slices SET process = @process, is_lost = @isLost WHERE id = @slice'
const chargeSlice = 'UPDATE slices SET is_lost = 1 WHERE id = ?'
const findRolling = `SELECT period_end AS end, counts_until AS until FROM windows
  WHERE allowance = @allowance AND subject = @subject AND period_start = @start AND counts_until IS NOT NULL`
const addSlot = `INSERT INTO windows (allowance, subject, period_start, period_end, counts_until, ceiling, alerts)
  SELECT allowance, subject, @newStart, @end, @until, ceiling, alerts FROM windows
  WHERE allowance = @allowance AND subject = @subject AND period_start = @start ON CONFLICT DO NOTHING`
const moveSlice = 'UPDATE slices SET period_start = @start WHERE id = @slice'
const moveHold = 'UPDATE job_holds SET until = @until WHERE slice = @slice'

/** What becomes of a slice that is set aside, without changing what is settled and leased together. */
export interface SliceMoves {
  /** It is this process's from now on; of a rolling window it counts from now on. */
  moveTo(row: HeldRow, process: number, now: number): void
  /** It is nobody's again, and not charged if it was; false: nothing of it is left. */
  restore(slice: bigint): boolean
  /** Its process may have spent it. Gives what changed. */
  lose(row: HeldRow): WindowKey
}

export const createSliceMoves = ({ database }: Session): SliceMoves => {
  const finding = database.prepare<[bigint], HeldRow>(findSlice).safeIntegers()
  const owning = database.prepare<[object]>(ownSlice)
  const charging = database.prepare<[bigint]>(chargeSlice)
  const rolling = database.prepare<[object], { end: number; until: number }>(findRolling)
  const adding = database.prepare<[object]>(addSlot)
  const moving = database.prepare<[object]>(moveSlice)
  const keeping = database.prepare<[object]>(moveHold)
  const change = createChangeWindow(database)

  /** What is spent now is out of a rolling window later than what was set aside before. */
  const renew = (row: HeldRow, now: number): void => {
    const { slice, amount } = row
    const key = keyOf(row)
    const slot = rolling.get(key)
    if (!slot) return
    const window: Window = { kind: 'rolling', ms: slot.until - slot.end }
    const { start, end } = periodAt(window, now)
    if (start <= key.start) return
    const until = countsUntil(window, start)
    adding.run({ ...key, newStart: start, end, until })
    change(key, { ...none, leased: -amount })
    change({ ...key, start }, { ...none, leased: amount })
    moving.run({ slice, start })
    keeping.run({ slice, until })
  }

  return {
    moveTo: (row, process, now) => {
      renew(row, now)
      owning.run({ slice: row.slice, process, isLost: 0 })
    },
    restore: (slice) => {
      const row = finding.get(slice)
      if (!row || row.amount === 0n) return false
      const { amount } = row
      if (row.isLost === 1n) change(keyOf(row), { settled: -amount, lost: -amount, leased: amount, over: 0n })
      owning.run({ slice, process: nobody, isLost: 0 })
      return true
    },
    lose: (row) => {
      const { amount, slice } = row
      const key = keyOf(row)
      change(key, { settled: amount, lost: amount, leased: -amount, over: 0n })
      charging.run(slice)
      return key
    },
  }
}

const none = { settled: 0n, leased: 0n, lost: 0n, over: 0n } as const

const keyOf = ({ allowance, subject, start }: HeldRow): WindowKey => ({ allowance, subject, start: Number(start) })
