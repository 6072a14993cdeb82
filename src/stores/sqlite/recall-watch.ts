import type { Scope } from '../../core/scope.ts'
import type { LeaseParts } from './lease.ts'

/** A shortage elsewhere is seen within this time. */
const lookEveryMs = 25

const readMarks = `SELECT DISTINCT allowance, subject FROM recalls AS r WHERE id > @seen AND process <> @process
  AND EXISTS (SELECT 1 FROM slices AS s WHERE s.allowance = r.allowance AND s.subject = r.subject AND s.process = @process
    AND s.is_lost = 0)`
const lastMark = 'SELECT coalesce(max(id), 0) FROM recalls'

/**
 * Watches for what other processes wrote while this one holds slices: marks of shortages are told, so that it gives back,
 * and newcomers are counted. Looking costs a glance at a counter of the database.
 */
export const startRecallWatch = ({ session, members }: Pick<LeaseParts, 'session' | 'members'>): void => {
  const { database } = session
  const marks = database.prepare<[object], { allowance: string; subject: Scope }>(readMarks)
  const last = database.prepare<[], number>(lastMark).pluck()
  const version = database.prepare<[], number>('PRAGMA data_version').pluck()
  let known: number | undefined
  let seen = last.get() ?? 0

  const look = (): void => {
    const newest = last.get() ?? 0
    if (newest > seen) {
      const wanted = marks.all({ seen, process: members.known() ?? 0 })
      if (wanted.length > 0) session.tell('recall', wanted)
      seen = newest
    }
    members.look()
  }

  session.every(lookEveryMs, () => {
    if (!members.isHolding) return
    const found = version.get()
    if (found === known) return
    known = found
    look()
  })
}
