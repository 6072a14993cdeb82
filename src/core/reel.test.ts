import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Chunk, type Reader } from './chunk.ts'
import { Reel, type Room } from './reel.ts'

const unread: Reader = () => assert.fail('the first reader’s own chunk was read')

const chunkOf = (text: string, size = 0): Chunk => new Chunk(Buffer.from(text.padEnd(size)), false, unread)

/** Notes what is read, in order. */
const noting = (): { readonly read: string[]; readonly reader: Reader } => {
  const read: string[] = []
  const reader: Reader = (bytes) => {
    read.push(Buffer.from(bytes).toString().trimEnd())
    return []
  }
  return { read, reader }
}

const roomOf = (mostBytes = 1e9): Room => ({ usedBytes: 0, mostBytes })

describe('chunks that several read', () => {
  test('are understood in order and once, whoever asks first', () => {
    const { read, reader } = noting()
    const reel = new Reel(roomOf(), () => reader)
    for (const text of ['a', 'b', 'c']) reel.add(chunkOf(text))
    for (const index of [2, 0, 1, 2]) void reel.shared(index).deltas
    assert.deepEqual(read, ['a', 'b', 'c'])
    assert.equal(reel.shared(1), reel.shared(1))
  })

  test('are understood before they are let go of, when somebody reads what follows', () => {
    const { read, reader } = noting()
    const reel = new Reel(roomOf(), () => reader)
    for (const text of ['a', 'b', 'c']) reel.add(chunkOf(text))
    const held = reel.shared(0)
    reel.dropTo(2)
    assert.deepEqual(read, ['a', 'b'])
    assert.deepEqual([held.deltas, reel.base, reel.end], [[], 2, 3])
    void reel.shared(2).deltas
    assert.deepEqual(read, ['a', 'b', 'c'])
  })

  test('are not understood at all for one reader alone', () => {
    const reel = new Reel(roomOf(), () => unread)
    reel.add(chunkOf('a'))
    reel.clear()
    assert.equal(reel.end, 1)
  })

  test('take room while they are kept, and less of it when there is little', () => {
    const room = roomOf(500_000)
    const [one, other] = [new Reel(room, () => unread), new Reel(room, () => unread)]
    one.add(chunkOf('a', 100_000))
    assert.equal(one.isFull, false)
    other.add(chunkOf('b', 450_000))
    assert.deepEqual([one.isFull, other.isFull], [true, true])
    other.clear()
    assert.equal(one.isFull, false)
    one.add(chunkOf('c', 1_000_000))
    assert.equal(one.isFull, true)
    one.dropTo(1)
    one.clear()
    assert.equal(room.usedBytes, 0)
  })
})
