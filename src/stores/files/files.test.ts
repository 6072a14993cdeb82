import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { fileStoreSuite } from '../../testing/file-store-suite.ts'
import type { FileFacts } from '../file-store.ts'
import { createMemoryStore } from '../memory/index.ts'
import { createFiles } from './index.ts'

interface Opened extends AsyncDisposable {
  readonly folder: string
  readonly clock: { now: number }
  open(): ReturnType<typeof createFiles>
}

const openFolder = async (): Promise<Opened> => {
  const parent = await mkdtemp(join(tmpdir(), 'tollgate-files-'))
  const folder = join(parent, 'tollgate.db-files')
  const clock = { now: Date.now() }
  return {
    folder,
    clock,
    open: () => createFiles({ folder, now: () => clock.now }),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  }
}

fileStoreSuite('A folder', async () => {
  const opened = await openFolder()
  return {
    one: opened.open(),
    other: opened.open(),
    pass: (ms) => {
      opened.clock.now += ms
    },
    close: async () => {
      await opened[Symbol.asyncDispose]()
    },
  }
})

const facts: FileFacts = {
  owner: 'key:web',
  name: 'a',
  contentType: 'text/plain',
  purpose: 'batch',
  expiresAt: undefined,
}
const everything = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

describe('a folder of files', () => {
  it('is for this user alone, and so is all in it', async () => {
    await using opened = await openFolder()
    await opened.open().add({ ...facts, expiresAt: opened.clock.now + 1_000 }, Buffer.from('secret'), 10)
    assert.equal((await stat(opened.folder)).mode & 0o077, 0)
    for (const file of await everything(opened.folder)) assert.equal((await stat(file)).mode & 0o077, 0, file)
  })

  it('holds nothing of an upload that failed', async () => {
    await using opened = await openFolder()
    const source = Readable.from([Buffer.alloc(70_000), Buffer.alloc(70_000)])
    await assert.rejects(opened.open().add(facts, source, 100_000), { code: 'too_large' })
    assert.deepEqual(await everything(opened.folder), [])
  })

  it('loses what was left by uploads that broke off, and nothing of those under way', async () => {
    await using opened = await openFolder()
    const files = opened.open()
    await mkdir(join(opened.folder, 'incoming'), { recursive: true })
    await writeFile(join(opened.folder, 'incoming', 'of-a-process-that-died'), 'half')
    assert.equal(await files.tidy(), 0)
    opened.clock.now += 2 * 3_600_000
    assert.equal(await files.tidy(), 1)
    assert.deepEqual(await everything(opened.folder), [])
  })

  it('is no place for what others put there', async () => {
    await using opened = await openFolder()
    const files = opened.open()
    const { id } = await files.add(facts, Buffer.from('words'), 10)
    const place = join(opened.folder, id.slice(5, 9))
    const strange = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
    await writeFile(join(place, strange), 'not ours')
    await writeFile(join(place, 'notes.txt'), '')
    assert.equal(await files.find(strange), undefined)
    assert.equal((await files.list({ owner: 'key:web', limit: 10 })).length, 1)
  })

  it('of a store in memory goes with it', async () => {
    const before = new Set(await readdir(tmpdir()))
    const store = createMemoryStore()
    await store.files.add(facts, Buffer.from('words'), 10)
    const made = (await readdir(tmpdir())).filter((name) => /^tollgate-[\w-]{24}$/.test(name) && !before.has(name))
    assert.ok(made.length >= 1)
    await store.close()
    const left = new Set(await readdir(tmpdir()))
    assert.ok(made.some((name) => !left.has(name)))
  })
})
