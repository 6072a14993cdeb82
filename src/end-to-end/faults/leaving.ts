import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  anthropicText,
  openaiError,
  openaiText,
  type ReceivedRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { type Language, newId, requestBytes } from './client.ts'
import { anthropicAt, forgetful, inParallel, openaiAt, seeded, startGateway, until } from './harness.ts'

/** Most clients stay for less than an answer takes; some leave at once, some stay to the end. */
const mostStayMs = 150
const longStayMs = 600
const mostDelayMs = 15

/** An upstream that answers after random delays, and now and then with a failure. */
const moody = (random: () => number) => {
  const delay = (): number => Math.floor(random() * mostDelayMs)
  return (request: ReceivedRequest): Step => {
    const { stream } = JSON.parse(request.body)
    const text = request.path.endsWith('/messages') ? anthropicText : openaiText
    const mood = random()
    if (mood < 0.1) return { ...openaiError(500, null, 'No.'), headDelayMs: delay() }
    if (mood < 0.2) return { headDelayMs: 'forever' }
    if (mood < 0.3 && stream) return { ...text('One two three.', { stream }), endDelayMs: 'forever' }
    const story = text('One two three four five six seven eight.', { stream })
    return { ...story, headDelayMs: delay(), firstEventDelayMs: delay(), eventDelayMs: Math.floor(delay() / 3) }
  }
}

/**
 * Many clients, fifty at a time, each leaving in its own way at its own moment. Afterwards no request may be open at the
 * upstream, no call under way, and every call recorded exactly once. Gives the number of clients.
 */
export const leaveAtRandom = async (clients: number, seed: number): Promise<number> => {
  const random = seeded(seed)
  await using upstream = await startFakeUpstream()
  upstream.always(moody(random))
  await using gateway = await startGateway(
    {
      providers: { up: openaiAt(upstream.url), claude: anthropicAt(upstream.url) },
      models: { chat: { targets: ['up/one', 'claude/two'], policies: ['order'] } },
    },
    forgetful,
  )
  let gone = 0
  const visit = async (id: string): Promise<void> => {
    const socket = connect({ host: '127.0.0.1', port: gateway.port })
    socket.on('error', () => {})
    if (random() < 0.8) socket.on('data', () => {})
    const language: Language = random() < 0.5 ? 'openai' : 'anthropic'
    const way = random()
    socket.write(requestBytes({ id, language, stream: random() < 0.8, prompt: id }))
    const kind = random()
    await sleep(kind < 0.1 ? 0 : kind < 0.2 ? longStayMs : random() * mostStayMs)
    if (way < 0.4) socket.resetAndDestroy()
    else if (way < 0.7) socket.destroy()
    else socket.end()
    socket.resume()
    gone++
  }
  const ids = Array.from({ length: clients }, newId)
  await inParallel(ids, 50, visit)
  await until(() => gateway.gateway.inFlight === 0, `${gateway.gateway.inFlight} calls are still under way`)
  const isOpen = (request: ReceivedRequest): boolean =>
    request.answeredAt === undefined && request.abortedAt === undefined
  await until(() => !upstream.journal.some(isOpen), 'requests are still open at the upstream')
  const asked = new Set(upstream.journal.map((request) => /fault-\d+-\d+/.exec(request.body)?.[0] ?? ''))
  for (const id of asked) await gateway.recordOf(id)
  assert.equal(new Set(gateway.records.map(({ id }) => id)).size, gateway.records.length, 'each is recorded once')
  const outcomes = new Set(gateway.records.map(({ outcome }) => outcome))
  assert.ok(outcomes.has('ok') && outcomes.has('cancelled'), 'some stay to the end, some do not')
  // A busy machine takes longer to ask than many of them stay.
  assert.ok(asked.size > clients / 5, `only ${asked.size} were asked for`)
  return gone
}
