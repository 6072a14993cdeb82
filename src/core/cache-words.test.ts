import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bothWishes, wishOfControl, wishOfWord, wishWithin } from './cache-words.ts'

test('cache-control is read for what is about answers, and passed over for the rest', () => {
  assert.deepEqual(wishOfControl('no-store'), { keep: false })
  assert.deepEqual(wishOfControl('No-Cache, max-age="60"'), { read: false, maxAgeMs: 60_000 })
  assert.deepEqual(wishOfControl('max-age=60, max-age=5'), { maxAgeMs: 5_000 })
  for (const value of ['', 'public', 'max-age=', 'max-age=-1', 'max-age=1e3', 'no-storeage'])
    assert.equal(wishOfControl(value), undefined, value)
})

test('our own word and the one of HTTP hold together', () => {
  assert.deepEqual(bothWishes(wishOfControl('max-age=1'), wishOfWord('read')), { maxAgeMs: 1_000, keep: false })
  assert.deepEqual(bothWishes(wishOfControl('no-cache'), wishOfWord('semantic')), { read: false, semantic: true })
  assert.equal(bothWishes(undefined, undefined), undefined)
})

test('nobody has more of memory than its key allows, and less where less is wished', () => {
  const wish = { semantic: true, maxAgeMs: 5 }
  assert.equal(wishWithin(wish, undefined), wish)
  assert.equal(wishWithin(wish, 'semantic'), wish)
  assert.equal(wishWithin(undefined, 'semantic'), undefined)
  assert.deepEqual(wishWithin(wish, 'exact'), { semantic: false, maxAgeMs: 5 })
  assert.deepEqual(wishWithin({ read: false }, 'exact'), { read: false, semantic: false })
  assert.deepEqual(wishWithin(undefined, 'exact'), { semantic: false })
  for (const each of [undefined, wish]) assert.deepEqual(wishWithin(each, 'off'), wishOfWord('off'))
})
