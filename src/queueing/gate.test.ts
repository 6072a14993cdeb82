import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../core/errors.ts'
import type { Priority } from '../core/priority.ts'
import { Stop } from '../core/stop.ts'
import { createFakeTime } from '../testing/fake-time.ts'
import { Gate } from './gate.ts'
import type { Grabbed, Pass } from './pass.ts'
import type { Asking } from './waiter.ts'

const usual = { maxWaitMs: 10_000, length: 100, concurrency: 2 }
const silent = { mean: 0, variance: 0, p95: 0 }

const open = (more: Partial<typeof usual> = {}) => {
  const time = createFakeTime()
  const gate = new Gate({ name: 'one/m', limits: { ...usual, ...more }, ...time })
  const ask = (asking: Partial<Asking> = {}): Asking => ({
    tenant: 'a',
    weight: 1,
    priority: 'normal',
    need: { prompt: 10, output: silent },
    latestStart: Number.POSITIVE_INFINITY,
    signal: new Stop(),
    ...asking,
  })
  return { time, gate, ask }
}

const done = { used: { prompt: 10, output: 0 }, isOverload: false, isGood: true } as const

const refusal = async (coming: () => Pass | Promise<Pass>): Promise<GatewayError> => {
  try {
    await coming()
  } catch (thrown) {
    assert.ok(thrown instanceof GatewayError)
    return thrown
  }
  throw new Error('it was let through')
}

describe('a gate', () => {
  test('lets through at once while there is room, then in turn as places become free', async () => {
    const { gate, ask, time } = open()
    const [one, two] = [gate.enter(ask()), gate.enter(ask())]
    assert.ok(!(one instanceof Promise) && !(two instanceof Promise))
    const third = gate.enter(ask())
    assert.ok(third instanceof Promise)
    await time.run(500)
    one.leave(done)
    one.leave(done)
    const pass = await third
    assert.equal(pass.queuedMs, 500)
    assert.equal(gate.standing().inFlight, 2)
    two.leave(done)
    pass.leave(done)
    assert.equal(gate.standing().inFlight, 0)
    assert.ok(gate.isIdle)
  })

  test('refuses at once who would wait in vain, and says when it is worth asking again', async () => {
    const { gate, ask, time } = open()
    gate.pause(4_000)
    const error = await refusal(() => gate.enter(ask({ latestStart: 3_000 })))
    assert.equal(error.code, 'queue_timeout')
    assert.equal(error.details.outcome, 'incapable')
    assert.equal(error.details.retryAfterMs, 4_000)
    const patient = gate.enter(ask())
    await time.run(4_000)
    assert.equal((await patient).queuedMs, 4_000)
  })

  test('gives up who waits when its turn would come too late after all', async () => {
    const { gate, ask, time } = open({ concurrency: 1, maxWaitMs: 2_000 })
    gate.enter(ask())
    const waiting = gate.enter(ask())
    const refused = refusal(() => waiting)
    await time.run(2_200)
    const error = await refused
    assert.equal(error.code, 'queue_timeout')
    assert.equal(gate.waiting, 0)
    assert.equal(gate.standing().shed.late, 1)
  })

  test('who stops waiting leaves at once, with the reason of its signal, and the next has its turn', async () => {
    const { gate, ask, time } = open({ concurrency: 1 })
    const first = gate.enter(ask())
    const stop = new Stop()
    const leaving = refusal(() => gate.enter(ask({ signal: stop })))
    const next = gate.enter(ask())
    stop.abort(new GatewayError('cancelled', 'Gone.', { outcome: 'cancelled' }))
    assert.equal((await leaving).code, 'cancelled')
    assert.equal(gate.waiting, 1)
    assert.ok(!(first instanceof Promise))
    first.leave(done)
    await time.run(1)
    assert.ok((await next) !== undefined)
  })

  test('takes what others share when it is its turn, and waits at the head where there is none', async () => {
    const { gate, ask, time } = open()
    let free = 0
    let released = 0
    const grab = (): Grabbed => {
      if (free === 0) throw new GatewayError('rate_limited', 'None.', { retryAfterMs: 5_000 })
      free--
      return { release: () => void released++ }
    }
    const first = gate.enter(ask({ grab }))
    const second = gate.enter(ask({ grab }))
    await time.run(1_000)
    assert.equal(gate.waiting, 2)
    free = 1
    await time.run(1_500)
    assert.ok((await first).grabbed)
    assert.equal(gate.waiting, 1)
    free = 1
    await time.run(2_000)
    assert.ok((await second).grabbed)
    assert.equal(released, 0)
  })

  test('gives back what comes too late for somebody who has left', async () => {
    const { gate, ask, time } = open()
    let released = 0
    const stop = new Stop()
    const grab = (): Promise<Grabbed> =>
      new Promise((resolve) => time.at(300, () => resolve({ release: () => void released++ })))
    const leaving = refusal(() => gate.enter(ask({ grab, signal: stop })))
    time.at(100, () => stop.abort(new GatewayError('cancelled', 'Gone.', { outcome: 'cancelled' })))
    const next = gate.enter(ask())
    await time.run(1_000)
    assert.equal((await leaving).code, 'cancelled')
    assert.equal(released, 1)
    assert.ok(await next)
  })

  test('whatever is refused of others than a limit is passed on, and the next has its turn', async () => {
    const { gate, ask, time } = open()
    const broken = new GatewayError('internal', 'Broken.')
    const failing = refusal(() => gate.enter(ask({ grab: () => Promise.reject(broken) })))
    const next = gate.enter(ask())
    await time.run(10)
    assert.equal(await failing, broken)
    assert.ok(await next)
  })

  test('tells those who wait where they stand', async () => {
    const { gate, ask, time } = open({ concurrency: 1 })
    const first = gate.enter(ask())
    assert.ok(!(first instanceof Promise))
    const places: number[] = []
    for (let index = 0; index < 3; index++)
      void Promise.resolve(gate.enter(ask({ waits: (place) => places.push(place().position) }))).catch(() => undefined)
    await time.run(1)
    assert.deepEqual(places, [1, 2, 3])
  })
})

test('whatever happens, everybody ends once, no more are under way than may be, and nothing is kept', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('ask' as const),
      tenant: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom<Priority>('high', 'normal', 'low'),
      prompt: fc.integer({ min: 1, max: 200 }),
      serviceMs: fc.integer({ min: 1, max: 3_000 }),
      patienceMs: fc.integer({ min: 1, max: 20_000 }),
      grabs: fc.constantFrom('not', 'now', 'later', 'seldom'),
      overload: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
    fc.record({ kind: fc.constant('pause' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { gate, ask, time } = open({ concurrency: 3, length: 8, maxWaitMs: 5_000 })
      gate.quota.limit({ unit: 'tokens', limit: 600, windowMs: 10_000 }, 'configured')
      let underWay = 0
      let held = 0
      let asked = 0
      let ended = 0
      const grabbed = (): Grabbed => {
        held++
        return { release: () => void held-- }
      }
      const grabs = {
        not: undefined,
        now: grabbed,
        later: () => new Promise<Grabbed>((resolve) => time.at(time.clock.now() + 50, () => resolve(grabbed()))),
        seldom: () => {
          if (Math.floor(time.clock.now() / 100) % 5 !== 0) throw new GatewayError('rate_limited', 'None.')
          return grabbed()
        },
      } as const
      const visit = async (one: Extract<(typeof steps)[number], { kind: 'ask' }>): Promise<void> => {
        const { prompt, serviceMs, patienceMs, tenant, priority, overload } = one
        const signal = new Stop()
        time.at(time.clock.now() + patienceMs, () => signal.abort(new GatewayError('cancelled', 'Gone.')))
        const grab = grabs[one.grabs as keyof typeof grabs]
        try {
          const need = { prompt, output: silent }
          const pass = await gate.enter(ask({ tenant, priority, need, signal, grab }))
          assert.ok(++underWay <= 3, `${underWay} at once`)
          await new Promise<void>((resolve) => time.at(time.clock.now() + serviceMs, resolve))
          underWay--
          pass.grabbed?.release()
          pass.leave({ used: { prompt, output: 0 }, isOverload: overload, isGood: !overload })
        } catch (thrown) {
          assert.ok(thrown instanceof GatewayError, String(thrown))
        }
        ended++
      }
      let now = 0
      for (const each of steps) {
        if (each.kind === 'ask') {
          asked++
          void visit(each)
        } else if (each.kind === 'pause') gate.pause(each.ms)
        else {
          now += each.ms
          await time.run(now)
        }
        assert.ok(gate.waiting <= 9)
      }
      await time.run(now + 60_000)
      assert.equal(ended, asked)
      assert.equal(held, 0)
      assert.equal(underWay, 0)
      assert.ok(gate.isIdle)
    }),
    { numRuns: 200 },
  )
})
