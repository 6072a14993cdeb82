import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { describe, test } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import { createSimulated, type SimulatedOptions } from './simulated.ts'
import { type Asking, ask, attemptOf, chatOf, hear, instant } from './simulated-asking.ts'

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

/** How each of many calls ended: its error code, or `ok`. */
const endsOf = async (options: SimulatedOptions, count: number, more: Asking = {}): Promise<string[]> => {
  const { answer } = createSimulated({ ...instant, ...options })
  const ends: string[] = []
  for (let call = 0; call < count; call++) {
    try {
      await hear(await answer(attemptOf(chatOf('Hello', { maxOutput: 20 }), more)))
      ends.push('ok')
    } catch (error) {
      ends.push((error as GatewayError).code)
    }
  }
  return ends
}

const shareOf = (ends: readonly string[], end: string): number =>
  ends.filter((each) => each === end).length / ends.length

describe('accidents', () => {
  test('do not happen unless they are asked for', async () => {
    assert.equal(shareOf(await endsOf({}, 50, { stream: true }), 'ok'), 1)
  })

  for (const [option, code, outcome, status] of [
    ['errorRate', 'upstream_failed', 'server', 500],
    ['rateLimitRate', 'upstream_throttled', 'throttled', 429],
  ] as const) {
    test(`happen at about the rate of ${option}, before the answer begins`, async () => {
      assert.ok(Math.abs(shareOf(await endsOf({ [option]: 0.3 }, 600), code) - 0.3) < 0.05)
      const attempt = attemptOf(chatOf('Hello'))
      await assert.rejects(createSimulated({ ...instant, [option]: 1 }).answer(attempt), (error: GatewayError) => {
        return error.code === code && error.details.outcome === outcome
      })
      assert.equal(attempt.line.status, status)
    })
  }

  test('say how long to wait after too many calls, when they are told to', async () => {
    await assert.rejects(ask(chatOf('Hello'), {}, { rateLimitRate: 1, retryAfterMs: 1_500 }), {
      details: { outcome: 'throttled', retryAfterMs: 1_500 },
    })
  })

  test('happen to every call of a provider that is failing', async () => {
    assert.equal(shareOf(await endsOf({ failing: true }, 20), 'upstream_failed'), 1)
  })

  test('are the same for the same seed and other for another', async () => {
    const of = (seed: number) => endsOf({ errorRate: 0.4, rateLimitRate: 0.2, seed }, 60)
    assert.deepEqual(await of(7), await of(7))
    assert.notDeepEqual(await of(7), await of(8))
  })

  test('do not follow from the question: asking again may go well', async () => {
    assert.equal(new Set(await endsOf({ errorRate: 0.5 }, 30)).size, 2)
  })

  test('of one kind stay where they are when another kind is added', async () => {
    const failing = (ends: readonly string[]) => ends.map((end) => end === 'upstream_failed')
    assert.deepEqual(
      failing(await endsOf({ errorRate: 0.3 }, 100)),
      failing(await endsOf({ errorRate: 0.3, cutRate: 0.5 }, 100, { stream: true })),
    )
  })

  test('cut streams in the middle at about the rate of cutRate, which is seen', async () => {
    const ends = await endsOf({ cutRate: 0.3 }, 400, { stream: true })
    assert.ok(Math.abs(shareOf(ends, 'upstream_garbled') - 0.3) < 0.07)
  })

  test('cut no stream before it has said something', async () => {
    const { answer } = createSimulated({ ...instant, cutRate: 1 })
    for (let call = 0; call < 30; call++) {
      const coming = await answer(attemptOf(chatOf('Hello', { maxOutput: 3 }), { stream: true }))
      const first = await coming.pull()
      assert.ok(first?.deltas.some(({ kind }) => kind === 'text'))
    }
  })

  test('break whole answers before they come', async () => {
    await assert.rejects(ask(chatOf('Hello'), {}, { cutRate: 1 }), {
      code: 'upstream_unreachable',
      details: { outcome: 'ambiguous' },
    })
  })

  test('let streams fall silent until silence is borne no longer', async () => {
    const begun = performance.now()
    const asking = ask(chatOf('Hello'), { stream: true, timeouts: { idleMs: 30 } }, { stallRate: 1 })
    await assert.rejects(asking, { code: 'upstream_timeout', details: { outcome: 'ambiguous' } })
    assert.ok(performance.now() - begun >= 29)
  })

  test('let whole answers stay away until somebody stops them', async () => {
    const controller = new AbortController()
    const asking = ask(chatOf('Hello'), { signal: controller.signal }, { stallRate: 1 })
    const reason = new GatewayError('deadline_exceeded', 'Too late.', { outcome: 'cancelled' })
    setTimeout(() => controller.abort(reason), 10)
    await assert.rejects(asking, reason)
  })
})

describe('pace', () => {
  test('sets no timer when there is nothing to wait for', async () => {
    let set = 0
    const hook = createHook({
      init: (_id, type) => {
        if (type === 'Timeout') set++
      },
    })
    await ask(chatOf('warm'), { stream: true })
    hook.enable()
    await ask(chatOf('Hello'), { stream: true })
    hook.disable()
    assert.equal(set, 0)
  })

  test('waits for the first word, and then says so many tokens a second', async () => {
    const { answer } = createSimulated({ latencyMs: { p50: 40, p99: 40 }, tokensPerSecond: 500 })
    const begun = performance.now()
    const coming = await answer(attemptOf(chatOf('Hello', { maxOutput: 31 }), { stream: true }))
    await coming.pull()
    const first = performance.now() - begun
    await hear(coming)
    const last = performance.now() - begun
    assert.ok(first >= 39 && first < 500, `first word after ${first} ms`)
    assert.ok(last - first >= 45 && last - first < 800, `30 more after ${last - first} ms`)
  })

  test('takes as long for a whole answer as for a stream', async () => {
    const begun = performance.now()
    await ask(chatOf('Hello', { maxOutput: 21 }), {}, { tokensPerSecond: 500 })
    assert.ok(performance.now() - begun >= 38)
  })

  test('gives what is due at once to who reads late', async () => {
    const { answer } = createSimulated({ ...instant, tokensPerSecond: 1_000 })
    const coming = await answer(attemptOf(chatOf('Hello', { maxOutput: 20 }), { stream: true }))
    await new Promise((resolve) => setTimeout(resolve, 60))
    for (let chunk = 0; chunk < 20; chunk++) assert.ok(!(coming.pull() instanceof Promise))
  })

  test('is too slow when the first word is not there in time', async () => {
    const slow: SimulatedOptions = { latencyMs: { p50: 500, p99: 500 } }
    const begun = performance.now()
    await assert.rejects(ask(chatOf('Hello'), { stream: true, timeouts: { firstTokenMs: 20 } }, slow), {
      code: 'upstream_timeout',
    })
    assert.ok(performance.now() - begun < 400)
  })
})

describe('stopping', () => {
  const slow: SimulatedOptions = { latencyMs: { p50: 60_000, p99: 60_000 } }
  const drip: SimulatedOptions = { ...instant, tokensPerSecond: 0.1 }
  const reason = new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })

  test('rejects at once when the call was stopped before', async () => {
    await assert.rejects(ask(chatOf('Hello'), { signal: AbortSignal.abort(reason) }), reason)
  })

  test('ends the wait for the first word, with its timer', async () => {
    const before = timers()
    const controller = new AbortController()
    const asking = ask(chatOf('Hello'), { signal: controller.signal }, slow)
    setTimeout(() => controller.abort(reason), 10)
    await assert.rejects(asking, reason)
    assert.equal(timers(), before)
  })

  test('ends the wait for the next word, with its timer', async () => {
    const before = timers()
    const controller = new AbortController()
    const coming = await createSimulated(drip).answer(
      attemptOf(chatOf('Hello'), { stream: true, signal: controller.signal }),
    )
    await coming.pull()
    const next = coming.pull()
    assert.ok(next instanceof Promise)
    assert.equal(timers(), before + 1)
    controller.abort(reason)
    await assert.rejects(next, reason)
    assert.equal(timers(), before)
    assert.equal(await coming.pull(), undefined)
  })

  test('by the reader clears the timer as well', async () => {
    const before = timers()
    const coming = await createSimulated(drip).answer(attemptOf(chatOf('Hello'), { stream: true }))
    await coming.pull()
    const next = coming.pull() as Promise<unknown>
    coming.cancel(reason)
    await assert.rejects(next, reason)
    assert.equal(timers(), before)
  })

  test('does nothing to an answer that is over', async () => {
    const controller = new AbortController()
    const heard = await ask(chatOf('Hello'), { stream: true, signal: controller.signal })
    controller.abort(reason)
    assert.deepEqual(heard.finishes, ['stop'])
  })
})
