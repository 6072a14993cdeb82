import { classInTurn, sweepStep } from '../job-rules.ts'
import { type JobRow, stateCodes } from './job-rows.ts'
import type { Session } from './session.ts'

const join = `INSERT INTO job_lines (owner, class, weight, waiting, head_at, at)
  VALUES (@owner, @class, @weight, 1, @dueAt, max((SELECT virtual FROM job_classes WHERE class = @class),
    coalesce((SELECT until FROM job_paid WHERE class = @class AND owner = @owner), 0)))
  ON CONFLICT DO UPDATE SET waiting = waiting + 1, head_at = min(head_at, excluded.head_at)`
const findHead = `SELECT number, due_at AS dueAt, weight, begun, deadline_at AS deadlineAt FROM jobs
  WHERE state = 0 AND owner = ? AND class = ? ORDER BY due_at, number LIMIT 1`
const stepUp = `UPDATE job_lines SET waiting = waiting - 1, head_at = @dueAt, weight = @weight, at = max(at, @at)
  WHERE owner = @owner AND class = @class`
const closeLine = 'DELETE FROM job_lines WHERE owner = @owner AND class = @class RETURNING at'
const remember = `INSERT INTO job_paid (class, owner, until) VALUES (@class, @owner, @until)
  ON CONFLICT DO UPDATE SET until = excluded.until`
const readTurn = `SELECT since_aged AS sinceAged,
    (SELECT head_at FROM job_lines WHERE class = 0 ORDER BY head_at LIMIT 1) AS high,
    (SELECT head_at FROM job_lines WHERE class = 1 ORDER BY head_at LIMIT 1) AS normal,
    (SELECT head_at FROM job_lines WHERE class = 2 ORDER BY head_at LIMIT 1) AS low
  FROM job_marks WHERE id = 1`
const firstLine = 'SELECT owner, at FROM job_lines WHERE class = ? ORDER BY at, head_at LIMIT 1'
const writeTurn = 'UPDATE job_marks SET since_aged = ? WHERE id = 1'
const advance = 'UPDATE job_classes SET virtual = @at WHERE class = @class AND virtual < @at'
const findDue = `SELECT number, owner, class, weight, due_at AS dueAt FROM jobs WHERE state = 1 AND due_at <= ?
  ORDER BY due_at LIMIT ${sweepStep}`
const makeReady = `UPDATE jobs SET state = ${stateCodes.queued} WHERE number = ?`

/** What of a job decides about its turn. */
export type Waiter = Pick<JobRow, 'owner' | 'class' | 'weight' | 'dueAt'>

interface Turn {
  readonly sinceAged: number
  readonly high: number | null
  readonly normal: number | null
  readonly low: number | null
}

/** Whose turn it is. */
export interface NextJob extends Pick<JobRow, 'owner' | 'class' | 'weight' | 'number' | 'begun' | 'deadlineAt'> {
  /** When this turn begins, in the virtual time of the class. */
  readonly at: number
}

/** Jobs that wait for their turn, in the order in which it comes. */
export interface JobLines {
  join(waiter: Waiter): void
  /** The job whose turn it is; undefined: none waits. `take` it once its row says that it does not wait any more. */
  next(now: number): NextJob | undefined
  take(next: NextJob): void
  /** It goes before its turn: its row says so already. */
  leave(waiter: Pick<Waiter, 'owner' | 'class'>): void
  /** Puts some of those in line whose time has come; gives how many. */
  promote(now: number): number
}

export const createJobLines = ({ database }: Session): JobLines => {
  const joining = database.prepare<[object]>(join)
  const stepping = database.prepare<[object]>(stepUp)
  const remembering = database.prepare<[object]>(remember)
  const advancing = database.prepare<[object]>(advance)
  const heading = database.prepare<[string, number], Omit<NextJob, 'owner' | 'class' | 'at'> & Pick<Waiter, 'dueAt'>>(
    findHead,
  )
  const closing = database.prepare<[object], { at: number }>(closeLine)
  const turning = database.prepare<[], Turn>(readTurn)
  const first = database.prepare<[number], { owner: string; at: number }>(firstLine)
  const noting = database.prepare<[number]>(writeTurn)
  const due = database.prepare<[number], Waiter & { number: number }>(findDue)
  const making = database.prepare<[number]>(makeReady)

  /** One less waits in this line, whose next turn is not before `at`. */
  const step = (line: Pick<Waiter, 'owner' | 'class'>, at: number): void => {
    const head = heading.get(line.owner, line.class)
    if (head) {
      stepping.run({ owner: line.owner, class: line.class, dueAt: head.dueAt, weight: head.weight, at })
      return
    }
    const closed = closing.get({ owner: line.owner, class: line.class })
    if (closed) remembering.run({ owner: line.owner, class: line.class, until: Math.max(closed.at, at) })
  }

  return {
    join: ({ owner, class: urgency, weight, dueAt }) => void joining.run({ owner, class: urgency, weight, dueAt }),
    next: (now) => {
      const found = turning.get()
      if (!found) return undefined
      const oldest = [found.high, found.normal, found.low].map((at) => at ?? undefined)
      const turn = classInTurn(oldest, found.sinceAged, now)
      const line = turn && first.get(turn.class)
      const head = line && heading.get(line.owner, turn.class)
      if (!head) return undefined
      if (turn.sinceAged !== found.sinceAged) noting.run(turn.sinceAged)
      return { ...head, owner: line.owner, class: turn.class, at: line.at }
    },
    take: (next) => {
      advancing.run({ class: next.class, at: next.at })
      step(next, next.at + 1 / next.weight)
    },
    leave: (waiter) => step(waiter, 0),
    promote: (now) => {
      const rows = due.all(now)
      for (const { number, ...waiter } of rows) {
        making.run(number)
        joining.run(waiter)
      }
      return rows.length
    },
  }
}
