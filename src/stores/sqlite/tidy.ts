import type { LeaseParts } from './lease.ts'

const tidyEveryMs = 10_000
const dayMs = 86_400_000
/** For how long a process that was taken for dead may come back and still book. */
const keepDeadMs = 30 * dayMs

/** Each takes little at a time: the writer has other things to do. */
const statements = {
  recalls: 'DELETE FROM recalls WHERE at < @now - 10000 AND id < (SELECT max(id) FROM recalls)',
  slots: `DELETE FROM windows WHERE (allowance, subject, period_start) IN (
    SELECT allowance, subject, period_start FROM windows WHERE counts_until <= @now LIMIT 500)`,
  emptySlices: `DELETE FROM slices WHERE amount = 0 AND leased_at < @now - ${dayMs} AND id IN (
    SELECT id FROM slices WHERE amount = 0 AND leased_at < @now - ${dayMs} LIMIT 500)`,
  lostSlices: `DELETE FROM slices WHERE process IN (
    SELECT id FROM processes WHERE is_dead = 1 AND seen_at < @now - ${keepDeadMs})`,
  deadProcesses: `DELETE FROM processes WHERE is_dead = 1 AND seen_at < @now - ${keepDeadMs}`,
  batches: `DELETE FROM batches WHERE origin NOT IN (SELECT origin FROM processes)`,
} as const

/** Deletes what does not count any more: slots of rolling windows that are over, marks, and what is left of the dead. */
export const startTidying = ({ session, time, members }: LeaseParts): void => {
  const prepared = Object.values(statements).map((text) => session.database.prepare<[object]>(text))
  session.every(tidyEveryMs, () => {
    if (!members.isMember) return
    const now = time.now()
    session.transact(() => {
      for (const statement of prepared) statement.run({ now })
    })
  })
}
