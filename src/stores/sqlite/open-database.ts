import Database from 'better-sqlite3'
import { GatewayError } from '../../core/errors.ts'
import { isBusy } from './failures.ts'
import { migrations } from './migrations.ts'
import { keepPlans } from './steady-plans.ts'

/** What a file is for: its mark, and what made it what it is, in order. */
export interface FileKind {
  readonly applicationId: number
  readonly migrations: readonly (readonly string[])[]
  /** What can be set only while there is nothing in it. */
  readonly atFirst?: ((database: Database.Database) => void) | undefined
}

/** The store of limits and budgets; its mark is "Toll" in ASCII. */
export const storeFile: FileKind = { applicationId: 0x546f6c6c, migrations }

const patienceMs = 10_000

/**
 * The writer waits by itself, in fine steps (`open-session.ts`). A reader waits for others only while the file is opened
 * or closed.
 */
const writerTimeoutMs = 0
const readerTimeoutMs = 5_000

/**
 * A connection that writes. Brings the file to the version of this program, whoever else does the same at this moment.
 * A file that is damaged, of a newer version, or of another program is refused and stays as it is.
 */
export const openForWriting = (path: string, kind: FileKind = storeFile): Database.Database =>
  opened(new Database(path, { timeout: writerTimeoutMs }), (database) => {
    // At one moment: another process may make it what it is between two looks.
    const found = patiently(database.transaction(() => inspect(database, path, kind)))
    if (found === 0) patiently(() => kind.atFirst?.(database))
    patiently(() => database.pragma('journal_mode = WAL'))
    database.pragma('synchronous = FULL')
    if (found < kind.migrations.length) patiently(() => migrate(database, path, kind))
  })

/** A connection that cannot write, to a file that was opened for writing before. */
export const openForReading = (path: string): Database.Database =>
  opened(new Database(path, { readonly: true, timeout: readerTimeoutMs }), () => {})

const opened = (database: Database.Database, prepare: (database: Database.Database) => void): Database.Database => {
  try {
    keepPlans(database)
    prepare(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

const patiently = <T>(work: () => T): T => {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return work()
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() > deadline) throw thrown
      Atomics.wait(pause, 0, 0, 2 + 8 * Math.random())
    }
  }
}

const numberOf = (database: Database.Database, pragma: string): number =>
  Number(database.pragma(pragma, { simple: true }))

/** The version of the file; reads only. */
const inspect = (database: Database.Database, path: string, { applicationId, migrations }: FileKind): number => {
  const version = numberOf(database, 'user_version')
  const owner = numberOf(database, 'application_id')
  if (owner !== applicationId && (owner !== 0 || version !== 0 || hasTables(database)))
    throw new GatewayError(
      'store_unavailable',
      `${path} is a database of another program. It was not touched. Name another file.`,
    )
  if (version > migrations.length)
    throw new GatewayError(
      'store_unavailable',
      `${path} was made by a newer version of this program (version ${version}; this one knows ${migrations.length}). It was not touched. Start the newer version, or name another file.`,
    )
  return version
}

const hasTables = (database: Database.Database): boolean =>
  database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() !== undefined

/** Everything that is missing, in one transaction: a process that dies meanwhile leaves the file as it was. */
const migrate = (database: Database.Database, path: string, kind: FileKind): void => {
  const { applicationId, migrations } = kind
  database
    .transaction(() => {
      const found = inspect(database, path, kind)
      for (const statements of migrations.slice(found)) for (const statement of statements) database.exec(statement)
      database.pragma(`application_id = ${applicationId}`)
      database.pragma(`user_version = ${migrations.length}`)
    })
    .immediate()
}
