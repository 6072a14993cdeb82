import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import {
  endless,
  type FakeUpstream,
  openaiError,
  openaiText,
  pingsOnly,
  type Step,
  silence,
  stall,
  startFakeUpstream,
} from '../../testing/index.ts'
import { ask, closeIdle, errorIn, saidIn, type Transcript } from './client.ts'
import { anthropicAt, type GatewayUnderTest, openaiAt, startGateway, until } from './harness.ts'

const word = 'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"la "}}]}\n\n'
const story = openaiText('It was a dark and stormy night.', { stream: true })

type Timeouts = NonNullable<ConfigInput['timeouts']>

describe('the clocks of a call', () => {
  let upstream: FakeUpstream
  let second: FakeUpstream
  beforeEach(async () => {
    upstream = await startFakeUpstream()
    second = await startFakeUpstream()
    second.always(openaiText('The other one.', { stream: true }))
  })
  afterEach(() => Promise.all([upstream.close(), second.close()]))
  after(closeIdle)

  const start = (timeouts: Timeouts, targets = ['up/one'], sameTarget = 0): Promise<GatewayUnderTest> =>
    startGateway({
      providers: { up: openaiAt(upstream.url), other: openaiAt(second.url), claude: anthropicAt(upstream.url) },
      models: { chat: { targets, timeouts, retry: { sameTarget } } },
    })

  /** The upstream saw its only request end within a quarter of a second of the answer's end. */
  const sawAbort = async (): Promise<void> => {
    await until(() => upstream.journal[0]?.abortedAt !== undefined, 'the upstream saw no abort', 1_000)
    assert.equal(upstream.journal.length, 1)
  }

  const near = (actualMs: number, expectedMs: number): void => {
    // Never early; late by what a busy machine takes.
    const late = actualMs - expectedMs
    assert.ok(late >= -20 && late <= 500, `${actualMs.toFixed(0)} ms instead of ${expectedMs} ms`)
  }

  const refusedWith = (answer: Transcript, code: string, status: number, message: RegExp): void => {
    const error = errorIn(answer.text)
    assert.deepEqual([answer.status, error.code], [status, code])
    assert.match(error.message, message)
  }

  /** Some words, then one error and nothing behind it. */
  const brokeWith = (answer: Transcript, code: string, message: RegExp): void => {
    const said = saidIn(answer.text)
    assert.deepEqual([answer.status, said.errors, said.ends, said.finishes], [200, [code], 0, []])
    assert.ok(said.errorIsLast && said.words.length > 0 && answer.complete)
    assert.match(answer.text, message)
  }

  test('an upstream that takes the request and is silent is left after the time to the first token', async () => {
    upstream.always(silence())
    await using gateway = await start({ firstToken: '400ms' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 400)
    refusedWith(answer, 'upstream_timeout', 504, /up\/one did not begin within 400 ms/)
    await sawAbort()
    assert.equal((await gateway.recordOf(answer.id)).attempts[0]?.outcome, 'ambiguous')
  })

  test('a head alone is no first token', async () => {
    upstream.always({ ...story, firstEventDelayMs: 'forever' })
    await using gateway = await start({ firstToken: '400ms' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 400)
    refusedWith(answer, 'upstream_timeout', 504, /up\/one did not say anything within 400 ms/)
    await sawAbort()
  })

  for (const [what, step] of [
    ['a whole body', { body: '{"choices":[', endDelayMs: 'forever', contentLength: 100 }],
    ['a refusal', { status: 500, body: '{"error":', endDelayMs: 'forever', contentLength: 100 }],
  ] as [string, Step][]) {
    test(`${what} that stops half-way, where a stream was asked for, is left after the time to the first token`, async () => {
      upstream.always(step)
      await using gateway = await start({ firstToken: '400ms' })
      const answer = await ask(gateway.port, { stream: true })
      near(answer.totalMs, 400)
      refusedWith(answer, 'upstream_timeout', 504, /up\/one did not/)
      await sawAbort()
    })
  }

  test('pings are no first token', async () => {
    upstream.always(pingsOnly('comment', 30))
    await using gateway = await start({ firstToken: '400ms', idle: '200ms' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 400)
    refusedWith(answer, 'upstream_timeout', 504, /did not say anything/)
  })

  test('after that time the next target answers', async () => {
    upstream.always(silence())
    await using gateway = await start({ firstToken: '300ms' }, ['up/one', 'other/two'])
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 300)
    assert.equal(saidIn(answer.text).words, 'The other one.')
    await sawAbort()
  })

  test('a whole answer has no first token: its own deadline is what ends it', async () => {
    upstream.always(silence())
    await using gateway = await start({ firstToken: '100ms', total: '500ms' })
    const answer = await ask(gateway.port)
    near(answer.totalMs, 500)
    refusedWith(answer, 'deadline_exceeded', 504, /within 500 ms/)
    assert.equal(answer.headers['x-should-retry'], 'false')
    await sawAbort()
  })

  test('a stream that falls silent ends with an error in the stream', async () => {
    upstream.always(stall(story, 4))
    await using gateway = await start({ idle: '400ms', progress: '2s' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 400)
    brokeWith(answer, 'upstream_timeout', /up\/one sent nothing for 400 ms/)
    await sawAbort()
    const record = await gateway.recordOf(answer.id)
    assert.deepEqual([record.outcome, record.error, record.usage?.source], ['error', 'upstream_timeout', 'estimated'])
  })

  test('a stream that only pings ends with an error of its own', async () => {
    const pings = Array<string>(200).fill(': keep-alive\n\n')
    upstream.always({ events: [word, word, ...pings], eventDelayMs: 30 })
    await using gateway = await start({ idle: '300ms', progress: '600ms' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 630)
    brokeWith(answer, 'upstream_timeout', /up\/one sent only pings for 600 ms/)
    await sawAbort()
  })

  test('comments that come together with words are no silence', async () => {
    upstream.always({ ...endless(`: still here\n\n${word}`, 40) })
    await using gateway = await start({ progress: '300ms', streamTotal: '900ms' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 900)
    brokeWith(answer, 'deadline_exceeded', /within 900 ms/)
  })

  test('a slow drip within the idle time ends at the deadline of the call', async () => {
    upstream.always({
      ...openaiText('word '.repeat(2_000), { stream: true }),
      split: 'bytes',
      eventDelayMs: 1,
      firstEventDelayMs: 0,
    })
    await using gateway = await start({ idle: '1s', streamTotal: '3s' })
    const answer = await ask(gateway.port, { stream: true })
    near(answer.totalMs, 3_000)
    brokeWith(answer, 'deadline_exceeded', /not complete within 3000 ms/)
    await sawAbort()
    assert.equal((await gateway.recordOf(answer.id)).error, 'deadline_exceeded')
  })

  test('a caller may ask for less time than the route gives, not for more', async () => {
    upstream.always(silence())
    await using gateway = await start({ total: '800ms', firstToken: '5s' })
    const inTime = async (timeoutMs: string, stream: boolean): Promise<number> => {
      const answer = await ask(gateway.port, { stream, headers: { 'x-tollgate-timeout-ms': timeoutMs } })
      refusedWith(answer, 'deadline_exceeded', 504, /was not complete within/)
      return answer.totalMs
    }
    near(await inTime('300', false), 300)
    near(await inTime('300', true), 300)
    near(await inTime('60000', false), 800)
  })

  test("the SDK's own timeout ends a whole answer, and a stream only until it begins", async () => {
    await using gateway = await start({ firstToken: '5s' })
    const headers = { 'x-stainless-timeout': '1' }
    upstream.always(silence())
    for (const stream of [false, true]) {
      const answer = await ask(gateway.port, { stream, headers })
      near(answer.totalMs, 1_000)
      refusedWith(answer, 'deadline_exceeded', 504, /within 1000 ms/)
    }
    upstream.always({ ...story, eventDelayMs: 200 })
    const answer = await ask(gateway.port, { stream: true, headers })
    assert.ok(answer.totalMs > 1_100, 'it outlasts the second')
    assert.deepEqual([saidIn(answer.text).ends, saidIn(answer.text).errors], [1, []])
  })

  test('an upstream that says the end and does not hang up is let go, and the answer is whole before that', async () => {
    upstream.always({ ...story, endDelayMs: 'forever' })
    await using gateway = await start({})
    const answer = await ask(gateway.port, { stream: true })
    assert.deepEqual([saidIn(answer.text).ends, saidIn(answer.text).errors], [1, []])
    assert.ok(answer.totalMs < 300)
    assert.equal((await gateway.recordOf(answer.id)).outcome, 'ok')
    await until(() => upstream.journal[0]?.abortedAt !== undefined, 'the connection is held', 1_500)
  })

  test('a connection whose answer ends a little after its end mark is used again', async () => {
    upstream.always({ ...story, endDelayMs: 100 })
    await using gateway = await start({})
    await ask(gateway.port, { stream: true })
    await until(() => upstream.journal[0]?.answeredAt !== undefined, 'no end')
    // Written is not read yet: the gateway takes the end a moment later.
    await new Promise((go) => setTimeout(go, 400))
    await ask(gateway.port, { stream: true })
    assert.deepEqual(
      upstream.journal.map(({ connection }) => connection),
      [1, 1],
    )
  })

  test('no attempt is begun when a tenth of the time or less is left', async () => {
    upstream.always({ ...openaiError(500, null, 'No.'), headDelayMs: 560 })
    await using gateway = await start({}, ['up/one', 'other/two'])
    const answer = await ask(gateway.port, { headers: { 'x-tollgate-timeout-ms': '600' } })
    refusedWith(answer, 'deadline_exceeded', 504, /time for this call is over/)
    assert.deepEqual([upstream.journal.length, second.journal.length], [1, 0])
    assert.ok(answer.totalMs < 600, 'it does not wait for the deadline')
  })

  test('a pause that would outlast the call is not begun', async () => {
    upstream.always(openaiError(429, null, 'Wait.', { 'retry-after': '2' }))
    await using gateway = await start({}, ['up/one'], 1)
    const answer = await ask(gateway.port, { headers: { 'x-tollgate-timeout-ms': '1500' } })
    refusedWith(answer, 'upstream_throttled', 429, /rate/)
    assert.ok(answer.totalMs < 200)
  })
})
