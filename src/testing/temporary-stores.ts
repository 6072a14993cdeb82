import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerLine } from '../core/ledger-line.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import type { Batch, Store } from '../stores/store.ts'

/** Stores on one file in a folder of its own, which goes when they are closed. */
export interface TemporaryStores {
  readonly path: string
  readonly one: Store
  /** Opens the same file once more. */
  open(): Promise<Store>
  close(): Promise<void>
}

export const openTemporaryStores = async (): Promise<TemporaryStores> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-store-'))
  const path = join(folder, 'tollgate.db')
  const opened: Store[] = []
  const open = async (): Promise<Store> => {
    const store = await createSqliteStore(path)
    opened.push(store)
    return store
  }
  return {
    path,
    one: await open(),
    open,
    close: async () => {
      await Promise.all(opened.map((store) => store.close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Lines as the batch that they are booked in. */
export const batchOf = (sequence: number, lines: readonly LedgerLine[]): Batch => ({
  sequence,
  bookings: [],
  charges: [],
  lines: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  count: lines.length,
  from: Math.min(...lines.map(({ at }) => at)),
  to: Math.max(...lines.map(({ at }) => at)),
})
