import { existsSync, renameSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { GatewayError } from '../../core/errors.ts'
import { alone } from './alone.ts'
import { cacheFile } from './cache-tables.ts'
import { failureOf, isBusy, operatorsSentence } from './failures.ts'
import { makeFile } from './make-file.ts'
import { openForWriting, storeFile } from './open-database.ts'

/** A connection to a file of its own beside the store, and where another one went that had to make room for it. */
export interface OpenedFile {
  readonly database: Database.Database
  readonly setAside: { readonly to: string; readonly why: string } | undefined
}

/** Opens the file of kept answers, or a new one when that one is of no use. Throws when neither can be. */
export const openCacheFile = (path: string): OpenedFile => openOrSetAside(path, opened)

/** Opens a file, or a new one when that one is of no use; never one that is the store. Throws when neither can be. */
export const openOrSetAside = (path: string, opened: (path: string) => Database.Database): OpenedFile => {
  const before = identityOf(path)
  try {
    return { database: opened(path), setAside: undefined }
  } catch (thrown) {
    if (!isOfNoUse(thrown) || isStore(path)) throw thrown
    // Unless another process has put a good one there meanwhile: looked at and moved alone, or two would move the same, and the second a new one.
    const to = alone(path, () => (before === identityOf(path) ? setAside(path) : undefined))
    return { database: opened(path), setAside: to === undefined ? undefined : { to, why: reasonOf(thrown, path) } }
  }
}

const opened = (path: string): Database.Database => {
  makeFile(path)
  const database = openForWriting(path, cacheFile)
  try {
    // The last answers may be lost with the machine, but nothing is ever half there.
    database.pragma('synchronous = NORMAL')
    // What was purged does not stay in pages that are free.
    database.pragma('secure_delete = ON')
    database.pragma('wal_autocheckpoint = 500')
    database.pragma('journal_size_limit = 4194304')
    for (const table of ['entries', 'contents', 'likenesses', 'purges'])
      database.exec(`SELECT id FROM ${table} LIMIT 1`)
    if (!database.prepare('SELECT entries FROM totals').get()) throw new Error('Its tables are not whole.')
    tryWriting(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** A file that can only be read opens all the same. */
const tryWriting = (database: Database.Database): void => {
  try {
    database.exec('UPDATE totals SET entries = entries')
  } catch (thrown) {
    if (!isBusy(thrown)) throw thrown
  }
}

/** Is the file the reason, and not the machine or the moment? */
export const isOfNoUse = (thrown: unknown): boolean =>
  !/^SQLITE_(BUSY|FULL|IOERR|NOMEM|LOCKED)/.test(failureOf(thrown).code)

export const reasonOf = (thrown: unknown, path: string): string =>
  thrown instanceof GatewayError ? thrown.message : operatorsSentence(failureOf(thrown), path)

/** Renames the file, and what belongs to it, to what it is called from now on; undefined: it is not there. Throws when that cannot be. */
export const setAside = (path: string): string | undefined => {
  if (!existsSync(path)) return undefined
  const to = `${path}.broken-${new Date().toISOString().replaceAll(':', '-')}`
  // Last the file itself: as soon as it is gone another one may be begun, with others of these beside it.
  for (const end of ['-wal', '-shm', '']) if (existsSync(path + end)) renameSync(path + end, to + end)
  return to
}

const identityOf = (path: string): string => {
  try {
    const { dev, ino } = statSync(path)
    return `${dev} ${ino}`
  } catch {
    return ''
  }
}

/** Whoever names the store of limits and budgets here must not lose it. */
const isStore = (path: string): boolean => {
  try {
    // One that could not write would leave files beside it.
    const database = new Database(path, { fileMustExist: true })
    try {
      return database.pragma('application_id', { simple: true }) === storeFile.applicationId
    } finally {
      database.close()
    }
  } catch {
    return false
  }
}
