import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { Answer } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import { Stop } from '../core/stop.ts'
import { callOf, targetOf } from '../testing/sample-calls.ts'
import { enter, type Racer, race } from './race.ts'

/** When somebody who is asked answers, and whether it fails. */
interface Fate {
  readonly afterMs: number
  readonly fails: boolean
}

interface Runner {
  readonly racer: Racer
  /** Was its answer given to nobody? */
  isCancelled: boolean
}

const runnerFor = (call: Call, name: string, { afterMs, fails }: Fate): Runner => {
  const runner = { isCancelled: false } as { racer?: Racer; isCancelled: boolean }
  const begin = async (own: Call): Promise<Answer> => {
    const stopped = new Promise<void>((resolve) => own.signal.addEventListener('abort', resolve))
    await Promise.race([sleep(afterMs), stopped])
    if (own.signal.aborted) throw own.signal.reason
    if (fails) throw new GatewayError('upstream_failed', `${name} failed.`, { outcome: 'server' })
    const head = { wire: 'w', form: 'whole', target: targetOf(`p/${name}`), headers: {} } as const
    const cancel = (): void => {
      runner.isCancelled = true
    }
    return new Answer(head, { pull: () => undefined, cancel })
  }
  const line = { target: `p/${name}`, ordinal: 1, started: 0 }
  runner.racer = enter(call, targetOf(`p/${name}`), (own) => ({ line, answer: begin(own) }))
  return runner as Runner
}

const stoppable = (): { readonly call: Call; readonly stop: Stop } => {
  const stop = new Stop()
  return { call: { ...callOf(), signal: stop }, stop }
}

const fates = fc.record({ afterMs: fc.integer({ min: 0, max: 6 }), fails: fc.boolean() })

describe('a race', () => {
  test('is won by exactly one who begins, whatever happens when; the other is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(fates, fates, fc.integer({ min: 0, max: 6 }), async (one, two, patienceMs) => {
        const { call } = stoppable()
        const runners = [runnerFor(call, 'first', one)]
        const first = runners[0] as Runner
        const won = await race(first.racer, patienceMs, () => {
          runners.push(runnerFor(call, 'second', two))
          return runners[1]?.racer
        }).catch((error: unknown) => error)
        await sleep(8)
        if (won instanceof GatewayError) {
          assert.equal(won.message, 'first failed.')
          assert.ok(one.fails && (two.fails || runners.length === 1))
          return
        }
        const { winner, loser } = won as Awaited<ReturnType<typeof race>>
        for (const { racer, isCancelled } of runners) {
          if (racer === winner) assert.ok(!isCancelled && !racer.call.signal.aborted)
          else {
            assert.ok(racer.call.signal.aborted)
            const hasBegun = await racer.answer.then(
              () => true,
              () => false,
            )
            assert.equal(isCancelled, hasBegun)
          }
        }
        assert.equal(loser, runners.find(({ racer }) => racer !== winner)?.racer)
      }),
      { numRuns: 60 },
    )
  })

  test('asks no second when the first fails in time', async () => {
    const { call } = stoppable()
    const { racer } = runnerFor(call, 'first', { afterMs: 0, fails: true })
    await assert.rejects(
      race(racer, 5, () => assert.fail('it was over')),
      /first failed/,
    )
    await sleep(10)
  })

  test('asks again after a while when nobody may be asked yet', async () => {
    const { call } = stoppable()
    const first = runnerFor(call, 'first', { afterMs: 1_000, fails: false })
    let times = 0
    const { winner } = await race(first.racer, 1, () => {
      times++
      return times < 4 ? 1 : runnerFor(call, 'second', { afterMs: 0, fails: false }).racer
    })
    assert.equal(times, 4)
    assert.equal(winner.line.target, 'p/second')
  })

  test('ends for both when the call is stopped', async () => {
    const { call, stop } = stoppable()
    const runners = [runnerFor(call, 'first', { afterMs: 1_000, fails: false })]
    const racing = race(runners[0]?.racer as Racer, 0, () => {
      runners.push(runnerFor(call, 'second', { afterMs: 1_000, fails: false }))
      return runners[1]?.racer
    })
    await sleep(5)
    stop.abort(new GatewayError('cancelled', 'The caller left.', { outcome: 'cancelled' }))
    await assert.rejects(racing, /The caller left/)
    assert.ok(runners.length === 2 && runners.every(({ racer }) => racer.call.signal.aborted))
  })
})
