import type Database from 'better-sqlite3'
import { type OpenedFile, openOrSetAside } from './cache-file.ts'
import { callFile } from './call-tables.ts'
import { makeFile } from './make-file.ts'
import { openForWriting } from './open-database.ts'

/** Opens the file of calls, or a new one when that one is of no use. Throws when neither can be. */
export const openCallFile = (path: string): OpenedFile => openOrSetAside(path, opened)

const opened = (path: string): Database.Database => {
  makeFile(path)
  const database = openForWriting(path, callFile)
  try {
    // The last calls may be lost with the machine, but nothing is ever half there.
    database.pragma('synchronous = NORMAL')
    database.pragma('wal_autocheckpoint = 2000')
    database.pragma('journal_size_limit = 8388608')
    for (const table of ['calls', 'entries', 'blocks', 'marks', 'progress', 'parts', 'cells', 'feedback', 'bodies'])
      database.exec(`SELECT 1 FROM ${table} LIMIT 1`)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}
