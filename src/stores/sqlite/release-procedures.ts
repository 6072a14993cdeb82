import type { Scope } from '../../core/scope.ts'
import type { AuditEntry } from '../store.ts'
import { createAudit } from './control-procedures.ts'
import type { Session } from './session.ts'

const sumLost = 'SELECT coalesce(sum(lost), 0) AS lost FROM windows WHERE allowance = ? AND subject = ?'
const freeLost =
  'UPDATE windows SET settled = settled - lost, lost = 0 WHERE allowance = ? AND subject = ? AND lost <> 0'
/** What is booked late for such a slice is then counted anew, beside what was released. */
const emptySlices = 'UPDATE slices SET amount = 0 WHERE allowance = ? AND subject = ? AND is_lost = 1'

export interface ReleaseLost {
  readonly allowance: string
  readonly subject: Scope
  readonly audit: Omit<AuditEntry, 'at'>
}

/** An operator's decision about money that was charged for processes that died, in the writing thread. */
export const releaseWriter = (session: Session) => {
  const { database } = session
  const lost = database.prepare<[string, string], { lost: bigint }>(sumLost).safeIntegers()
  const free = database.prepare<[string, string]>(freeLost)
  const empty = database.prepare<[string, string]>(emptySlices)
  const addAudit = createAudit(session)
  return {
    /** Frees it and says how much it was; the audit line is written when it was anything. */
    releaseLost: ({ allowance, subject, audit }: ReleaseLost): bigint => {
      const amount = lost.get(allowance, subject)?.lost ?? 0n
      if (amount === 0n) return 0n
      free.run(allowance, subject)
      empty.run(allowance, subject)
      addAudit(audit)
      return amount
    },
  }
}
