import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  endless,
  type FakeUpstream,
  openaiError,
  openaiText,
  openSlowReader,
  type Step,
  silence,
  stall,
  startFakeUpstream,
} from '../../testing/index.ts'
import { newId, requestBytes } from './client.ts'
import { anthropicAt, forgetful, type GatewayUnderTest, openaiAt, startGateway, until } from './harness.ts'
import { leaveAtRandom } from './leaving.ts'

const story = openaiText('It was a dark and stormy night.', { stream: true })
const page = 'x'.repeat(64 * 1024)
const bigEvent = `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${page}"}}]}\n\n`

/** How a client goes away. `end` only says that it sends nothing more, as many do that close in good order. */
const ways = {
  reset: (socket: Socket) => socket.resetAndDestroy(),
  end: (socket: Socket) => socket.end(),
  close: (socket: Socket) => socket.destroy(),
} as const

interface Moment {
  readonly what: string
  readonly step: Step
  readonly stream: boolean
  /** The client has seen this much when it leaves. */
  readonly sees?: string
}

const moments: readonly Moment[] = [
  { what: 'while the upstream is silent, whole', step: silence(), stream: false },
  { what: 'while the upstream is silent, stream', step: silence(), stream: true },
  { what: 'before the first event', step: { ...story, firstEventDelayMs: 'forever' }, stream: true },
  { what: 'before the first word', step: stall(story, 1), stream: true },
  { what: 'after some words', step: stall(story, 4), stream: true, sees: 'was' },
  {
    what: 'during a body that comes slowly',
    step: { body: '{"choices":[', endDelayMs: 'forever', contentLength: 100 },
    stream: false,
  },
]

describe('a client that goes away', () => {
  let upstream: FakeUpstream
  let gateway: GatewayUnderTest
  beforeEach(async () => {
    upstream = await startFakeUpstream()
    const providers = { up: openaiAt(upstream.url), claude: anthropicAt(upstream.url) }
    gateway = await startGateway({ providers, models: { chat: ['up/one'] } }, forgetful)
  })
  afterEach(async () => {
    await gateway[Symbol.asyncDispose]()
    await upstream.close()
  })

  /** Sends a request over a connection of its own, and waits until `sees` was received. */
  const send = async (id: string, stream: boolean, sees = ''): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: gateway.port })
    let seen = ''
    socket.on('data', (bytes) => {
      seen += bytes
    })
    socket.on('error', () => {})
    socket.write(requestBytes({ id, stream }))
    await until(() => upstream.journal.length > 0 && seen.includes(sees), 'nothing came')
    return socket
  }

  /** All traces of the call are gone within a quarter of a second, and it was recorded as left, once. */
  const leavesNothing = async (id: string): Promise<void> => {
    await until(() => upstream.journal[0]?.abortedAt !== undefined, 'the upstream was not told', 600)
    await until(() => gateway.gateway.inFlight === 0, 'the call is still under way', 600)
    const record = await gateway.recordOf(id)
    assert.deepEqual([record.outcome, record.error], ['cancelled', 'cancelled'])
    assert.equal(record.attempts.at(-1)?.outcome, 'cancelled')
    assert.equal(upstream.journal.length, 1, 'nobody asked again')
  }

  for (const { what, step, stream, sees } of moments) {
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
      test(`${what}, by ${way}: the upstream is told at once`, async () => {
        upstream.always(step)
        const id = newId()
        const socket = await send(id, stream, sees)
        await sleep(20)
        ways[way](socket)
        await leavesNothing(id)
      })
    }
  }

  test('during a pause before another try: there is no other try', async () => {
    upstream.always(openaiError(429, null, 'Wait.', { 'retry-after': '1' }))
    const id = newId()
    const socket = await send(id, false)
    await until(() => upstream.journal[0]?.answeredAt !== undefined, 'no answer')
    await sleep(30)
    socket.resetAndDestroy()
    await until(() => gateway.gateway.inFlight === 0, 'it still waits', 600)
    assert.equal((await gateway.recordOf(id)).outcome, 'cancelled')
    await sleep(1_200)
    assert.equal(upstream.journal.length, 1)
  })

  test('while it does not read and the upstream is held back', async () => {
    upstream.always(endless(bigEvent))
    const id = newId()
    const reader = await openSlowReader(gateway.port, requestBytes({ id, stream: true }), 1_000)
    await sleep(300)
    assert.equal(upstream.journal[0]?.abortedAt, undefined, 'slowness alone is no reason')
    reader.close()
    await leavesNothing(id)
  })

  test('while more wait for the upstream than there are connections: nobody is asked in vain, all places are free', async () => {
    upstream.always(silence())
    const clients = Array.from({ length: 300 }, () => {
      const socket = connect({ host: '127.0.0.1', port: gateway.port })
      socket.on('error', () => {})
      socket.write(requestBytes({ id: newId(), stream: true }))
      return socket
    })
    await until(() => upstream.journal.length === 256 && gateway.gateway.inFlight === 300, 'they do not come')
    for (const socket of clients) socket.destroy()
    await until(() => gateway.gateway.inFlight === 0, 'some are still under way')
    await until(() => upstream.openSockets() === 0, 'connections stay open')
    assert.equal(upstream.journal.length, 256)
    assert.deepEqual([...new Set(gateway.records.map(({ outcome }) => outcome))], ['cancelled'])
    upstream.always(story)
    const late = await send(newId(), true, '[DONE]')
    late.destroy()
  })

  test('a thousand clients that leave at random moments leave nothing behind', async () => {
    assert.equal(await leaveAtRandom(1_000, 20_261_124), 1_000)
  })
})
