import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { idempotencyStoreSuite } from '../../testing/idempotency-store-suite.ts'
import { createMakeRoom } from './idempotency-room.ts'
import { createSqliteStore } from './index.ts'
import { ThreadlessWriter } from './threadless-writer.ts'

/** Makes the process that has a claim, or the oldest, look as if it was gone. */
const makeGone = (path: string): void => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  const database = new Database(path)
  database
    .prepare('UPDATE processes SET pid = ? WHERE id = (SELECT process FROM idempotent ORDER BY fence DESC LIMIT 1)')
    .run(pid)
  database.close()
}

idempotencyStoreSuite('A file of SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-idempotency-'))
  const path = join(folder, 'tollgate.db')
  const skew = new SharedArrayBuffer(8)
  const stores = [await createSqliteStore(path, { skew }), await createSqliteStore(path, { skew })] as const
  const [one, other] = stores
  return {
    one: one.idempotency,
    other: other.idempotency,
    pass: (ms) => void Atomics.add(new BigInt64Array(skew), 0, BigInt(ms)),
    die: async () => {
      // Who takes part looks after the others.
      await other.idempotency.claim({ name: 'another', asked: '', owner: '', leaseMs: 1 })
      const database = new Database(path)
      database.prepare("DELETE FROM idempotent WHERE name = 'another'").run()
      database.close()
      makeGone(path)
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
})

describe('claims in a file', () => {
  const call = (name: string, owner = 'web') => ({ name, asked: 'x', owner, leaseMs: 60_000 })

  it('are free when their process closes its store', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-idempotency-'))
    try {
      const path = join(folder, 'tollgate.db')
      const first = await createSqliteStore(path)
      assert.equal((await first.idempotency.claim(call('a'))).kind, 'mine')
      await first.close()
      const second = await createSqliteStore(path)
      assert.equal((await second.idempotency.claim(call('a'))).kind, 'mine')
      await second.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('make room by the oldest answers of who has the most, and never by what is under way', () => {
    const writer = new ThreadlessWriter()
    try {
      for (const [owner, count] of Object.entries({ a: 1, b: 300 }))
        for (let index = 0; index < count; index++) {
          const given = writer.call('claimKey', call(`${owner}${index}`, owner))
          assert.ok(given.kind === 'mine')
          writer.call('finishKey', { fence: given.fence, answer: Buffer.alloc(1_000), keepMs: 60_000 + index })
        }
      writer.call('claimKey', call('running', 'b'))
      createMakeRoom(writer)({ bytes: 150_000, answers: 1_000 })
      assert.equal(writer.number('SELECT count(*) FROM idempotent'), 102)
      assert.equal(writer.call('claimKey', call('a0', 'a')).kind, 'done')
      assert.equal(writer.call('claimKey', call('b299', 'b')).kind, 'done')
      assert.equal(writer.call('claimKey', call('running', 'b')).kind, 'running')
      assert.equal(writer.call('claimKey', call('b0', 'b')).kind, 'mine')
      createMakeRoom(writer)({ bytes: 0, answers: 0 })
      assert.equal(writer.number('SELECT count(*) FROM idempotent WHERE answer IS NOT NULL'), 0)
    } finally {
      writer.close()
    }
  })
})
