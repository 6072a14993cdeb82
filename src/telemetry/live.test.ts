import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { sampleLine, sampleRecord } from '../testing/sample-records.ts'
import { createLive, type LiveTick } from './live.ts'

const words = { known: (text: string) => text, fresh: (text: string) => text }

const listening = () => {
  const live = createLive(words)
  const ids: string[] = []
  const ticks: LiveTick[] = []
  const ended: true[] = []
  const leave = live.listen({
    call: (read) => ids.push(read().id),
    tick: (tick) => ticks.push(tick),
    end: () => ended.push(true),
  })
  return { live, ids, ticks, ended, leave }
}

describe('what happens, told as it happens', () => {
  test('comes to everybody who listens, and to nobody who left', () => {
    const { live, ids, ended, leave } = listening()
    live.sink(sampleRecord({ id: 'one' }))
    leave()
    live.sink(sampleRecord({ id: 'two' }))
    assert.deepEqual([ids, ended], [['one'], [true]])
  })

  test('is added up each second, and over a minute', () => {
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      const { live, ticks } = listening()
      live.sink(sampleRecord({ durationMs: 100 }))
      mock.timers.tick(1_000)
      live.sink(sampleRecord({ outcome: 'error', error: 'internal', durationMs: 300 }))
      const copy = { purpose: 'mirror' as const }
      live.sink(sampleRecord({ notes: copy, attempts: [sampleLine({ costNanos: 1n })] }))
      mock.timers.tick(1_000)
      const [begun, first, second] = ticks
      assert.deepEqual(begun?.minute.calls, 0)
      assert.deepEqual(first?.second, { calls: 1, errors: 0, cost: 1_000_000_001n })
      assert.deepEqual(second?.second, { calls: 1, errors: 1, cost: 1_000_000_002n })
      assert.equal(second?.watchedSeconds, 2)
      assert.deepEqual(second?.minute, { calls: 2, errors: 1, cost: 2_000_000_003n })
      assert.ok(Math.abs((second?.latencyMs?.p95 ?? 0) / 300 - 1) < 0.01)
      for (let passed = 0; passed < 61; passed++) mock.timers.tick(1_000)
      assert.deepEqual(ticks.at(-1)?.minute.calls, 0)
      assert.equal(ticks.at(-1)?.watchedSeconds, 60)
      assert.equal(ticks.at(-1)?.latencyMs, undefined)
      live.close()
    } finally {
      mock.timers.reset()
    }
  })

  test('ends for all when it is closed, and begins for nobody after that', () => {
    const { live, ended } = listening()
    live.close()
    assert.equal(ended.length, 1)
    live.listen({ call: () => assert.fail(), tick: () => assert.fail(), end: () => ended.push(true) })
    live.sink(sampleRecord())
    assert.equal(ended.length, 2)
  })
})
