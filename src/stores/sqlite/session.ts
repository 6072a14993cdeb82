import type { Database } from 'better-sqlite3'
import type { Scope } from '../../core/scope.ts'
import type { JobsChanged } from '../job-store.ts'
import type { CacheFilter, Crossed } from '../store.ts'

/** What a thread tells without being asked, by name. */
export interface ThreadEvents {
  recall: readonly { readonly allowance: string; readonly subject: Scope }[]
  fenced: undefined
  crossed: readonly Crossed[]
  /** Some process changed documents of administrators. */
  changed: undefined
  /** Some process changed something of jobs; told while somebody watches. */
  jobs: JobsChanged
  /** How many live processes share the store now. */
  processes: number
  /** Kept answers that made room for others or have expired, by key; undefined: too many to be named. */
  cacheGone: readonly string[] | undefined
  /** What other processes purged, and the number of the last time. */
  cachePurged: { readonly filters: readonly CacheFilter[]; readonly last: number }
  cacheStanding: { readonly entries: number; readonly bytes: number }
  cacheWarning: { readonly message: string; readonly facts: Readonly<Record<string, string>> }
  callsWarning: { readonly message: string; readonly facts: Readonly<Record<string, string>> }
  /** The file is not used any more; is it still where others may use it? */
  cacheLost: { readonly isInPlace: boolean }
}

/** What the procedures of one thread work with: its connection, and what must happen around a transaction. */
export interface Session {
  readonly database: Database
  /** Unix milliseconds by the machine's clock, which may jump. Decisions use the store's own time instead. */
  wall(): number
  /**
   * Runs the work in a durable IMMEDIATE transaction, or as a part of the one that is under way. Procedures of the
   * writer are run in one already; timers are not.
   */
  transact<T>(work: () => T): T
  /** Runs the work once the transaction under way is on disk, and not at all when it fails. */
  afterCommit(work: () => void): void
  /** Tells the other side, once the transaction under way is on disk. */
  tell<Name extends keyof ThreadEvents>(name: Name, value: ThreadEvents[Name]): void
  /** Does the work again and again until the thread ends. A failure of the database is left to the next time. */
  every(ms: number, work: () => void): void
  /** Runs before the connection is closed, in a transaction in the writer. */
  atClose(work: () => void): void
}

/** What one thread can be asked for, by name. Arguments and results are cloned on their way: data only, bigints too. */
export type Procedures = Readonly<Record<string, (argument: never) => unknown>>
