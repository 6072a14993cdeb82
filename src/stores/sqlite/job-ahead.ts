import type { JobRow } from './job-rows.ts'
import type { Session } from './session.ts'

const countBefore = `SELECT count(*) FROM jobs WHERE state = 0 AND owner = @owner AND class = @class AND due_at <= @dueAt
  AND (due_at < @dueAt OR number < @number)`
const findLine = 'SELECT at FROM job_lines WHERE owner = ? AND class = ?'
const countUrgent = 'SELECT coalesce(sum(waiting), 0) FROM job_lines WHERE class < ?'
const readVirtual = 'SELECT virtual FROM job_classes WHERE class = ?'
/** Of each other owner so many as have their turn before this one, by their share. */
const countOthers = `SELECT coalesce(sum(min(waiting, CAST(ceil((@at - at) * weight) AS INTEGER))), 0) FROM job_lines
  WHERE class = @class AND at < @at AND owner <> @owner`

/** Tells about how many jobs begin before one that waits. */
export const createAhead = ({ database }: Session): ((row: JobRow) => number) => {
  const before = database.prepare<[object], number>(countBefore).pluck()
  const line = database.prepare<[string, number], number>(findLine).pluck()
  const urgent = database.prepare<[number], number>(countUrgent).pluck()
  const virtual = database.prepare<[number], number>(readVirtual).pluck()
  const others = database.prepare<[object], number>(countOthers).pluck()
  return ({ owner, class: urgency, dueAt, number, weight }) => {
    const own = before.get({ owner, class: urgency, dueAt, number }) ?? 0
    const at = Math.max(virtual.get(urgency) ?? 0, line.get(owner, urgency) ?? 0) + own / weight
    return own + (urgent.get(urgency) ?? 0) + (others.get({ owner, class: urgency, at }) ?? 0)
  }
}
