import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import {
  entryWith,
  holds,
  inFolder,
  mustFind,
  openAnswers,
  plainEntry,
  someTime,
} from '../../testing/answer-cache-parts.ts'

const mebibyte = 1_048_576
const keyOf = (id: string) => ({ id, key: new Uint8Array(32).fill(id.charCodeAt(0)) })
const vector = new Float32Array([0.25, 0.5])

const openDisk = (path: string, options: Parameters<typeof openAnswers>[0] = {}, mostBytes = 32 * mebibyte) =>
  openAnswers({ memoryBytes: 0, ...options, disk: { path, mostBytes } })

/** Everything that stands in the files of a folder. */
const bytesIn = async (folder: string): Promise<Buffer> =>
  Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))))

describe('answers on disk', () => {
  it('are there again after a restart, with what they are compared by', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'deeper', 'answers.db')
      const entry = entryWith({ likeness: { frame: 'frame', text: 'Which?', vector } })
      const first = await openDisk(path)
      first.cache.put(entry)
      await first.close()
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      const { cache, close } = await openDisk(path)
      assert.equal(cache.standing().disk?.entries, 1)
      assert.deepEqual(await cache.similar('frame', 'team:shop'), [
        { key: 'key-one', text: 'Which?', vector, expiresAt: entry.expiresAt },
      ])
      assert.deepEqual(plainEntry(await mustFind(cache, 'key-one')), plainEntry(entry))
      await close()
    }))

  it('come into memory when they are found, and are then given without waiting', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const first = await openDisk(path)
      first.cache.put(entryWith())
      await first.close()
      const { cache, close } = await openDisk(path, { memoryBytes: mebibyte })
      assert.ok(cache.find('key-one', 'team:shop') instanceof Promise)
      await mustFind(cache, 'key-one')
      assert.ok(!(cache.find('key-one', 'team:shop') instanceof Promise))
      await close()
    }))

  it('go when they have expired, also where nobody looks for them', () =>
    inFolder(async (folder) => {
      const { cache, clock, close } = await openDisk(join(folder, 'answers.db'))
      const gone: string[] = []
      cache.listen((keys) => gone.push(...(keys ?? [])))
      for (let index = 0; index < 500; index++)
        cache.put(entryWith({ key: `key-${index}`, expiresAt: someTime + 10 + index }))
      await holds(() => cache.standing().disk?.entries === 500)
      clock.now += 600
      await holds(() => cache.standing().disk?.entries === 0)
      await holds(() => new Set(gone).size === 500)
      await close()
    }))

  it('stay within their bound, and the least recently used go first', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const { cache, clock, close } = await openDisk(path, {}, 2 * mebibyte)
      const gone = new Set<string>()
      cache.listen((keys) => keys?.forEach((key) => void gone.add(key)))
      cache.put(entryWith({ key: 'used' }))
      for (let index = 0; index < 4_000; index++) {
        clock.now++
        cache.put(entryWith({ key: `key-${index}`, value: new Uint8Array(2_000) }))
        if (index % 100 === 0) await mustFind(cache, 'used')
        if (index % 100 === 50) await holds(() => cache.find('used', 'team:shop') !== undefined)
      }
      await mustFind(cache, 'key-3999')
      await holds(() => (cache.standing().disk?.entries ?? 0) > 300)
      const { bytes, entries } = cache.standing().disk ?? { bytes: 0, entries: 0 }
      assert.ok(bytes <= 2 * mebibyte && entries < 1_000, `${entries} entries, ${bytes} bytes`)
      assert.ok(gone.has('key-0') && !gone.has('key-3999'))
      assert.ok(!gone.has('used'), 'what is used stays')
      await close()
      assert.ok((await stat(path)).size <= 2.5 * mebibyte, `${(await stat(path)).size} bytes`)
    }))

  it('make the file smaller when they may take less', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const first = await openDisk(path)
      for (let index = 0; index < 300; index++)
        first.cache.put(entryWith({ key: `key-${index}`, value: new Uint8Array(20_000) }))
      await first.close()
      assert.ok((await stat(path)).size > 5 * mebibyte)
      const { cache, close } = await openDisk(path, {}, 2 * mebibyte)
      cache.put(entryWith({ key: 'new' }))
      await holds(async () => (cache.standing().disk?.bytes ?? 0) <= 2 * mebibyte)
      await holds(async () => {
        await cache.purge({ key: 'none' })
        return (await stat(path)).size <= 2.5 * mebibyte
      })
      await mustFind(cache, 'key-299')
      await close()
    }))

  it('are left out when they come faster than they can be written, and nobody waits', () =>
    inFolder(async (folder) => {
      const { cache, close } = await openDisk(join(folder, 'answers.db'))
      const value = new Uint8Array(1_000_000)
      for (let index = 0; index < 60; index++) cache.put(entryWith({ key: `key-${index}`, value }))
      const { dropped = 0 } = cache.standing().disk ?? {}
      assert.ok(dropped >= 50 && dropped < 60, `${dropped} left out`)
      await mustFind(cache, 'key-0')
      cache.put(entryWith({ key: 'small' }))
      await mustFind(cache, 'small')
      await close()
    }))

  it('count as not there when the disk is late', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const { cache, close } = await openDisk(path)
      cache.put(entryWith())
      await mustFind(cache, 'key-one')
      const other = new Database(path)
      other.exec('BEGIN IMMEDIATE')
      cache.put(entryWith({ key: 'waits' }))
      const started = performance.now()
      assert.equal(await cache.find('waits', 'team:shop'), undefined)
      assert.ok(performance.now() - started < 200)
      other.exec('ROLLBACK')
      other.close()
      await mustFind(cache, 'key-one')
      await close()
    }))
})

const secretText = 'the secret words of a prompt'

const secretEntry = entryWith({
  key: 'readable-key',
  scope: 'team:readable-scope',
  model: 'readable-model',
  owner: 'readable-owner',
  tags: { readable: 'tag' },
  value: Buffer.from(secretText),
  likeness: { frame: 'readable-frame', text: secretText, vector: new Float32Array(16).fill(0.123) },
})
const readable = [
  ...'readable-key readable-scope readable-model readable-owner readable-frame readable'.split(' '),
  secretText,
]

describe('answers that are encrypted on disk', () => {
  it('leave nothing readable in any file, also not what they purge', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const { cache, close } = await openDisk(path, { keys: [keyOf('a')] })
      cache.put(secretEntry)
      await mustFind(cache, 'readable-key', 'team:readable-scope')
      await cache.purge({ scope: 'team:readable-none', owner: 'readable-owner' })
      const bytes = await bytesIn(folder)
      assert.ok(bytes.length > 50_000)
      for (const text of [...readable, Buffer.from(new Float32Array(4).fill(0.123).buffer)])
        assert.ok(!bytes.includes(text), `${text} does not stand there`)
      await close()
      const closed = await bytesIn(folder)
      for (const text of readable) assert.ok(!closed.includes(text), `${text} does not stand there`)
    }))

  it('are readable where no key is given, so that the test before means something', () =>
    inFolder(async (folder) => {
      const { cache, close } = await openDisk(join(folder, 'answers.db'))
      cache.put(secretEntry)
      await close()
      assert.ok((await bytesIn(folder)).includes(secretText))
      assert.equal(await cache.find('readable-key', 'team:readable-scope'), undefined)
    }))

  it('are given with every key that is known, and purged by all of them', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const put = async (ids: string, key: string): Promise<void> => {
        const { cache, close } = await openDisk(path, { keys: [...ids].map(keyOf) })
        cache.put(entryWith({ key, likeness: { frame: 'frame', text: key, vector } }))
        await close()
      }
      await put('a', 'old')
      await put('ba', 'new')
      const both = await openDisk(path, { keys: [...'ba'].map(keyOf) })
      await mustFind(both.cache, 'old')
      await mustFind(both.cache, 'new')
      const texts = (await both.cache.similar('frame', 'team:shop')).map(({ text }) => text)
      assert.deepEqual(texts.sort(), ['new', 'old'])
      await both.close()
      const later = await openDisk(path, { keys: [keyOf('b')] })
      await mustFind(later.cache, 'new')
      assert.equal(await later.cache.find('old', 'team:shop'), undefined)
      await later.close()
      const last = await openDisk(path, { keys: [...'ba'].map(keyOf) })
      assert.equal(await last.cache.purge({ scope: 'team:shop' }), 2)
      await last.close()
    }))

  it('are replaced under the new key', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const first = await openDisk(path, { keys: [keyOf('a')] })
      first.cache.put(entryWith({ value: Buffer.from('old') }))
      await first.close()
      const { cache, close } = await openDisk(path, { keys: [...'ba'].map(keyOf) })
      cache.put(entryWith({ value: Buffer.from('new') }))
      assert.equal(Buffer.from((await mustFind(cache, 'key-one')).value).toString(), 'new')
      await holds(() => cache.standing().disk?.entries === 1)
      await close()
    }))

  it('take away what was written before there were keys', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const plain = await openDisk(path)
      plain.cache.put(secretEntry)
      await plain.close()
      const { cache, close } = await openDisk(path, { keys: [keyOf('a')] })
      assert.equal(await cache.find('readable-key', 'team:readable-scope'), undefined)
      await holds(() => cache.standing().disk?.entries === 0)
      await close()
      assert.ok(!(await bytesIn(folder)).includes(secretText))
    }))

  it('are not given under a key of the same name that is another one', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'answers.db')
      const first = await openDisk(path, { keys: [keyOf('a')] })
      first.cache.put(entryWith())
      await first.close()
      const { cache, warnings, close } = await openDisk(path, { keys: [{ id: 'a', key: new Uint8Array(32).fill(9) }] })
      assert.equal(await cache.find('key-one', 'team:shop'), undefined)
      assert.deepEqual(warnings, [])
      await close()
    }))
})

describe('answers that were changed on disk', () => {
  for (const keys of [undefined, [keyOf('a')]]) {
    const how = keys ? 'encrypted' : 'plain'
    const change = (statement: string, told: boolean) =>
      inFolder(async (folder) => {
        const path = join(folder, 'answers.db')
        const { cache, warnings, close } = await openDisk(path, { keys })
        cache.put(entryWith({ key: 'a', scope: 'team:a', likeness: { frame: 'frame', text: 'one', vector } }))
        cache.put(entryWith({ key: 'b', scope: 'team:b' }))
        await mustFind(cache, 'b', 'team:b')
        const other = new Database(path)
        assert.ok(other.prepare(statement).run().changes > 0)
        other.close()
        assert.equal(await cache.find('a', 'team:a'), undefined)
        assert.equal(await cache.find('a', 'team:b'), undefined)
        if (told) await holds(() => warnings.length > 0)
        await mustFind(cache, 'b', 'team:b')
        await close()
      })
    const damaged = (column: string, at: number) =>
      `SET ${column} = CAST(substr(${column}, 1, ${at}) || x'00ff00' || substr(${column}, ${at + 4}) AS BLOB)`

    for (const at of [2, 20, 40, 80])
      it(`are not given with bytes flipped at ${at}, ${how}`, () =>
        change(`UPDATE contents ${damaged('sealed', at)} WHERE id = 1`, true))
    it(`are not given when the vector is damaged, ${how}`, () =>
      change(`UPDATE likenesses ${damaged('sealed', 60)} WHERE id = 1`, true))
    it(`are not given cut, ${how}`, () =>
      change('UPDATE contents SET sealed = substr(sealed, 1, 50) WHERE id = 1', true))
    it(`are not given empty, ${how}`, () => change(`UPDATE contents SET sealed = x'' WHERE id = 1`, true))
    it(`are not given to another scope by its name, ${how}`, () =>
      change('UPDATE entries SET scope = (SELECT scope FROM entries WHERE id = 2) WHERE id = 1', true))
    it(`are not given in place of another one, ${how}`, () =>
      change('UPDATE contents SET sealed = (SELECT sealed FROM contents WHERE id = 2) WHERE id = 1', true))
    it(`are not given with their content gone, ${how}`, () => change('DELETE FROM contents WHERE id = 1', true))
    it(`are not given for longer than they were made for, ${how}`, () =>
      inFolder(async (folder) => {
        const path = join(folder, 'answers.db')
        const { cache, clock, close } = await openDisk(path, { keys })
        cache.put(entryWith({ expiresAt: someTime + 10 }))
        await mustFind(cache, 'key-one')
        const other = new Database(path)
        other.exec('UPDATE entries SET expires_at = expires_at + 1000000')
        other.close()
        clock.now += 10
        assert.equal(await cache.find('key-one', 'team:shop'), undefined)
        await close()
      }))
  }
})
