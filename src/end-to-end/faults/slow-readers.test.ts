import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type FakeUpstream,
  openaiText,
  openSlowReader,
  type SlowReader,
  startFakeUpstream,
} from '../../testing/index.ts'
import { ask, closeIdle, newId, requestBytes, saidIn } from './client.ts'
import { type GatewayUnderTest, openaiAt, startGateway, until } from './harness.ts'

const mebibyte = 1024 * 1024
const events = 500
const readers = 20
const event = (text: string): string => `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`
const big = Buffer.from(event('x'.repeat(64 * 1024)))
const ending = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

describe('clients that do not read', () => {
  let upstream: FakeUpstream
  let gateway: GatewayUnderTest | undefined
  const open: SlowReader[] = []
  beforeEach(async () => {
    upstream = await startFakeUpstream()
    upstream.always((request) =>
      request.body.includes('much')
        ? { events: [...Array<Buffer>(events).fill(big), ending] }
        : openaiText('Little.', { stream: true }),
    )
  })
  afterEach(async () => {
    for (const reader of open.splice(0)) reader.close()
    await gateway?.[Symbol.asyncDispose]()
    await upstream.close()
  })
  after(closeIdle)

  const start = async (writeStallMs: number, timeouts = {}): Promise<GatewayUnderTest> => {
    const providers = { up: openaiAt(upstream.url) }
    gateway = await startGateway({ providers, models: { chat: { targets: ['up/one'], timeouts } } }, { writeStallMs })
    return gateway
  }

  const openReaders = async (port: number, count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, newId)
    for (const id of ids) {
      open.push(
        await openSlowReader(
          port,
          requestBytes({ id, stream: true, prompt: 'much', headers: { connection: 'close' } }),
          1_000,
        ),
      )
    }
    return ids
  }

  test('hold their upstreams back instead of filling memory, and nobody else waits for them', async () => {
    const { port, records } = await start(60_000)
    await ask(port, { stream: true })
    const before = process.memoryUsage().rss
    await openReaders(port, readers)
    let most = 0
    for (let round = 0; round < 20; round++) {
      await sleep(50)
      most = Math.max(most, process.memoryUsage().rss - before)
    }
    const held = upstream.journal.filter(({ body, answeredAt }) => body.includes('much') && answeredAt === undefined)
    assert.equal(held.length, readers, 'no upstream could send everything')
    assert.ok(most < 150 * mebibyte, `grew by ${(most / mebibyte).toFixed(0)} MiB`)
    const other = await ask(port, { stream: true })
    assert.equal(saidIn(other.text).words, 'Little.')
    assert.ok(other.totalMs < 250, `the other call took ${other.totalMs} ms`)
    assert.equal(records.length, 2)
  })

  test('get everything when they read on, however long they paused', async () => {
    const { port, recordOf } = await start(60_000, { idle: '300ms', progress: '300ms' })
    const [id = ''] = await openReaders(port, 1)
    await sleep(700)
    const text = (await open[0]?.drain())?.toString('latin1') ?? ''
    const record = await recordOf(id)
    assert.deepEqual([record.outcome, record.error], ['ok', undefined])
    assert.equal(text.match(/x{65536}/g)?.length, events)
    assert.ok(text.includes('data: [DONE]'))
  })

  test('are given up when they take nothing of a whole answer', async () => {
    upstream.always(openaiText('x'.repeat(24 * mebibyte)))
    const { port } = await start(500)
    const reader = await openSlowReader(port, requestBytes({ id: newId(), headers: { connection: 'close' } }), 1_000)
    open.push(reader)
    await sleep(1_500)
    const received = await reader.drain()
    assert.ok(received.length < 24 * mebibyte, `it got ${received.length} bytes`)
  })

  test('are not given up while they take a whole answer slowly', async () => {
    upstream.always(openaiText('x'.repeat(24 * mebibyte)))
    const { port } = await start(500)
    const reader = await openSlowReader(port, requestBytes({ id: newId(), headers: { connection: 'close' } }), 1_000)
    open.push(reader)
    for (let round = 0; round < 6; round++) {
      await sleep(300)
      await reader.read(mebibyte)
    }
    await reader.read(17 * mebibyte)
  })

  test('are given up when they take nothing for too long; then the upstream is let go', async () => {
    const { port, recordOf, gateway: engine } = await start(500)
    const began = performance.now()
    const ids = await openReaders(port, 5)
    await until(() => engine.inFlight === 0, 'they are still served', 3_000)
    assert.ok(performance.now() - began > 450)
    for (const id of ids) {
      const record = await recordOf(id)
      assert.deepEqual([record.outcome, record.attempts[0]?.outcome], ['cancelled', 'cancelled'])
    }
    await until(() => upstream.journal.every((entry) => entry.abortedAt !== undefined), 'an upstream still sends', 500)
  })

  test('are not given up while they read slowly', async () => {
    const { port, gateway: engine } = await start(400)
    await openReaders(port, 1)
    const reader = open[0]
    for (let round = 0; round < 6 && reader; round++) {
      await sleep(200)
      await reader.read(4 * mebibyte)
    }
    assert.equal(engine.inFlight, 1)
  })
})
