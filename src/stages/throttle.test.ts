import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attempt } from '../core/call.ts'
import { systemClock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { attemptOf, chatOf } from '../providers/simulated-asking.ts'
import { createGates } from '../queueing/gates.ts'
import { throttle } from './throttle.ts'

const queue = { maxWaitMs: 1_000, length: 4, concurrency: 1 }

test('an attempt at a target without a queue passes as it is', async () => {
  const gates = createGates({ clock: systemClock })
  const attempt = attemptOf(chatOf('hi'))
  const seen: Attempt[] = []
  const stage = throttle({ gates, clock: systemClock })((passed) => {
    seen.push(passed)
    return Promise.reject(new GatewayError('upstream_failed', 'Failed.', { outcome: 'server' }))
  })
  await assert.rejects(stage(attempt))
  assert.equal(seen[0], attempt)
  assert.deepEqual(gates.standings(), [])
})

test('however an attempt ends, its place is free again', async () => {
  const gates = createGates({ clock: systemClock })
  const failing = (): Promise<never> => {
    throw new GatewayError('upstream_failed', 'Failed.', { outcome: 'server' })
  }
  const rejecting = (): Promise<never> => Promise.reject(new Error('unknown'))
  for (const next of [failing, rejecting, failing]) {
    const stage = throttle({ gates, clock: systemClock })(next)
    await assert.rejects(stage({ ...attemptOf(chatOf('hi')), deadline: systemClock.now() + 60_000, queue }))
  }
  const [standing] = gates.standings()
  assert.equal(standing?.inFlight, 0)
  assert.equal(standing?.waiting, 0)
})

test('an attempt that is refused a place was never sent and costs nothing', async () => {
  const gates = createGates({ clock: systemClock })
  const attempt = { ...attemptOf(chatOf('hi')), deadline: systemClock.now() + 60_000, queue }
  gates.of(attempt.target.id, queue).pause(5_000)
  const stage = throttle({ gates, clock: systemClock })(() => assert.fail('it was sent'))
  await assert.rejects(stage(attempt), { code: 'queue_timeout' })
  const { line } = attempt
  assert.deepEqual([line.sent, line.outcome, line.error, line.costNanos], [false, 'incapable', 'queue_timeout', 0n])
})
