import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import {
  anthropicText,
  type FakeUpstream,
  hangUp,
  openaiError,
  openaiText,
  type Step,
  silence,
  startFakeUpstream,
} from '../../testing/index.ts'
import { ask, closeIdle, errorIn, type Transcript } from './client.ts'
import { anthropicAt, type GatewayUnderTest, openaiAt, type Settings, startGateway } from './harness.ts'

const tooLong = openaiError(400, 'context_length_exceeded', 'Too long.')
const filtered = openaiError(400, 'content_filter', 'Filtered.')
const failed = openaiError(500, null, 'No.')

interface Model {
  readonly targets?: readonly string[]
  readonly fallback?: { readonly context?: string[]; readonly policy?: string[] }
  readonly retry?: { readonly attempts?: number; readonly sameTarget?: number }
}

describe('falling back', () => {
  let upstream: FakeUpstream
  /** What each model of the upstream does; the rest answer with their name. */
  let steps: Record<string, Step>
  beforeEach(async () => {
    upstream = await startFakeUpstream()
    steps = {}
    upstream.always((request) => {
      const { model, stream } = JSON.parse(request.body)
      const text = request.path.endsWith('/messages') ? anthropicText : openaiText
      return steps[model] ?? text(`This is ${model}.`, { stream })
    })
  })
  afterEach(() => upstream.close())
  after(closeIdle)

  const start = ({ targets, ...model }: Model = {}, settings: Settings = {}): Promise<GatewayUnderTest> =>
    startGateway(
      {
        providers: { up: openaiAt(upstream.url), claude: anthropicAt(upstream.url) },
        models: { chat: { targets: [...(targets ?? ['up/one', 'up/two'])], ...model } },
      },
      settings,
    )

  /** The models that were asked, in order. */
  const asked = (): string[] => upstream.journal.map(({ body }) => JSON.parse(body).model)
  const refusedWith = (answer: Transcript, status: number, code: string): void => {
    assert.deepEqual([answer.status, errorIn(answer.text).code], [status, code])
  }

  for (const stream of [true, false]) {
    const form = stream ? 'a stream' : 'a whole answer'
    test(`a caller may forbid it for ${form}`, async () => {
      steps.one = failed
      await using gateway = await start()
      refusedWith(
        await ask(gateway.port, { stream, headers: { 'x-tollgate-no-fallback': 'true' } }),
        502,
        'upstream_failed',
      )
      assert.deepEqual(asked(), ['one', 'one'])
    })

    test(`a caller may forbid it in the body for ${form}`, async () => {
      steps.one = failed
      await using gateway = await start()
      const more = { metadata: { tollgate: '{"no_fallback": true}' } }
      refusedWith(await ask(gateway.port, { stream, more }), 502, 'upstream_failed')
      assert.deepEqual(asked(), ['one', 'one'])
    })
  }

  test('a caller who forbids it is not sent along the chains either', async () => {
    steps.one = tooLong
    await using gateway = await start({ fallback: { context: ['up/large'] } })
    refusedWith(await ask(gateway.port, { headers: { 'x-tollgate-no-fallback': '1' } }), 400, 'upstream_rejected')
    assert.deepEqual(asked(), ['one'])
  })

  test('a caller who forbids it still waits for the one target as long as that asks', async () => {
    steps.one = openaiError(429, null, 'Wait.', { 'retry-after-ms': '200' })
    await using gateway = await start()
    const answer = await ask(gateway.port, { headers: { 'x-tollgate-no-fallback': 'true' } })
    refusedWith(answer, 429, 'upstream_throttled')
    assert.deepEqual(asked(), ['one', 'one'])
    assert.ok(answer.totalMs >= 200)
  })

  test('"false" forbids nothing, and anything else is refused', async () => {
    steps.one = failed
    await using gateway = await start()
    assert.equal((await ask(gateway.port, { headers: { 'x-tollgate-no-fallback': 'false' } })).status, 200)
    refusedWith(await ask(gateway.port, { headers: { 'x-tollgate-no-fallback': 'maybe' } }), 400, 'invalid_request')
  })

  test('too long a prompt goes to the chain for it, past targets that would refuse it too', async () => {
    steps.one = tooLong
    await using gateway = await start({ fallback: { context: ['up/large'], policy: ['up/bold'] } })
    assert.match((await ask(gateway.port)).text, /This is large/)
    assert.deepEqual(asked(), ['one', 'large'])
  })

  test("a prompt too long for the chain as well is the caller's mistake", async () => {
    Object.assign(steps, { one: tooLong, large: tooLong })
    await using gateway = await start({ fallback: { context: ['up/large'] } })
    refusedWith(await ask(gateway.port), 400, 'upstream_rejected')
    assert.deepEqual(asked(), ['one', 'large'])
  })

  test('what a content policy refused goes elsewhere only where a chain says so', async () => {
    steps.one = filtered
    await using careful = await start({ fallback: { context: ['up/large'] } })
    refusedWith(await ask(careful.port), 400, 'upstream_rejected')
    await using bold = await start({ fallback: { policy: ['up/bold'] } })
    assert.match((await ask(bold.port)).text, /This is bold/)
    assert.deepEqual(asked(), ['one', 'one', 'bold'])
  })

  test('a target that is known to be unable is not asked, and the record says why', async () => {
    await using gateway = await start({ targets: ['claude/claude-haiku-4-5', 'up/two'] })
    const answer = await ask(gateway.port, { more: { n: 2 } })
    assert.equal(answer.headers['x-tollgate-target'], 'up/two')
    assert.deepEqual(asked(), ['two'])
    const [skipped, ...more] = (await gateway.recordOf(answer.id)).notes.skipped ?? []
    assert.deepEqual([skipped?.target, more.length], ['claude/claude-haiku-4-5', 0])
    assert.match(skipped?.reason ?? '', /cannot do choices/)
  })

  test('when every target is left alone, one is tried all the same', async () => {
    Object.assign(steps, { one: failed, two: failed })
    await using gateway = await start({ retry: { sameTarget: 0 } })
    for (let call = 0; call < 5; call++) refusedWith(await ask(gateway.port), 502, 'upstream_failed')
    assert.equal(asked().length, 10)
    refusedWith(await ask(gateway.port), 502, 'upstream_failed')
    assert.equal(asked().length, 11)
    steps = {}
    assert.equal((await ask(gateway.port)).status, 200)
    assert.equal(asked().length, 12)
  })

  test('all targets together are asked no more often than a call may', async () => {
    const targets = ['up/one', 'up/two', 'up/three', 'up/four']
    for (const model of ['one', 'two', 'three', 'four']) steps[model] = failed
    await using gateway = await start({ targets, retry: { attempts: 3 } })
    const answer = await ask(gateway.port)
    assert.deepEqual(asked(), ['one', 'one', 'two'])
    assert.equal(answer.headers['x-tollgate-attempts'], '3')
  })

  test("the first target's failure is what the caller hears, with the shortest wait of all", async () => {
    steps.one = openaiError(429, null, 'Wait.', { 'retry-after': '50' })
    steps.two = openaiError(429, null, 'Wait.', { 'retry-after': '31' })
    steps.three = openaiError(401, null, 'No.')
    await using gateway = await start({ targets: ['up/one', 'up/two', 'claude/three'] })
    const answer = await ask(gateway.port)
    refusedWith(answer, 429, 'upstream_throttled')
    const wait = Number(answer.headers['retry-after'])
    assert.ok(wait >= 24 && wait <= 38, `retry-after ${wait}`)
    assert.equal(answer.headers['x-should-retry'], 'true')
  })

  test('what the provider keeps is not asked twice, unless nothing can have reached it', async () => {
    await using gateway = await start()
    const more = { store: true }
    steps.one = hangUp('reset')
    refusedWith(await ask(gateway.port, { more }), 502, 'upstream_unreachable')
    assert.deepEqual(asked(), ['one'])
    steps.one = failed
    assert.match((await ask(gateway.port, { more })).text, /This is two/)
  })

  test('a key is used no further where it was refused, at any model of that provider', async () => {
    steps.one = openaiError(401, 'invalid_api_key', 'No.')
    await using gateway = await start({ targets: ['up/one', 'claude/two'] })
    for (let call = 0; call < 3; call++) assert.equal((await ask(gateway.port)).status, 200)
    assert.deepEqual(asked(), ['one', 'two', 'two', 'two'])
  })

  test('a target that asked for a pause is left alone for it, and no longer', async () => {
    steps.one = openaiError(429, null, 'Wait.', { 'retry-after-ms': '400' })
    await using gateway = await start()
    await ask(gateway.port)
    steps = {}
    await ask(gateway.port)
    assert.deepEqual(asked(), ['one', 'two', 'two'])
    await new Promise((resolve) => setTimeout(resolve, 420))
    await ask(gateway.port)
    assert.equal(asked().at(-1), 'one')
  })

  test('a caller that leaves or runs out of time does not close a target', async () => {
    steps.one = silence()
    await using gateway = await start()
    for (let call = 0; call < 6; call++) {
      refusedWith(await ask(gateway.port, { headers: { 'x-tollgate-timeout-ms': '40' } }), 504, 'deadline_exceeded')
    }
    steps = {}
    assert.match((await ask(gateway.port)).text, /This is one/)
  })
})
