import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { GatewayError } from '../../core/errors.ts'
import { createSqliteStore } from './index.ts'
import { migrations } from './migrations.ts'
import { openForWriting } from './open-database.ts'

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-open-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opening must fail with these words and change nothing. */
const isRefused = async (path: string, words: RegExp): Promise<void> => {
  const before = await readFile(path)
  await assert.rejects(createSqliteStore(path), (thrown) => {
    assert.ok(thrown instanceof GatewayError)
    assert.equal(thrown.code, 'store_unavailable')
    assert.ok(thrown.message.includes(path), thrown.message)
    assert.match(thrown.message, words)
    return true
  })
  assert.deepEqual(await readFile(path), before)
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('opening a store in a file of SQLite', () => {
  it('makes folders and files that nobody else can read', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'deep', 'down', 'tollgate.db')
      const store = await createSqliteStore(path)
      try {
        assert.equal(await modeOf(join(folder, 'deep')), 0o700)
        assert.equal(await modeOf(join(folder, 'deep', 'down')), 0o700)
        for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(await modeOf(file), 0o600, file)
      } finally {
        await store.close()
      }
    }))

  it('leaves one file behind when the last one closes', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'tollgate.db')
      await (await createSqliteStore(path)).close()
      assert.ok((await stat(path)).size > 0)
      await assert.rejects(stat(`${path}-wal`), { code: 'ENOENT' })
    }))

  it('refuses what is no database', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'notes.txt')
      await writeFile(path, 'These are notes, and no database at all.\n'.repeat(100))
      await isRefused(path, /not an SQLite database\. It was not touched/)
    }))

  it('refuses a damaged file', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'tollgate.db')
      await (await createSqliteStore(path)).close()
      const bytes = await readFile(path)
      await writeFile(path, bytes.fill(0xa5, 100, 4_096))
      await isRefused(path, /is damaged\. Stop the gateway, keep the file, and put a backup in its place/)
    }))

  it('refuses the database of another program', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'other.db')
      const other = new Database(path)
      other.exec('CREATE TABLE songs (title TEXT)')
      other.close()
      await isRefused(path, /a database of another program/)
    }))

  it('refuses a file of a newer version', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'tollgate.db')
      const newer = openForWriting(path)
      newer.pragma(`user_version = ${migrations.length + 1}`)
      newer.pragma('journal_mode = DELETE')
      newer.close()
      await isRefused(path, /newer version/)
    }))

  it('says what is wrong when the file cannot be made', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '')
      const path = join(folder, 'file', 'tollgate.db')
      await assert.rejects(createSqliteStore(path), {
        code: 'store_unavailable',
        message: /tollgate\.db cannot be made/,
      })
    }))

  it('is safe when many processes do it at once for the first time', { timeout: 60_000 }, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'tollgate.db')
      const program = `import { openForWriting } from '${new URL('./open-database.ts', import.meta.url)}'
        const database = openForWriting(${JSON.stringify(path)})
        console.log(database.pragma('user_version', { simple: true }), database.pragma('journal_mode', { simple: true }))
        database.close()`
      const run = promisify(execFile)
      const starts = Array.from({ length: 20 }, () => run(process.execPath, ['--input-type=module', '-e', program]))
      for (const { stdout } of await Promise.all(starts)) assert.equal(stdout, `${migrations.length} wal\n`)
      const found = openForWriting(path)
      assert.equal(found.pragma('integrity_check', { simple: true }), 'ok')
      found.close()
    }),
  )
})
