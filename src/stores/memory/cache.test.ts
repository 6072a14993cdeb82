import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { entryWith, plainEntry, someTime } from '../../testing/answer-cache-parts.ts'
import { createMemoryCache, type MemoryCache } from './cache.ts'
import { entryOf } from './cache-record.ts'

const open = (mostBytes: number) => {
  const dropped: string[] = []
  const replaced: string[] = []
  const cache = createMemoryCache({
    mostBytes,
    dropped: (key) => dropped.push(key),
    replaced: (key) => replaced.push(key),
  })
  return { cache, dropped, replaced }
}

const putOne = (cache: MemoryCache, key: string, size = 100): boolean =>
  cache.put(entryWith({ key, value: new Uint8Array(size) }), someTime)

const keysOf = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `key-${index}`)

describe('answers in memory', () => {
  it('never take more than they may, whatever their size', () => {
    const { cache } = open(200_000)
    for (const [index, key] of keysOf(2_000).entries()) {
      putOne(cache, key, (index * 997) % 20_000)
      const { bytes, mostBytes } = cache.standing()
      assert.ok(bytes <= mostBytes, `${bytes} bytes`)
    }
    assert.ok(cache.standing().entries > 5)
  })

  it('use most of what they may, small or large', () => {
    for (const size of [0, 100, 2_000, 10_000]) {
      const { cache } = open(1_000_000)
      for (const key of keysOf(2_000)) putOne(cache, key, size)
      assert.ok(cache.standing().bytes > 800_000, `${cache.standing().bytes} bytes of entries of ${size}`)
    }
  })

  it('let the oldest go, and tell of it', () => {
    const { cache, dropped } = open(100_000)
    const keys = keysOf(500)
    for (const key of keys) putOne(cache, key)
    const left = keys.filter((key) => cache.find(key, someTime))
    assert.ok(left.length > 50)
    assert.deepEqual(left, keys.slice(-left.length))
    assert.deepEqual(dropped, keys.slice(0, -left.length))
  })

  it('keep what is used, however much comes', () => {
    const { cache } = open(100_000)
    putOne(cache, 'used')
    for (const key of keysOf(2_000)) {
      putOne(cache, key)
      assert.ok(cache.find('used', someTime), `still there after ${key}`)
    }
  })

  it('let go of something also when everything is used', () => {
    const { cache } = open(100_000)
    const keys = keysOf(3_000)
    for (const key of keys) {
      assert.ok(putOne(cache, key))
      for (const used of keys.slice(0, 200)) cache.find(used, someTime)
    }
    assert.ok(cache.find('key-2999', someTime))
    assert.ok(cache.standing().bytes <= 100_000)
  })

  it('refuse one that is larger than an eighth, and forget the older one', () => {
    const { cache, replaced } = open(100_000)
    assert.ok(putOne(cache, 'key', 10_000))
    assert.ok(!putOne(cache, 'key', 12_500))
    assert.equal(cache.find('key', someTime), undefined)
    assert.deepEqual(replaced, ['key'])
    assert.ok(!putOne(open(0).cache, 'key', 0))
  })

  it('drop what has expired when nobody looks for it', () => {
    const { cache, dropped } = open(1_000_000)
    for (const key of keysOf(200)) cache.put(entryWith({ key, expiresAt: someTime + 10 }), someTime)
    for (let turn = 0; turn < 64; turn++) cache.sweep(someTime + 9)
    assert.equal(cache.standing().entries, 200)
    for (let turn = 0; turn < 64; turn++) cache.sweep(someTime + 10)
    assert.equal(cache.standing().entries, 0)
    assert.equal(dropped.length, 200)
  })

  it('give back what they took when everything is purged', () => {
    const { cache } = open(1_000_000)
    for (const key of keysOf(200)) putOne(cache, key, 2_000)
    assert.equal(cache.purge({}).length, 200)
    assert.ok(cache.standing().bytes <= 62_500)
  })

  it('give exactly what was put last, whatever was put, used and dropped', () => {
    const step = fc.record({
      key: fc.nat({ max: 40 }),
      size: fc.constantFrom(0, 1, 50, 400, 900, 3_000),
      fill: fc.nat({ max: 255 }),
      isPut: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.constantFrom(12_000, 30_000, 60_000), (steps, mostBytes) => {
        const { cache } = open(mostBytes)
        const last = new Map<string, ReturnType<typeof entryWith>>()
        for (const { key, size, fill, isPut } of steps) {
          const name = `key-${key}`
          const entry = entryWith({ key: name, value: new Uint8Array(size).fill(fill) })
          if (isPut) {
            cache.put(entry, someTime)
            last.set(name, entry)
          }
          const found = cache.find(name, someTime)
          if (found) assert.deepEqual(plainEntry(entryOf(found)), plainEntry(last.get(name)))
          assert.ok(cache.standing().bytes <= mostBytes)
        }
        const { entries } = cache.standing()
        assert.equal(cache.purge({}).length, entries)
        assert.equal(cache.standing().entries, 0)
      }),
      { numRuns: 200 },
    )
  })
})
