import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import Database from 'better-sqlite3'
import { ledgerStoreSuite } from '../../testing/ledger-store-suite.ts'
import { batchOf, type OpenedLedgers } from '../../testing/ledger-suite-parts.ts'
import { createSqliteStore } from './index.ts'

/** The number of a process that is no more. */
const goneProcess = (): number => spawnSync(process.execPath, ['--version']).pid

/** Makes the oldest process of a store look as if it was gone. */
const makeGone = (path: string): void => {
  const database = new Database(path)
  database
    .prepare('UPDATE processes SET pid = ? WHERE id = (SELECT min(id) FROM processes WHERE is_dead = 0)')
    .run(goneProcess())
  database.close()
}

const open = async (): Promise<OpenedLedgers> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-ledger-'))
  const path = join(folder, 'tollgate.db')
  const skew = new SharedArrayBuffer(8)
  const skewMs = new BigInt64Array(skew)
  const stores = [await createSqliteStore(path, { skew }), await createSqliteStore(path, { skew })] as const
  const [one, other] = stores
  return {
    one: one.ledger,
    other: other.ledger,
    now: () => Date.now() + Number(Atomics.load(skewMs, 0)),
    pass: (ms) => void Atomics.add(skewMs, 0, BigInt(ms)),
    fence: async () => {
      await other.ledger.settle(batchOf(0))
      makeGone(path)
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

ledgerStoreSuite('A file of SQLite', open)
