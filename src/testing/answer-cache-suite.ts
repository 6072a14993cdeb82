import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CacheFilter } from '../stores/store.ts'
import { answerCacheModel } from './answer-cache-model.ts'
import { type AnswersUnderTest, entryWith, holds, mustFind, plainEntry, someTime } from './answer-cache-parts.ts'
import { hostileNames } from './control-store-suite.ts'

type Check = (behaviour: string, body: (opened: AnswersUnderTest) => Promise<void>) => void

/** What every answer cache does, checked. */
export const answerCacheSuite = (name: string, open: () => Promise<AnswersUnderTest>): void => {
  const check: Check = (behaviour, body) => {
    it(behaviour, async () => {
      const opened = await open()
      try {
        await body(opened)
      } finally {
        await opened.close()
      }
    })
  }
  describe(`${name}: keeping`, () => keeping(check))
  describe(`${name}: purging`, () => purging(check))
  describe(`${name}: comparing`, () => comparing(check))
  describe(`${name}: against a model`, () => answerCacheModel(check))
}

const keeping = (check: Check): void => {
  check('gives what was put, all of it', async ({ cache }) => {
    const entry = entryWith({
      tags: { app: 'checkout', 'a=b': '1' },
      likeness: { frame: 'frame', text: 'Where is my “parcel”? 📦', vector: new Float32Array([0.5, -1, 1e-7]) },
    })
    cache.put(entry)
    assert.deepEqual(plainEntry(await mustFind(cache, entry.key)), plainEntry(entry))
    assert.equal(await cache.find('another', entry.scope), undefined)
  })

  check('gives values of any size', async ({ cache }) => {
    for (const size of [0, 1, 2_000, 70_000, 300_000]) {
      const value = new Uint8Array(size).map((_, index) => (index * 31 + size) & 255)
      cache.put(entryWith({ key: `of ${size}`, value }))
      assert.deepEqual((await mustFind(cache, `of ${size}`)).value, value)
    }
  })

  check('gives the newer one of a key', async ({ cache }) => {
    for (const text of ['old', 'older', 'new']) cache.put(entryWith({ value: Buffer.from(text) }))
    assert.equal(Buffer.from((await mustFind(cache, 'key-one')).value).toString(), 'new')
  })

  check('gives nothing of another scope, and warns of it', async ({ cache, warnings }) => {
    cache.put(entryWith())
    await mustFind(cache, 'key-one')
    await holds(async () => {
      assert.equal(await cache.find('key-one', 'team:other'), undefined)
      return warnings.length > 0
    })
    assert.equal(warnings[0]?.facts.event, 'cache_scope_mismatch')
    assert.ok(!JSON.stringify(warnings).includes('the answer'))
  })

  check('gives what has not expired, to the millisecond', async ({ cache, clock }) => {
    cache.put(entryWith({ expiresAt: someTime + 1_000 }))
    clock.now = someTime + 999
    await mustFind(cache, 'key-one')
    clock.now = someTime + 1_000
    assert.equal(await cache.find('key-one', 'team:shop'), undefined)
    clock.now = someTime
    cache.put(entryWith({ key: 'too-late', expiresAt: someTime }))
    assert.equal(await cache.find('too-late', 'team:shop'), undefined)
  })

  check('is not changed by who put or found it', async ({ cache }) => {
    const value = Buffer.from('as it was')
    cache.put(entryWith({ value }))
    value.fill(0)
    const found = await mustFind(cache, 'key-one')
    assert.equal(Buffer.from(found.value).toString(), 'as it was')
    found.value.fill(0)
    assert.equal(Buffer.from((await mustFind(cache, 'key-one')).value).toString(), 'as it was')
  })

  check('takes any name for a name', async ({ cache }) => {
    for (const name of hostileNames) cache.put(entryWith({ key: `k${name}`, scope: name, tags: { [name]: name } }))
    for (const name of hostileNames) assert.equal((await mustFind(cache, `k${name}`, name)).scope, name)
    for (const name of hostileNames) assert.equal(await cache.purge({ tag: `${name}=${name}` }), 1)
  })

  check('gives nothing once it is closed, and fails nobody', async ({ cache }) => {
    await cache.close()
    cache.put(entryWith())
    assert.equal(await cache.find('key-one', 'team:shop'), undefined)
    assert.deepEqual(await cache.similar('frame', 'team:shop'), [])
    await cache.close()
  })
}

const all: readonly [CacheFilter, readonly string[]][] = [
  [{ key: 'a' }, ['a']],
  [{ scope: 'team:one' }, ['a', 'b']],
  [{ owner: 'vk_x' }, ['a', 'c']],
  [{ model: 'slow' }, ['b', 'd']],
  [{ tag: 'app=web' }, ['a', 'd']],
  [{ scope: 'team:one', owner: 'vk_x' }, ['a']],
  [{ scope: 'team:one', owner: 'vk_x', model: 'slow' }, []],
  [{ key: 'a', tag: 'app=web', scope: 'team:one', owner: 'vk_x', model: 'fast' }, ['a']],
  [{ key: 'a', scope: 'team:two' }, []],
  [{ tag: 'app' }, []],
  [{}, ['a', 'b', 'c', 'd']],
]

const fourEntries = [
  entryWith({ key: 'a', scope: 'team:one', owner: 'vk_x', model: 'fast', tags: { app: 'web', page: '1' } }),
  entryWith({ key: 'b', scope: 'team:one', owner: 'vk_y', model: 'slow', tags: { app: 'mobile' } }),
  entryWith({ key: 'c', scope: 'team:two', owner: 'vk_x', model: 'fast' }),
  entryWith({ key: 'd', scope: 'team:two', owner: 'vk_y', model: 'slow', tags: { app: 'web' } }),
]

const purging = (check: Check): void => {
  check('takes those to which all of a filter applies, and counts them', async ({ cache }) => {
    for (const [filter, gone] of all) {
      for (const entry of fourEntries) cache.put(entry)
      assert.equal(await cache.purge(filter), gone.length, JSON.stringify(filter))
      for (const { key, scope } of fourEntries)
        if (gone.includes(key)) assert.equal(await cache.find(key, scope), undefined, JSON.stringify([filter, key]))
        else await mustFind(cache, key, scope)
    }
  })

  check('tells which are gone', async ({ cache }) => {
    const gone = new Set<string>()
    cache.listen((keys) => {
      for (const key of keys ?? ['unknown']) gone.add(key)
    })
    for (const entry of fourEntries) cache.put(entry)
    await cache.purge({ scope: 'team:two' })
    assert.deepEqual([...gone].sort(), ['c', 'd'])
  })

  check('lets the same be put again', async ({ cache }) => {
    cache.put(entryWith())
    await cache.purge({})
    assert.equal(await cache.purge({}), 0)
    cache.put(entryWith({ value: Buffer.from('again') }))
    assert.equal(Buffer.from((await mustFind(cache, 'key-one')).value).toString(), 'again')
  })

  check('has its effect at once, whatever was asked for before', async ({ cache }) => {
    for (let turn = 0; turn < 20; turn++) {
      cache.put(entryWith())
      const before = cache.find('key-one', 'team:shop')
      const purged = cache.purge({ scope: 'team:shop' })
      assert.equal(await cache.find('key-one', 'team:shop'), undefined)
      await Promise.all([before, purged])
      assert.equal(await cache.find('key-one', 'team:shop'), undefined)
    }
  })

  check('leaves nothing in the figures', async ({ cache }) => {
    for (const entry of fourEntries) cache.put(entry)
    const { memory } = cache.standing()
    assert.ok(memory.bytes <= memory.mostBytes)
    await cache.purge({})
    assert.equal(cache.standing().memory.entries, 0)
    await holds(() => (cache.standing().disk?.entries ?? 0) === 0)
  })
}

const likeness = (frame: string, text: string) => ({ frame, text, vector: new Float32Array([text.length, 1, 0]) })

const comparing = (check: Check): void => {
  check('gives all of a frame, each once, and nothing else', async ({ cache }) => {
    cache.put(entryWith({ key: 'a', likeness: likeness('frame', 'one') }))
    cache.put(entryWith({ key: 'b', likeness: likeness('frame', 'two') }))
    cache.put(entryWith({ key: 'c', likeness: likeness('other', 'three') }))
    cache.put(entryWith({ key: 'd', scope: 'team:other', likeness: likeness('frame', 'four') }))
    cache.put(entryWith({ key: 'e' }))
    await mustFind(cache, 'a')
    const found = await cache.similar('frame', 'team:shop')
    assert.deepEqual(found.map(({ key, text, vector, expiresAt }) => [key, text, [...vector], expiresAt]).sort(), [
      ['a', 'one', [3, 1, 0], someTime + 120_000],
      ['b', 'two', [3, 1, 0], someTime + 120_000],
    ])
  })

  check('forgets what was purged, replaced or has expired', async ({ cache, clock }) => {
    cache.put(entryWith({ key: 'purged', likeness: likeness('frame', 'one') }))
    cache.put(entryWith({ key: 'replaced', likeness: likeness('frame', 'two') }))
    cache.put(entryWith({ key: 'expired', likeness: likeness('frame', 'three'), expiresAt: someTime + 10 }))
    cache.put(entryWith({ key: 'left', likeness: likeness('frame', 'four') }))
    await cache.purge({ key: 'purged' })
    cache.put(entryWith({ key: 'replaced' }))
    clock.now += 10
    assert.deepEqual(
      (await cache.similar('frame', 'team:shop')).map(({ key }) => key),
      ['left'],
    )
  })
}
