import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFrames, type Kept } from './frames.ts'
import { embedNgrams } from './ngrams.ts'

const kept = (key: string, text: string): Kept => ({ key, text, vector: embedNgrams(text) })
const asked = embedNgrams('how do I reset my password')

test('a frame is loaded once, then what is added and taken away holds', async () => {
  let loads = 0
  const frames = createFrames({
    load: async () => {
      loads++
      return [kept('a', 'How do I reset my password?')]
    },
    now: () => 0,
  })
  const [frame, again] = await Promise.all([frames.open('f', 's'), frames.open('f', 's')])
  assert.equal(frame, again)
  assert.equal(loads, 1)
  assert.deepEqual(frame.search(asked, 3, 0.4), [{ key: 'a', text: 'How do I reset my password?' }])
  frame.add(kept('b', 'How can I reset my password?'))
  frames.forget(['a'])
  assert.deepEqual(
    frame.search(asked, 3, 0.4).map(({ key }) => key),
    ['b'],
  )
})

test('frames of one name in two scopes know nothing of each other', async () => {
  const frames = createFrames({ load: async (_, scope) => [kept(scope, 'How do I reset my password?')], now: () => 0 })
  for (const scope of ['red', 'blue'])
    assert.deepEqual(
      (await frames.open('f', scope)).search(asked, 9, 0).map(({ key }) => key),
      [scope],
    )
})

test('memory is bounded: frames that were not asked for longest are loaded anew', async () => {
  const loads: string[] = []
  const frames = createFrames({
    load: async (frame) => {
      loads.push(frame)
      return [kept('a', 'How do I reset my password?')]
    },
    now: () => 0,
    // Each takes about 133 kB.
    mostBytes: 300_000,
  })
  for (const name of ['one', 'two', 'one', 'three', 'one', 'two']) await frames.open(name, 's')
  assert.deepEqual(loads, ['one', 'two', 'three', 'two'])
})

test('only so many of a frame are kept, the newest', async () => {
  const frames = createFrames({ load: async () => [], now: () => 0, mostOfFrame: 10 })
  const frame = await frames.open('f', 's')
  for (let index = 0; index < 50; index++) frame.add(kept(String(index), `How do I reset my password ${index}?`))
  const keys = frame.search(asked, 100, -1).map(({ key }) => Number(key))
  assert.equal(keys.length, 10)
  assert.ok(keys.every((key) => key >= 40))
})

test('a frame that is old is loaded again beside its use', async () => {
  let now = 0
  let loads = 0
  const frames = createFrames({
    load: async () => {
      loads++
      return []
    },
    now: () => now,
  })
  await frames.open('f', 's')
  now = 61_000
  await frames.open('f', 's')
  assert.equal(loads, 2)
})

test('when all may be gone, all is loaded anew', async () => {
  let loads = 0
  const frames = createFrames({
    load: async () => {
      loads++
      return []
    },
    now: () => 0,
  })
  await frames.open('f', 's')
  frames.forget(undefined)
  await frames.open('f', 's')
  assert.equal(loads, 2)
})
