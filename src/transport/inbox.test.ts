import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Chunk } from '../core/chunk.ts'
import { GatewayError } from '../core/errors.ts'
import { Inbox } from './inbox.ts'

const chunk = (size: number): Chunk => new Chunk(Buffer.alloc(size), false, () => [])

const setUp = (most = 100) => {
  const calls: string[] = []
  const valve = {
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    abort: () => calls.push('abort'),
    release: () => calls.push('release'),
  }
  return { calls, inbox: new Inbox(valve, most) }
}

describe('inbox', () => {
  test('holds the socket back beyond its bound and lets go when half is read', async () => {
    const { calls, inbox } = setUp()
    inbox.put(chunk(60))
    inbox.put(chunk(60))
    inbox.put(chunk(60))
    assert.deepEqual(calls, ['pause'])
    inbox.pull()
    assert.deepEqual(calls, ['pause'])
    inbox.pull()
    inbox.pull()
    assert.deepEqual(calls, ['pause', 'resume'])
  })

  test('gives a waiting reader the next chunk without keeping it', async () => {
    const { inbox } = setUp()
    const waiting = inbox.pull()
    const first = chunk(1)
    inbox.put(first)
    assert.equal(await waiting, first)
  })

  test('says the error only after everything that came before it was read', async () => {
    const { inbox } = setUp()
    const first = chunk(1)
    inbox.put(first)
    inbox.close(new GatewayError('upstream_unreachable', 'gone'))
    assert.equal(inbox.pull(), first)
    assert.throws(() => inbox.pull(), /gone/)
  })

  test('a cancelled reader gets the reason at once and the socket is closed', async () => {
    const { calls, inbox } = setUp()
    const waiting = inbox.pull()
    inbox.cancel(new GatewayError('cancelled', 'left'))
    await assert.rejects(async () => waiting, /left/)
    assert.deepEqual(calls, ['abort'])
    inbox.put(chunk(1))
    assert.throws(() => inbox.pull(), /left/)
  })

  test('a reader that has all it wants lets the socket go on, and keeps nothing that still comes', () => {
    const { calls, inbox } = setUp()
    inbox.put(chunk(200))
    inbox.release()
    inbox.put(chunk(1))
    assert.equal(inbox.pull(), undefined)
    assert.deepEqual(calls, ['pause', 'resume', 'release'])
  })

  test('tells when somebody begins and ceases to wait', async () => {
    const { inbox } = setUp()
    const waits: boolean[] = []
    inbox.onWait = (each) => waits.push(each)
    const waiting = inbox.pull()
    inbox.put(chunk(1))
    await waiting
    inbox.put(chunk(1))
    inbox.pull()
    assert.deepEqual(waits, [true, false])
  })
})
