import type { Database } from 'better-sqlite3'
import { larger, smaller } from '../../core/amounts.ts'

/** Which window: the key of its row. */
export interface WindowKey {
  readonly allowance: string
  readonly subject: string
  readonly start: number
}

/** What a booking changes in a window. */
export interface WindowChange {
  readonly settled: bigint
  readonly leased: bigint
  readonly lost: bigint
  readonly over: bigint
}

/** More than this is never added at once, so that absurd figures cannot overflow what the database can hold. */
const most = 2n ** 61n

/** An amount as the database can hold it: never negative, never absurd. */
export const bounded = (amount: bigint): bigint => smaller(larger(amount, 0n), most)

/** What a sum stays at: far beyond all money, and far enough below what the database can hold. */
export const mostSettled = 2n ** 62n

const added = (column: string): string => `${column} = max(0, min(${column} + @${column}, ${mostSettled}))`

const changeWindow = `UPDATE windows SET ${['settled', 'lost', 'over'].map(added).join(', ')},
    leased = max(0, leased + @leased)
  WHERE allowance = @allowance AND subject = @subject AND period_start = @start`

/** Changes what stands in a window. A slot that does not count any more may be gone; then there is nothing to change. */
export const createChangeWindow = (db: Database): ((key: WindowKey, change: WindowChange) => void) => {
  const statement = db.prepare<[WindowKey & WindowChange]>(changeWindow)
  return ({ allowance, subject, start }, { settled, leased, lost, over }) => {
    statement.run({ allowance, subject, start, settled, leased, lost, over })
  }
}
