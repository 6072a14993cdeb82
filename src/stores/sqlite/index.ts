import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { GatewayError } from '../../core/errors.ts'
import type { Store } from '../store.ts'
import { startThread } from './channel.ts'
import { createSqliteControl } from './control.ts'
import { lazyThread } from './lazy-thread.ts'
import { createSqliteLedger } from './ledger.ts'
import type { ReaderProcedures } from './reader-procedures.ts'
import { createSqliteReports } from './reports.ts'
import type { WriterProcedures } from './writer-procedures.ts'

export interface SqliteOptions {
  /** For tests: holds one 64-bit number of milliseconds by which the machine's clock is wrong. */
  readonly skew?: SharedArrayBuffer | undefined
}

/**
 * Everything in one SQLite file, which several processes of one machine may share. Made when it is not there, readable
 * by this user only; brought to this program's version. Fails with `store_unavailable` and a sentence for operators when
 * it cannot be used: then it was not touched.
 */
export const createSqliteStore = async (path: string, options: SqliteOptions = {}): Promise<Store> => {
  const file = resolve(path)
  makeFile(file)
  const shared = { path: file, skew: options.skew }
  const writer = await startThread<WriterProcedures>({ ...shared, role: 'writer' }).open()
  const reader = lazyThread<ReaderProcedures>({ ...shared, role: 'reader' })
  const threads = { path: file, writer, reader }
  const reports = createSqliteReports(threads)
  const close = async (): Promise<void> => {
    await reports.close()
    await reader.close()
    // Last, as it is the one that can put everything into the main file.
    await writer.close()
  }
  let closed: Promise<void> | undefined
  return {
    ledger: createSqliteLedger(writer, reader, reports.booked),
    control: createSqliteControl(threads),
    reports,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

/**
 * Makes an empty file that only this user can read; the database gives its other files the same mode. One that exists is
 * not even opened here: closing it would drop the locks that other connections of this process have on it.
 */
const makeFile = (file: string): void => {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600))
  } catch (cause) {
    // Another process was faster.
    if (existsSync(file)) return
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('store_unavailable', `${file} cannot be made: ${why}`, { cause })
  }
}
