import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { entryWith, holds, inFolder, mustFind, openAnswers, someTime } from '../../testing/answer-cache-parts.ts'
import type { CacheEntry, CacheFilter } from '../store.ts'
import { createBatch } from './cache-batch.ts'
import { type CacheProcedures, openCacheDesk } from './cache-desk.ts'
import { firstPage } from './cache-reads.ts'

const mebibyte = 1_048_576
const keyOf = (id: string) => ({ id, key: new Uint8Array(32).fill(id.charCodeAt(0)) })

const openShared = (path: string, ids = '') =>
  openAnswers({
    memoryBytes: mebibyte,
    disk: { path, mostBytes: 32 * mebibyte },
    keys: ids === '' ? undefined : [...ids].map(keyOf),
  })

/** Two that share a file, as two processes do: each has a thread, a connection and a memory of its own. */
const inTwo = (
  work: (one: Awaited<ReturnType<typeof openShared>>, other: typeof one) => Promise<void>,
  [onesKeys, othersKeys] = ['', ''],
) =>
  inFolder(async (folder) => {
    const path = join(folder, 'answers.db')
    const [one, other] = [await openShared(path, onesKeys), await openShared(path, othersKeys)]
    try {
      await work(one, other)
    } finally {
      await one.close()
      await other.close()
    }
  })

describe('processes that share a file of kept answers', () => {
  it('give what the other one put', () =>
    inTwo(async (one, other) => {
      one.cache.put(entryWith())
      await mustFind(other.cache, 'key-one')
      assert.equal(other.cache.standing().memory.entries, 1)
    }))

  for (const [name, ids] of [
    ['plain', ['', '']],
    ['encrypted', ['a', 'a']],
    ['while their keys are exchanged', ['ba', 'ab']],
  ] as const)
    it(`give nothing that the other one purged, from a second later on: ${name}`, () =>
      inTwo(
        async (one, other) => {
          const gone: (readonly string[] | undefined)[] = []
          other.cache.listen((keys) => gone.push(keys))
          for (const key of ['a', 'b']) one.cache.put(entryWith({ key, owner: `vk_${key}` }))
          await mustFind(other.cache, 'a')
          await mustFind(other.cache, 'b')
          const started = performance.now()
          assert.equal(await one.cache.purge({ owner: 'vk_a' }), 1)
          await holds(async () => (await other.cache.find('a', 'team:shop')) === undefined, 4_000)
          assert.ok(performance.now() - started < 4_000)
          await mustFind(other.cache, 'b')
          assert.deepEqual(gone.at(-1), undefined)
          assert.equal(await one.cache.find('a', 'team:shop'), undefined)
        },
        [...ids] as [string, string],
      ))

  it('purge everything where they cannot read what the other one purged', () =>
    inTwo(
      async (one, other) => {
        other.cache.put(entryWith())
        assert.ok(other.cache.find('key-one', 'team:shop'))
        await one.cache.purge({ owner: 'vk_nobody' })
        await holds(() => other.cache.standing().memory.entries === 0)
      },
      ['a', 'b'],
    ))
})

/** What a thread does, without the thread: in a known order. */
const openDesk = (path: string, ids = '') => {
  const purged: CacheFilter[] = []
  const { procedures, close } = openCacheDesk(
    { role: 'cache', path, mostBytes: 32 * mebibyte, keys: [...ids].map(keyOf) },
    (name, value) => {
      if (name === 'cachePurged') purged.push(...(value as unknown as { filters: CacheFilter[] }).filters)
    },
  )
  return { procedures, purged, close }
}

const put = (procedures: CacheProcedures, seen: number, ...entries: readonly CacheEntry[]): number => {
  const batch = createBatch()
  for (const entry of entries) batch.add(entry)
  return procedures.put({ batch: batch.take(), used: [], stale: [], seen, now: someTime, entries: entries.length })
}

const find = (procedures: CacheProcedures, key: string) =>
  procedures.find({ key, scope: 'team:shop', now: someTime })?.kind

const purgeAll = (procedures: CacheProcedures, filter: CacheFilter): number => {
  const id = procedures.purge({ filter, now: someTime })
  while (!procedures.purgeStep(id).isDone);
  return id
}

const inDesks = (work: (one: ReturnType<typeof openDesk>, other: ReturnType<typeof openDesk>) => void, ids = '') =>
  inFolder(async (folder) => {
    const path = join(folder, 'answers.db')
    const [one, other] = [openDesk(path, ids), openDesk(path, ids)]
    try {
      work(one, other)
    } finally {
      one.close()
      other.close()
    }
  })

describe('a purge by one process', () => {
  for (const ids of ['', 'a']) {
    it(`keeps out what another one put before it knew of it${ids && ', encrypted'}`, () =>
      inDesks((one, other) => {
        const id = purgeAll(one.procedures, { owner: 'vk_one' })
        put(other.procedures, 0, entryWith({ key: 'before' }), entryWith({ key: 'not meant', owner: 'vk_two' }))
        assert.deepEqual(other.purged, [{ owner: 'vk_one' }])
        assert.equal(find(other.procedures, 'before'), undefined)
        assert.equal(find(one.procedures, 'before'), undefined)
        assert.equal(find(one.procedures, 'not meant'), 'found')
        put(other.procedures, id, entryWith({ key: 'after' }))
        assert.equal(find(one.procedures, 'after'), 'found')
      }, ids))

    it(`hides what it has not taken away yet${ids && ', encrypted'}`, () =>
      inDesks((one, other) => {
        const vector = new Float32Array([1])
        put(one.procedures, 0, entryWith({ likeness: { frame: 'frame', text: 'one', vector } }))
        const similar = ({ procedures }: typeof one): number =>
          procedures.similar({ frame: 'frame', scope: 'team:shop', from: firstPage, now: someTime }).entries.length
        assert.equal(find(other.procedures, 'key-one'), 'found')
        const id = one.procedures.purge({ filter: { model: 'fast' }, now: someTime })
        assert.equal(find(one.procedures, 'key-one'), undefined)
        assert.equal(similar(one), 0)
        other.procedures.tend({ now: someTime })
        assert.equal(find(other.procedures, 'key-one'), undefined)
        assert.equal(similar(other), 0)
        assert.deepEqual(one.procedures.purgeStep(id), { keys: ['key-one'], count: 1, isDone: true })
      }, ids))
  }

  it('is gone on with by the others when it dies before it is done', () =>
    inDesks((one, other) => {
      const entries = Array.from({ length: 3_000 }, (_, index) => entryWith({ key: `key-${index}` }))
      put(one.procedures, 0, ...entries)
      const id = one.procedures.purge({ filter: { key: undefined }, now: someTime })
      assert.equal(one.procedures.purgeStep(id).isDone, false)
      assert.equal(other.procedures.missing(entries.map(({ key }) => key)), 2_000)
      other.procedures.tend({ now: someTime + 9_000 })
      assert.equal(other.procedures.missing(entries.map(({ key }) => key)), 2_000)
      other.procedures.tend({ now: someTime + 20_000 })
      assert.equal(other.procedures.missing(entries.map(({ key }) => key)), 3_000)
    }))

  it('is heard of also by one that slept through very many', () =>
    inDesks((one, other) => {
      put(other.procedures, 0, entryWith())
      for (let index = 0; index < 700; index++) purgeAll(one.procedures, { key: `none-${index}` })
      put(other.procedures, 0, entryWith({ key: 'late' }))
      assert.equal(find(other.procedures, 'late'), undefined, 'it may have been meant')
      assert.equal(find(other.procedures, 'key-one'), 'found')
      assert.equal(other.purged.length, 700)
    }))
})
