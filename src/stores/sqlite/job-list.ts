import type { Job, JobState } from '../../core/job.ts'
import type { JobQuery } from '../job-store.ts'
import { type JobRow, jobColumns, jobFrom, stateCodes } from './job-rows.ts'
import type { Session } from './session.ts'

/** A condition in words of the database, with its values. */
interface Condition {
  readonly text: string
  readonly values: readonly (string | number)[]
}

const numberOf = 'SELECT number FROM jobs WHERE id = ?'
const seek = 'SELECT number, created_at AS createdAt FROM jobs WHERE number >= ? ORDER BY number LIMIT 1'
const lastNumber = 'SELECT coalesce(max(number), 0) FROM jobs'
const isOpenLetter = 'dead IS NOT NULL AND redriven_as IS NULL'

const codesOf = (states: readonly JobState[]): readonly number[] =>
  states.flatMap((state) => (state === 'queued' ? [stateCodes.queued, stateCodes.scheduled] : [stateCodes[state]]))

/** Which rows are looked through, and by what the database knows that they are all of those. */
const sourceOf = ({ owner, isDead, states = [] }: JobQuery): { readonly index: string; readonly where: string } => {
  if (isDead) return { index: 'INDEXED BY jobs_dead', where: isOpenLetter }
  if (states.length > 0 && states.every((state) => state === 'running'))
    return { index: 'INDEXED BY jobs_leased', where: 'state = 2' }
  if (owner === undefined) return { index: 'NOT INDEXED', where: '1' }
  if (states.length > 0 && states.every((state) => state === 'failed' || state === 'cancelled'))
    return { index: 'INDEXED BY jobs_in_vain', where: 'state >= 4' }
  return { index: 'INDEXED BY jobs_owned', where: '1' }
}

const conditionsOf = (query: JobQuery): readonly Condition[] => {
  const conditions: Condition[] = []
  const equal = { owner: query.owner, model: query.model, endpoint: query.endpoint }
  for (const [column, value] of Object.entries(equal))
    if (value !== undefined) conditions.push({ text: `${column} = ?`, values: [value] })
  if (query.isDead === false) conditions.push({ text: `NOT (${isOpenLetter})`, values: [] })
  if (query.states) {
    const codes = codesOf(query.states)
    conditions.push({ text: `state IN (${codes.map(() => '?').join(', ')})`, values: codes })
  }
  return conditions
}

/** Lists jobs, newest first. */
export const createJobList = ({ database }: Session): ((query: JobQuery) => readonly Job[]) => {
  const number = database.prepare<[string], number>(numberOf).pluck()
  const seeking = database.prepare<[number], { number: number; createdAt: number }>(seek)
  const last = database.prepare<[], number>(lastNumber).pluck()

  /** The number of the first job that was submitted then or later: times rise with numbers. */
  const firstSince = (at: number): number => {
    let [low, high] = [0, (last.get() ?? 0) + 1]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = seeking.get(middle)
      if (found && found.createdAt < at) low = found.number + 1
      else high = middle
    }
    return low
  }

  return (query) => {
    const after = query.after === undefined ? undefined : number.get(query.after)
    if (query.limit <= 0 || query.states?.length === 0 || (query.after !== undefined && after === undefined)) return []
    const until = Math.min(after ?? Number.MAX_SAFE_INTEGER, query.to === undefined ? Infinity : firstSince(query.to))
    const since = query.from === undefined ? 0 : firstSince(query.from)
    const { index, where } = sourceOf(query)
    const conditions = conditionsOf(query)
    const text = [where, 'number >= ?', 'number < ?', ...conditions.map((each) => each.text)].join(' AND ')
    return database
      .prepare<(string | number)[], JobRow>(
        `SELECT ${jobColumns} FROM jobs ${index} WHERE ${text} ORDER BY number DESC LIMIT ?`,
      )
      .all(since, until, ...conditions.flatMap(({ values }) => values), query.limit)
      .map((row) => jobFrom(row))
  }
}
