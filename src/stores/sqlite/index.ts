import { resolve } from 'node:path'
import { createFiles } from '../files/index.ts'
import type { Store } from '../store.ts'
import { startThread } from './channel.ts'
import { createSqliteControl } from './control.ts'
import { createSqliteIdempotency } from './idempotency.ts'
import { createSqliteJobs, createSqliteJobWork } from './jobs.ts'
import { lazyThread } from './lazy-thread.ts'
import { createSqliteLedger } from './ledger.ts'
import { makeFile } from './make-file.ts'
import type { ReaderProcedures } from './reader-procedures.ts'
import { createSqliteReports } from './reports.ts'
import { createSqliteWebhooks } from './webhooks.ts'
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
    idempotency: createSqliteIdempotency(writer),
    jobs: createSqliteJobs(threads),
    jobWork: createSqliteJobWork(threads),
    webhooks: createSqliteWebhooks(threads),
    files: createFiles({ folder: `${file}-files` }),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}
