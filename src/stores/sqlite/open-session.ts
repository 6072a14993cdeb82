import type { Database } from 'better-sqlite3'
import { isBusy } from './failures.ts'
import type { Session, ThreadEvents } from './session.ts'

const defaultPatienceMs = 5_000

export interface SessionOptions {
  readonly database: Database
  readonly wall: () => number
  /** For how long somebody else may be writing before it counts as a failure; 5 seconds where nothing is said. */
  readonly patienceMs?: number | undefined
  tell(name: keyof ThreadEvents, value: unknown): void
}

/** A session with what its thread needs to run and to end it. */
export interface OpenSession extends Session {
  /** Stops what is done again and again, and does what is to be done before the connection closes. */
  end(): void
}

/** Puts a session around a connection. */
export const openSession = ({ database, wall, patienceMs = defaultPatienceMs, tell }: SessionOptions): OpenSession => {
  const timers: NodeJS.Timeout[] = []
  const atClose: (() => void)[] = []
  const transactions = createTransactions(database, patienceMs)

  const every = (ms: number, work: () => void): void => {
    const attempt = (): void => {
      try {
        work()
      } catch (thrown) {
        if (!isOfDatabase(thrown)) throw thrown
      }
    }
    timers.push(setInterval(attempt, ms).unref())
  }

  return {
    database,
    wall,
    ...transactions,
    tell: (name, value) => transactions.afterCommit(() => tell(name, value)),
    every,
    atClose: (work) => atClose.push(work),
    end: () => {
      for (const timer of timers) clearInterval(timer)
      if (atClose.length > 0) transactions.transact(() => atClose.forEach((work) => void work()))
    },
  }
}

const isOfDatabase = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('SQLITE_')

const createTransactions = (database: Database, patienceMs: number): Pick<Session, 'transact' | 'afterCommit'> => {
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const begin = createBegin(database, patienceMs)
  const part = database.transaction((work: () => unknown) => work())
  const after: (() => void)[] = []

  /** What a part that failed wanted to be done afterwards is forgotten with it. */
  const forget = <T>(work: () => T): T => {
    const known = after.length
    try {
      return work()
    } catch (thrown) {
      after.length = known
      throw thrown
    }
  }

  const whole = <T>(work: () => T): T => {
    begin()
    try {
      const result = work()
      commit.run()
      return result
    } catch (thrown) {
      // Some failures, such as a full disk, have rolled it back already.
      if (database.inTransaction) rollback.run()
      throw thrown
    }
  }

  return {
    transact: <T>(work: () => T): T => {
      if (database.inTransaction) return forget(() => part(work) as T)
      const result = forget(() => whole(work))
      for (const each of after.splice(0)) each()
      return result
    },
    afterCommit: (work) => {
      if (database.inTransaction) after.push(work)
      else work()
    },
  }
}

/**
 * Waits for whoever writes by asking several times a millisecond. The database's own way of waiting sleeps up to 100 ms
 * at a time: of two processes that both write without a pause, one then waits 20 ms now and then, instead of 10.
 */
const createBegin = (database: Database, patienceMs: number): (() => void) => {
  const statement = database.prepare('BEGIN IMMEDIATE')
  const pause = new Int32Array(new SharedArrayBuffer(4))
  return () => {
    const deadline = performance.now() + patienceMs
    for (;;) {
      try {
        statement.run()
        return
      } catch (thrown) {
        if (!isBusy(thrown) || performance.now() > deadline) throw thrown
        Atomics.wait(pause, 0, 0, 0.3 * Math.random())
      }
    }
  }
}
