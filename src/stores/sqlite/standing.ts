import type { Scope } from '../../core/scope.ts'
import { countsFrom, periodAt, type Window } from '../../core/window.ts'
import type { Standing } from '../store.ts'
import type { Session } from './session.ts'
import { createStoreTime } from './store-time.ts'

const readStanding = `SELECT count(*) AS rows, sum(settled) AS settled, sum(leased) AS leased, sum(lost) AS lost
  FROM windows WHERE allowance = @allowance AND subject = @subject AND period_start BETWEEN @from AND @start`

interface Row {
  readonly rows: bigint
  readonly settled: bigint
  readonly leased: bigint
  readonly lost: bigint
}

export interface StandingQuery {
  readonly allowance: string
  readonly subject: Scope
  readonly window: Window
}

/** Where one allowance stands for one subject at this moment: the period, or all slots that count. */
export const standingProcedures = (session: Session) => {
  const read = session.database.prepare<[object], Row>(readStanding).safeIntegers()
  const time = createStoreTime(session)
  return {
    standing: ({ allowance, subject, window }: StandingQuery): Standing | undefined => {
      const now = time.now()
      const { start, end } = periodAt(window, now)
      const from = window.kind === 'rolling' ? countsFrom(window, now) : start
      const row = read.get({ allowance, subject, from, start })
      if (!row || row.rows === 0n) return undefined
      const { settled, leased, lost } = row
      return { allowance, subject, start: from, end, settled, leased, lost }
    },
  }
}
