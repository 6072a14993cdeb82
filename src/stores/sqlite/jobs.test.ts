import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, it } from 'node:test'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { jobStoreSuite } from '../../testing/job-store-suite.ts'
import { claim, ends, finish, type OpenedJobs, submitOne } from '../../testing/job-store-suite-parts.ts'
import { batchOf } from '../../testing/ledger-suite-parts.ts'
import { webhookStoreSuite } from '../../testing/webhook-store-suite.ts'
import { createMemoryStore } from '../memory/index.ts'
import type { Store } from '../store.ts'
import { createSqliteStore } from './index.ts'

/** Two stores on one file, as two processes have them; opened once, emptied for each test. */
let folder: string
let one: Store
let other: Store
const skew = new SharedArrayBuffer(8)
const skewMs = new BigInt64Array(skew)

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-jobs-'))
  one = await createSqliteStore(join(folder, 'tollgate.db'), { skew })
  other = await createSqliteStore(join(folder, 'tollgate.db'), { skew })
})

after(async () => {
  await Promise.all([one.close(), other.close()])
  await rm(folder, { recursive: true, force: true })
})

const filled = `SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'job%' OR name LIKE 'webhook%')
  AND name NOT IN ('job_marks', 'job_classes')`

const empty = (): void => {
  const database = new Database(join(folder, 'tollgate.db'))
  for (const table of database.prepare<[], string>(filled).pluck().all()) database.exec(`DELETE FROM ${table}`)
  database.exec('UPDATE job_classes SET virtual = 0; UPDATE job_marks SET since_aged = 0')
  database.close()
}

/** Makes the process that has money of a job look as if it was gone; both are this one. */
const makeHoldersGone = (): void => {
  const database = new Database(join(folder, 'tollgate.db'))
  const { pid } = spawnSync(process.execPath, ['--version'])
  database
    .prepare(
      'UPDATE processes SET pid = ? WHERE id IN (SELECT process FROM slices JOIN job_holds ON slice = id WHERE fence > 0)',
    )
    .run(pid)
  database.close()
}

const open = async (): Promise<OpenedJobs> => ({
  one,
  other,
  now: () => Date.now() + Number(Atomics.load(skewMs, 0)),
  pass: (ms) => void Atomics.add(skewMs, 0, BigInt(ms)),
  fence: async () => {
    await other.ledger.settle(batchOf(0))
    makeHoldersGone()
  },
  close: async () => empty(),
})

jobStoreSuite('A file of SQLite', open)
webhookStoreSuite('A file of SQLite', open)

const turn = fc.record({
  isClaim: fc.boolean(),
  passMs: fc.constantFrom(0, 0, 0, 30_000, 90_000),
  owner: fc.constantFrom('a', 'b', 'c'),
  priority: fc.constantFrom('high', 'normal', 'low'),
  weight: fc.constantFrom(1, 2, 0.5),
  delayMs: fc.constantFrom(0, 0, 40_000),
  isAgain: fc.boolean(),
})

it('gives jobs of a file the same turns as those of a memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 10, maxLength: 30 }), async (steps) => {
      empty()
      const memory = createMemoryStore({ now: () => Date.now() + Number(Atomics.load(skewMs, 0)) })
      for (const [index, { isClaim, passMs, delayMs, isAgain, ...order }] of steps.entries()) {
        // No two jobs come at the same time, whichever clock is looked at.
        Atomics.add(skewMs, 0, BigInt(1_000 + passMs))
        const id = `job_${index}`
        const runAt = Date.now() + Number(Atomics.load(skewMs, 0)) + delayMs
        if (!isClaim) for (const store of [one, memory]) await submitOne(store, { ...order, id, runAt })
        else {
          const [[first], [second]] = [await claim(other, 1), await claim(memory, 1)]
          assert.equal(first?.job.id, second?.job.id)
          if (first && second && isAgain)
            for (const [store, each] of [
              [other, first],
              [memory, second],
            ] as const)
              await finish(store, each, ends.again)
        }
      }
      await memory.close()
    }),
    { numRuns: 8, endOnFailure: true },
  )
})
