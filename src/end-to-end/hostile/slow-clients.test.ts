import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, closeIdle } from '../faults/client.ts'
import { answersIn } from './raw-answers.ts'
import { asking, head } from './raw-requests.ts'
import { type Rig, startRig } from './rig.ts'

const count = 100

interface SlowClient {
  readonly socket: Socket
  received: Buffer
  closedAfterMs: number | undefined
}

/** How a client wastes a server's time: what it sends at once, and what then drop by drop. */
interface Slowness {
  readonly atOnce: string
  readonly drops: string
  /** When a server that is patient for one second for a head, two for a request and one between two must end it. */
  readonly endsWithinMs: number
  /** Statuses of the answers it gets. */
  readonly statuses: readonly number[]
}

const question = asking('slow')
const headEnd = question.indexOf('\r\n\r\n') + 4
// Clocks are looked at once a second.
const slownesses: Readonly<Record<string, Slowness>> = {
  'says nothing': { atOnce: '', drops: '', endsWithinMs: 3_500, statuses: [408] },
  'sends its head letter by letter': { atOnce: '', drops: question, endsWithinMs: 3_500, statuses: [408] },
  'sends headers without end': {
    atOnce: 'GET /healthz HTTP/1.1\r\n',
    drops: 'x: y\r\n',
    endsWithinMs: 3_500,
    statuses: [408],
  },
  'stops in the middle of its head': {
    atOnce: question.slice(0, headEnd - 9),
    drops: '',
    endsWithinMs: 3_500,
    statuses: [408],
  },
  'sends its body letter by letter': {
    atOnce: question.slice(0, headEnd),
    drops: question.slice(headEnd),
    endsWithinMs: 4_500,
    statuses: [408],
  },
  'sends chunks letter by letter': {
    atOnce: head(['Transfer-Encoding: chunked']),
    drops: '1\r\n{\r\n',
    endsWithinMs: 4_500,
    statuses: [408],
  },
  'stops in the middle of its body': { atOnce: question.slice(0, -5), drops: '', endsWithinMs: 4_500, statuses: [408] },
  'asks, and then keeps the connection': {
    atOnce: 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    drops: '',
    endsWithinMs: 3_500,
    statuses: [200],
  },
  'asks, and then sends letters': {
    atOnce: 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    drops: question,
    endsWithinMs: 4_500,
    statuses: [200, 408],
  },
}

const startSlow = (port: number, { atOnce, drops }: Slowness): SlowClient => {
  const socket = connect({ host: '127.0.0.1', port })
  const client: SlowClient = { socket, received: Buffer.alloc(0), closedAfterMs: undefined }
  const began = performance.now()
  let at = 0
  let drip: NodeJS.Timeout | undefined
  socket.on('connect', () => {
    socket.write(atOnce)
    if (drops !== '') drip = setInterval(() => socket.write(drops[at++ % drops.length] ?? ''), 100)
  })
  socket.on('data', (part: Buffer) => {
    client.received = Buffer.concat([client.received, part])
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(drip)
    client.closedAfterMs = performance.now() - began
  })
  return client
}

/** Asks one question after the other; how long each took, in milliseconds. */
const askFor = async (rig: Rig, durationMs: number): Promise<number[]> => {
  const times: number[] = []
  for (const end = performance.now() + durationMs; performance.now() < end; await sleep(10)) {
    const { status, totalMs } = await ask(rig.port)
    assert.equal(status, 200)
    times.push(totalMs)
  }
  return times.sort((one, other) => one - other)
}

describe('clients that waste time', { concurrency: 3 }, () => {
  after(closeIdle)

  for (const [name, slowness] of Object.entries(slownesses))
    test(`a hundred of which each ${name} are ended, and whoever is honest is served meanwhile`, async () => {
      await using rig = await startRig({ server: { headersTimeout: '1s', requestTimeout: '2s', keepAlive: '1s' } })
      const clients = Array.from({ length: count }, () => startSlow(rig.port, slowness))
      const times = await askFor(rig, slowness.endsWithinMs)
      const p99 = times[Math.floor(times.length * 0.99)] ?? Number.POSITIVE_INFINITY
      assert.ok(times.length > 50 && p99 < 250, `${times.length} answers, p99 ${p99.toFixed(0)} ms`)
      for (const { closedAfterMs, received } of clients) {
        assert.ok(closedAfterMs !== undefined, 'a connection is still open')
        const statuses = answersIn(received).map(({ status }) => status)
        assert.deepEqual(statuses, slowness.statuses)
      }
      assert.equal(rig.prompts().filter((prompt) => prompt === 'slow').length, 0)
      for (const { socket } of clients) socket.destroy()
    })
})
