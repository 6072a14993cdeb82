import type { Scope } from '../../core/scope.ts'
import { createMark, type LeaseParts, nobody, type Place } from './lease.ts'

const areLeased = `SELECT max(process = @process) AS own FROM slices WHERE allowance = @allowance AND subject = @subject
  AND period_start >= @from AND process <> ${nobody} AND is_lost = 0 AND amount > 0`

/**
 * Has everybody give back what they do not need where there is too little to set aside for a job, this process too: it leases for its
 * calls, not for jobs. True where anybody has leased anything.
 */
export const createShortage = ({ session, members }: LeaseParts): ((place: Place) => boolean) => {
  const leased = session.database.prepare<[object], { own: number | null }>(areLeased)
  const mark = createMark(session)
  return (place) => {
    const { allowance, subject, from } = place
    const process = members.known() ?? nobody
    const { own } = leased.get({ allowance, subject, from, process }) ?? { own: null }
    if (own === null) return false
    mark(place, process)
    if (own === 1) session.tell('recall', [{ allowance, subject: subject as Scope }])
    return true
  }
}
