import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { rawRequest } from '../../testing/index.ts'
import { closeIdle } from '../faults/client.ts'
import { until } from '../faults/harness.ts'
import { head } from './raw-requests.ts'
import { type Rig, startRig } from './rig.ts'

const limit = 256 * 1024
/** A server reads in pieces of 64 KiB: one over the limit, one more while it says goodbye, one that was under way. */
const slack = 3 * 64 * 1024
const key = 'sk-tg-key-of-the-test'
const valid = { authorization: `Bearer ${key}` }

/** A question of exactly so many bytes. */
const bodyOf = (bytes: number): Buffer => {
  const around = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: '' }] })
  const [start, end] = around.split('""') as [string, string]
  return Buffer.from(`${start}"${'x'.repeat(bytes - around.length)}"${end}`)
}

interface Sent {
  readonly status: number
  readonly connection: string | undefined
}

interface Sending {
  readonly port: number
  readonly body: Buffer
  readonly chunked: boolean
  readonly headers: Readonly<Record<string, string>>
}

const send = ({ port, body, chunked, headers }: Sending): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const framing: Record<string, string | number> = chunked ? {} : { 'content-length': body.length }
    const outgoing = request({
      ...{ host: '127.0.0.1', port, method: 'POST', path: '/v1/chat/completions', agent: false },
      headers: { 'content-type': 'application/json', ...framing, ...headers },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      incoming.resume()
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, connection: incoming.headers.connection }))
    })
    // The first piece makes Node send what follows in chunks, or as it comes.
    outgoing.write(body.subarray(0, 10))
    outgoing.end(body.subarray(10))
  })

describe('bodies over the limit', () => {
  let rig: Rig
  let sockets: Socket[]
  before(async () => {
    rig = await startRig({ server: { maxBodyBytes: limit }, keys: [{ name: 'k', key }] })
    rig.gateway.server.on('connection', (socket) => sockets.push(socket))
  })
  beforeEach(() => {
    sockets = []
  })
  afterEach(() => {
    for (const socket of sockets) assert.ok(socket.bytesRead <= limit + slack, `${socket.bytesRead} bytes were read`)
  })
  after(async () => {
    closeIdle()
    await rig[Symbol.asyncDispose]()
  })

  const closed = () => until(() => sockets.every(({ destroyed }) => destroyed), 'the connection is still open')

  for (const chunked of [false, true]) {
    const how = chunked ? 'in chunks' : 'with its length'
    for (const bytes of [limit - 1, limit])
      test(`${bytes} bytes of ${limit} ${how} are taken`, async () => {
        const sent = await send({ port: rig.port, body: bodyOf(bytes), chunked, headers: valid })
        assert.equal(sent.status, 200)
        assert.equal(rig.received().at(-1)?.body.length, bytes - '"chat"'.length + '"one"'.length)
      })

    for (const bytes of [limit + 1, limit + 65_536, 8 * 1024 * 1024])
      test(`${bytes} bytes of ${limit} ${how} are refused, and not read`, async () => {
        const asked = rig.received().length
        const sent = await send({ port: rig.port, body: bodyOf(bytes), chunked, headers: valid })
        assert.equal(sent.status, 413)
        // Only a body that was there as a whole leaves the connection fit for another question.
        if (bytes > limit + slack) {
          assert.equal(sent.connection, 'close')
          await closed()
        }
        assert.equal(rig.received().length, asked)
      })

    test(`without a key a body ${how} is refused before it is read`, async () => {
      for (const bytes of [limit, 8 * 1024 * 1024])
        for (const headers of [{}, { authorization: 'Bearer wrong' }] as Record<string, string>[]) {
          const asked = rig.received().length
          const sent = await send({ port: rig.port, body: bodyOf(bytes), chunked, headers })
          assert.deepEqual([sent.status, sent.connection, rig.received().length], [401, 'close', asked])
          await closed()
          for (const socket of sockets) assert.ok(socket.bytesRead <= slack, `${socket.bytesRead} bytes were read`)
        }
    })
  }

  const waiting = (lines: readonly string[]): string => head([...lines, 'Expect: 100-continue', 'Content-Length: 1000'])

  test('whoever asks first whether to send a body is told no at once: without a key, over the limit, of another type', async () => {
    for (const [bytes, status] of [
      [waiting([]), 401],
      [waiting([`Authorization: Bearer ${key}`]).replace('1000', String(limit + 1)), 413],
      [waiting([`Authorization: Bearer ${key}`]).replace('application/json', 'text/csv'), 415],
      [waiting([`Authorization: Bearer ${key}`]).replace('completions', 'nothing'), 404],
    ] as const) {
      const { text } = await rawRequest(rig.port, bytes)
      assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `))
      await closed()
    }
  })

  test('whoever asks first and may send it is told yes', async () => {
    const { text } = await rawRequest(rig.port, waiting([`Authorization: Bearer ${key}`]), { idleMs: 100 })
    assert.equal(text, 'HTTP/1.1 100 Continue\r\n\r\n')
  })
})
