import type { LeaseParts } from './lease.ts'

const giveBack = `UPDATE windows SET leased = max(0, leased - held.amount)
  FROM (SELECT allowance, subject, period_start, sum(amount) AS amount FROM slices
    WHERE process = @process AND is_lost = 0 GROUP BY allowance, subject, period_start) AS held
  WHERE windows.allowance = held.allowance AND windows.subject = held.subject
    AND windows.period_start = held.period_start`
const dropSlices = 'DELETE FROM slices WHERE process = @process AND is_lost = 0'
const dropProcess = 'DELETE FROM processes WHERE id = @process'
const dropBatches = `DELETE FROM batches WHERE origin = @origin
  AND NOT EXISTS (SELECT 1 FROM processes WHERE origin = @origin)`

/** Gives back everything that this process holds and takes its name off the list. Nothing when it is not on it. */
export const createLeave = ({ session, members }: LeaseParts): (() => void) => {
  const statements = [giveBack, dropSlices, dropProcess, dropBatches].map((text) =>
    session.database.prepare<[object]>(text),
  )
  return () => {
    const process = members.known()
    if (process === undefined) return
    for (const statement of statements) statement.run({ process, origin: members.origin })
    members.left()
  }
}
