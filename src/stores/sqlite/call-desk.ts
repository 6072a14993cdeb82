import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { BodiesOf, CallBodies } from '../../core/call-bodies.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Feedback } from '../../core/feedback.ts'
import type { KeptBodies } from '../body-store.ts'
import type { CallQuery, FiguresQuery } from '../call-store.ts'
import type { FeedbackOf, QualityQuery, QualityReport } from '../feedback-store.ts'
import { isOfNoUse, reasonOf, setAside } from './cache-file.ts'
import { createBodyWrites, readBodies } from './call-bodies.ts'
import { openCallFile } from './call-file.ts'
import { createCallReads, type PackedReport, type TextPage } from './call-reads.ts'
import { createCallRetention } from './call-retention.ts'
import { createCallWrites } from './call-writes.ts'
import { failureOf } from './failures.ts'
import { createFeedbackWrites } from './feedback-writes.ts'
import type { CallReaderData, CallThreadData } from './messages.ts'
import { openForReading } from './open-database.ts'
import { type OpenSession, openSession } from './open-session.ts'
import type { Session } from './session.ts'

/** What the thread that writes calls can be asked for. */
export type CallProcedures = {
  /** Takes texts of entries, one on each line. */
  append(lines: string): void
  keepBodies(kept: readonly KeptBodies[]): void
  /** Gives whether there is more to take away. */
  retain(now: number): boolean
  /** Gives false when its key said too much of that call. */
  say(argument: { readonly feedback: Feedback; readonly of: FeedbackOf }): boolean
}

/** What the thread that reads calls can be asked for. */
export type CallReadProcedures = {
  find(id: string): string | undefined
  list(query: CallQuery): TextPage
  figures(query: FiguresQuery): PackedReport
  feedback(call: string): readonly Feedback[]
  quality(query: QualityQuery): QualityReport
  bodies(which: BodiesOf): CallBodies | undefined
}

/** What is asked of a file, within its thread. */
interface OpenDesk<P> {
  readonly procedures: P
  readonly session: undefined
  close(): void
}

/** Others hold the file for milliseconds. */
const patienceMs = 2_000
/** After the file was lost, a new one is not begun sooner. */
const againMs = 60_000

const notInUse = (): GatewayError => new GatewayError('store_unavailable', 'The file of calls is not in use.')

interface Work {
  readonly session: OpenSession
  readonly write: ReturnType<typeof createCallWrites>
  readonly retain: ReturnType<typeof createCallRetention>
  readonly say: ReturnType<typeof createFeedbackWrites>
  readonly keepBodies: ReturnType<typeof createBodyWrites>
}

/** The file of calls, in the thread that writes it. One that is broken is set aside, and a new one begun. */
export const openCallDesk = (data: CallThreadData, tell: Session['tell']): OpenDesk<CallProcedures> => {
  const { path } = data
  let work: Work | undefined
  let lostAt = Number.NEGATIVE_INFINITY

  const warn = (message: string, facts: Readonly<Record<string, string>>): void =>
    tell('callsWarning', { message, facts: { path, ...facts } })

  const open = (): void => {
    try {
      const { database, setAside: moved } = openCallFile(path)
      if (moved)
        warn('The file of calls could not be used and was set aside; a new one was begun.', {
          why: moved.why,
          setAside: moved.to,
        })
      work = workOn(database, data)
    } catch (thrown) {
      lostAt = performance.now()
      warn('The file of calls cannot be used; calls are not kept.', { why: reasonOf(thrown, path) })
    }
  }
  const close = (): void => {
    try {
      work?.session.end()
      work?.session.database.close()
    } catch {
      // It is of no use any more.
    }
    work = undefined
  }
  const lose = (thrown: unknown): void => {
    close()
    lostAt = performance.now()
    const to = moveAway(path)
    warn('The file of calls is damaged and was set aside; a new one is begun.', {
      why: reasonOf(thrown, path),
      ...(to === undefined ? {} : { setAside: to }),
    })
    open()
  }
  const using = <T>(act: (found: Work) => T): T => {
    if (!work && performance.now() - lostAt > againMs) open()
    if (!work) throw notInUse()
    const { session } = work
    try {
      return session.transact(() => act(work as Work))
    } catch (thrown) {
      const { code } = failureOf(thrown)
      if (code.startsWith('SQLITE_FULL'))
        warn('The disk of the file of calls is full; calls are not kept until there is room.', {})
      else if (code.startsWith('SQLITE_') && isOfNoUse(thrown)) lose(thrown)
      throw thrown
    }
  }
  open()
  return {
    session: undefined,
    procedures: {
      append: (lines) => using(({ write }) => write(lines)),
      retain: (now) => {
        const isMore = using(({ retain }) => retain(now))
        // Free pages go back to the disk in small steps.
        if (!isMore) work?.session.database.pragma('incremental_vacuum(2000)')
        return isMore
      },
      keepBodies: (kept) => using(({ keepBodies }) => keepBodies(kept)),
      say: ({ feedback, of }) => using(({ say }) => say(feedback, of)),
    },
    close,
  }
}

const workOn = (database: Database, { keep, keys }: CallThreadData): Work => ({
  session: openSession({ database, wall: Date.now, patienceMs, tell: () => {} }),
  write: createCallWrites(database),
  retain: createCallRetention(database, keep),
  say: createFeedbackWrites(database),
  keepBodies: createBodyWrites(database, { keys, mostBytes: keep.mostBytes }),
})

const moveAway = (path: string): string | undefined => {
  try {
    return setAside(path)
  } catch {
    return undefined
  }
}

/** The file of calls, in the thread that reads it; it is opened again when another one has taken its place. */
export const openCallReader = ({ path, keys }: CallReaderData): OpenDesk<CallReadProcedures> => {
  let database: Database | undefined
  let identity = ''

  const close = (): void => {
    database?.close()
    database = undefined
  }
  const reading = <T>(act: (reads: ReturnType<typeof createCallReads>, opened: Database) => T): T => {
    const now = identityOf(path)
    if (database === undefined || now !== identity) {
      close()
      database = begun(path)
      identity = now
    }
    try {
      return act(createCallReads(database), database)
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) close()
      throw thrown
    }
  }
  return {
    session: undefined,
    procedures: {
      find: (id) => reading((reads) => reads.find(id)),
      list: (query) => reading((reads) => reads.list(query)),
      figures: (query) => reading((reads) => reads.figures(query)),
      feedback: (call) => reading((reads) => reads.feedback(call)),
      quality: (query) => reading((reads) => reads.quality(query)),
      bodies: (which) => reading((_reads, opened) => readBodies(opened, keys, which)),
    },
    close,
  }
}

/** Its writer may not have been able to make anything of it yet. */
const begun = (path: string): Database => {
  const database = openForReading(path)
  if (database.pragma('user_version', { simple: true }) !== 0) return database
  database.close()
  throw notInUse()
}

const identityOf = (path: string): string => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw notInUse()
  return `${found.dev} ${found.ino}`
}
