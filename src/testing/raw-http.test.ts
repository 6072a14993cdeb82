import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startFakeUpstream } from './fake-upstream.ts'
import { endless } from './faults.ts'
import { rawRequest } from './raw-http.ts'
import { openSlowReader } from './slow-reader.ts'

const question = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'

test('raw bytes go out as they are', async () => {
  await using upstream = await startFakeUpstream()
  upstream.always({ body: 'ok' })
  await rawRequest(upstream.port, Buffer.from('BREW /pot HTTP/1.1\r\nA:  b \r\n\r\n'), { idleMs: 50 })
  assert.deepEqual([upstream.journal[0]?.method, upstream.journal[0]?.rawHeaders], ['BREW', [['A', 'b']]])
})

test('a raw request stops when it has what it waits for', async () => {
  await using upstream = await startFakeUpstream()
  upstream.always(endless('data: x\n\n', 5))
  const started = performance.now()
  const { text } = await rawRequest(upstream.port, question, { until: 'data: x' })
  assert.match(text, /data: x/)
  assert.ok(performance.now() - started < 1_000)
})

test('a raw request waits for the first byte as long as it may, and no longer for silence after it', async () => {
  await using upstream = await startFakeUpstream()
  upstream.always({ body: 'ok', headDelayMs: 200 })
  const started = performance.now()
  assert.match((await rawRequest(upstream.port, question, { idleMs: 50 })).text, /ok$/)
  assert.ok(performance.now() - started < 1_500)
})

test('a raw request to nobody is rejected', async () => {
  const upstream = await startFakeUpstream()
  await upstream.close()
  await assert.rejects(rawRequest(upstream.port, question), { code: 'ECONNREFUSED' })
})

test('a slow reader reads so many bytes and stops, until it is told to go on', async () => {
  await using upstream = await startFakeUpstream()
  const size = 30_000_000
  upstream.always({ body: Buffer.alloc(size, 'x'), closes: true })
  const reader = await openSlowReader(upstream.port, question, 3_000)
  assert.ok(reader.received.length >= 3_000 && reader.received.length <= 4_096, `${reader.received.length}`)
  const before = reader.received.length
  await setTimeout(100)
  assert.equal(reader.received.length, before)
  assert.equal(upstream.openSockets(), 1)
  assert.ok((await reader.drain()).length > size)
})

test('a slow reader stops an upstream that heeds its back-pressure, and may go away', async () => {
  await using upstream = await startFakeUpstream()
  upstream.always(endless('x'.repeat(10_000)))
  const reader = await openSlowReader(upstream.port, question, 1)
  await setTimeout(100)
  assert.equal(upstream.journal[0]?.abortedAt, undefined)
  reader.close()
  for (let tries = 0; upstream.openSockets() > 0; tries++) {
    assert.ok(tries < 100)
    await setTimeout(10)
  }
  assert.ok(upstream.journal[0]?.abortedAt)
})

test('a slow reader rejects when there is not so much to read', async () => {
  await using upstream = await startFakeUpstream()
  upstream.always({ body: 'ok', closes: true })
  await assert.rejects(openSlowReader(upstream.port, question, 100_000), /ended the connection/)
})
