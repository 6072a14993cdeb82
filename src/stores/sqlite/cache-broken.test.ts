import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { entryWith, holds, inFolder, mustFind, openAnswers } from '../../testing/answer-cache-parts.ts'
import { createSqliteStore } from './index.ts'

const mebibyte = 1_048_576
const openAt = (path: string) => openAnswers({ memoryBytes: 0, disk: { path, mostBytes: 32 * mebibyte } })

/** A good file of answers with something in it. */
const goodFile = async (path: string): Promise<void> => {
  const { cache, close } = await openAt(path)
  for (let index = 0; index < 200; index++) cache.put(entryWith({ key: `key-${index}`, value: randomBytes(3_000) }))
  await close()
}

const change = async (path: string, at: number, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, 'r+')
  await file.write(bytes, 0, bytes.length, at)
  await file.close()
}

const withDatabase = (path: string, work: (database: Database.Database) => void): void => {
  const database = new Database(path)
  work(database)
  database.close()
}

/** Does the work as a user who may do nothing but use these folders; root may do anything. */
const asNobody = async (folders: readonly string[], work: () => Promise<void>): Promise<void> => {
  for (const folder of folders) await chmod(folder, 0o777)
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

const broken: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'cut within its first page': async (path) => {
    await goodFile(path)
    await truncate(path, 5_000)
  },
  'whose header is overwritten': async (path) => {
    await goodFile(path)
    await change(path, 0, randomBytes(100))
  },
  'of random bytes': (path) => writeFile(path, randomBytes(100_000)),
  'of a few bytes': (path) => writeFile(path, 'no database'),
  'of another program': async (path) =>
    withDatabase(path, (database) => database.exec('CREATE TABLE theirs (id INTEGER PRIMARY KEY)')),
  'of a newer version': async (path) => {
    await goodFile(path)
    withDatabase(path, (database) => database.pragma('user_version = 99'))
  },
  'whose tables are gone': async (path) => {
    await goodFile(path)
    withDatabase(path, (database) => database.exec('DROP TABLE contents'))
  },
  'that is a folder': (path) => mkdir(path).then(() => {}),
}

describe('a file of kept answers that cannot be used', () => {
  for (const [which, make] of Object.entries(broken))
    it(`is set aside and told of: one ${which}`, () =>
      inFolder(async (folder) => {
        const path = join(folder, 'answers.db')
        await make(path)
        const before = (await stat(path)).size
        const { cache, warnings, close } = await openAt(path)
        assert.equal(warnings.length, 1, JSON.stringify(warnings))
        assert.match(warnings[0]?.message ?? '', /set aside/)
        const aside = String(warnings[0]?.facts.setAside)
        assert.match(aside, /answers\.db\.broken-/)
        assert.equal((await stat(aside)).size, before)
        cache.put(entryWith())
        await mustFind(cache, 'key-one')
        await close()
        assert.deepEqual((await readdir(folder)).length, 2)
        const again = await openAt(path)
        await mustFind(again.cache, 'key-one')
        assert.deepEqual(again.warnings, [])
        await again.close()
      }))

  it('is set aside once when several find it at the same time', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      await writeFile(path, randomBytes(50_000))
      const opened = await Promise.all([1, 2, 3, 4].map(() => openAt(path)))
      opened[0]?.cache.put(entryWith())
      for (const { cache } of opened) await mustFind(cache, 'key-one')
      for (const { close } of opened) await close()
      assert.ok(opened.flatMap(({ warnings }) => warnings).every(({ message }) => message.includes('set aside')))
      const aside = (await readdir(folder)).filter((name) => /\.broken-.*Z$/.test(name))
      assert.equal(aside.length, 1, String(aside))
    }))

  it('leaves answers in memory where it cannot be made', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '')
      for (const path of [join(folder, 'file', 'answers.db'), '/proc/self/answers.db', '/dev/null/x/answers.db']) {
        const { cache, warnings, close } = await openAnswers({ disk: { path, mostBytes: mebibyte } })
        assert.equal(warnings.length, 1)
        assert.match(warnings[0]?.message ?? '', /in memory only/)
        cache.put(entryWith())
        assert.ok(cache.find('key-one', 'team:shop'))
        assert.equal(await cache.find('other', 'team:shop'), undefined)
        await assert.rejects(cache.purge({}), { code: 'store_unavailable' })
        assert.equal(await cache.find('key-one', 'team:shop'), undefined, 'it is purged in memory all the same')
        await close()
      }
    }))

  it('is set aside when this user may not use it, or left alone where that may not be either', () =>
    inFolder(async (folder) => {
      for (const mode of [0o000, 0o444]) {
        const path = join(folder, String(mode), 'answers.db')
        await goodFile(path)
        await chmod(path, mode)
        await asNobody([folder, join(folder, String(mode))], async () => {
          const { cache, warnings, close } = await openAt(path)
          assert.match(warnings[0]?.message ?? '', /set aside/)
          cache.put(entryWith())
          await mustFind(cache, 'key-one')
          await close()
        })
      }
      const path = join(folder, 'closed', 'answers.db')
      await goodFile(path)
      await chmod(path, 0)
      await asNobody([folder], async () => {
        await chmod(join(folder, 'closed'), 0o555).catch(() => {})
        const { warnings, close } = await openAt(path)
        assert.match(warnings[0]?.message ?? '', /in memory only/)
        await close()
      })
      await chmod(join(folder, 'closed'), 0o755)
      assert.deepEqual(await readdir(join(folder, 'closed')), ['answers.db'])
    }))

  it('is not touched when it is the store of limits and budgets', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'tollgate.db')
      const store = await createSqliteStore(path)
      const { cache, warnings, close } = await openAt(path)
      assert.equal(warnings.length, 1)
      cache.put(entryWith())
      assert.equal(await cache.find('key-one', 'team:shop'), undefined)
      await close()
      assert.deepEqual(await store.control.changes(0), [])
      await store.close()
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.includes('broken')),
        [],
      )
    }))
})

describe('a file of kept answers that breaks while it is used', () => {
  it('is set aside with one warning, and answers are kept in memory', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      await goodFile(path)
      const { cache, warnings, close } = await openAnswers({
        memoryBytes: mebibyte,
        disk: { path, mostBytes: 32 * mebibyte },
      })
      const { size } = await stat(path)
      await change(path, 8_192, randomBytes(size - 8_192))
      for (let turn = 0; turn < 50; turn++) {
        cache.put(entryWith({ key: `new-${turn}`, value: randomBytes(2_000) }))
        await Promise.all([0, 1, 2, 3].map((index) => cache.find(`key-${turn * 4 + index}`, 'team:shop')))
        await cache.similar('frame', 'team:shop')
      }
      await holds(() => warnings.some(({ message }) => message.includes('any more')))
      assert.equal(warnings.filter(({ message }) => message.includes('any more')).length, 1)
      assert.ok(cache.find('new-49', 'team:shop'))
      assert.equal(await cache.purge({ key: 'new-49' }), 1)
      await close()
      const aside = (await readdir(folder)).filter((name) => /broken-[^-]+-\d\d-\d\dT[\d-]+\.\d+Z$/.test(name))
      assert.equal(aside.length, 1, `${await readdir(folder)}`)
      const next = await openAt(path)
      assert.deepEqual(next.warnings, [])
      next.cache.put(entryWith())
      await mustFind(next.cache, 'key-one')
      await next.close()
    }))

  it('fails nobody whatever bytes of it change', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      await goodFile(path)
      const whole = await readFile(path)
      for (let turn = 0; turn < 25; turn++) {
        const changed = Buffer.from(whole)
        for (let flip = 0; flip < 40; flip++) changed[Math.floor(Math.random() * changed.length)] = Math.random() * 256
        await writeFile(path, changed)
        const { cache, close } = await openAt(path)
        for (let index = 0; index < 200; index += 9) {
          const found = await cache.find(`key-${index}`, 'team:shop')
          if (found) assert.ok(whole.includes(found.value), 'it is what was put')
        }
        cache.put(entryWith())
        await cache.find('key-one', 'team:shop')
        await cache.purge({}).catch((thrown) => assert.equal(thrown.code, 'store_unavailable'))
        await close()
      }
    }))
})
