import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { logNormal, randomFrom } from '../providers/simulated-random.ts'
import { targetOf } from '../testing/sample-calls.ts'
import { createHedging } from './hedging.ts'
import { RecentTimes } from './recent-times.ts'

describe('what may be asked twice', () => {
  test('is never more than its share of the calls, in whatever order they come', () => {
    const events = fc.array(fc.constantFrom('call', 'late'), { maxLength: 600 })
    const shares = fc.constantFrom(0.01, 0.05, 0.1, 0.3, 1)
    fc.assert(
      fc.property(events, shares, (list, budget) => {
        const hedging = createHedging()
        let calls = 0
        let taken = 0
        for (const event of list) {
          if (event === 'call') {
            calls++
            hedging.earn('chat', budget)
          } else if (hedging.take('chat')) taken++
          assert.ok(taken <= calls * budget + 1e-6)
        }
      }),
    )
  })

  test('is all of its share when calls are late one after the other', () => {
    const hedging = createHedging()
    let taken = 0
    for (let calls = 0; calls < 200; calls++) {
      hedging.earn('chat', 0.05)
      if (hedging.take('chat')) taken++
    }
    assert.equal(taken, 10)
  })

  test('is saved up for ten calls and no more, so that a quiet hour pays for no storm', () => {
    const hedging = createHedging()
    for (let calls = 0; calls < 10_000; calls++) hedging.earn('chat', 0.05)
    let taken = 0
    while (hedging.take('chat')) taken++
    assert.equal(taken, 10)
  })

  test('is earned by each model for itself', () => {
    const hedging = createHedging()
    hedging.earn('chat', 1)
    assert.equal(hedging.take('other'), false)
    assert.equal(hedging.take('chat'), true)
  })
})

describe('how long a target may take', () => {
  const p95 = { share: 0.95 }
  const target = targetOf('a/one')

  test('is what was said, where a duration was said', () => {
    assert.equal(createHedging().patienceMs(target, 'stream', { ms: 800 }), 800)
  })

  test('is not known before so many calls that one late one is to be expected', () => {
    const hedging = createHedging()
    for (let calls = 1; calls <= 19; calls++) hedging.took(target, 'stream', { ms: calls })
    assert.equal(hedging.patienceMs(target, 'stream', p95), undefined)
    hedging.took(target, 'stream', { ms: 20 })
    assert.equal(hedging.patienceMs(target, 'stream', p95), 19)
  })

  test('is measured for streams and whole answers apart, and for each target', () => {
    const hedging = createHedging()
    for (let calls = 0; calls < 20; calls++) {
      hedging.took(target, 'stream', { ms: 100 })
      hedging.took(target, 'whole', { ms: 900 })
    }
    assert.equal(hedging.patienceMs(target, 'stream', p95), 100)
    assert.equal(hedging.patienceMs(target, 'whole', p95), 900)
    assert.equal(hedging.patienceMs(targetOf('b/two'), 'whole', p95), undefined)
  })
})

describe('recent times', () => {
  test('give a time that at least the wanted share does not exceed', () => {
    const times = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 20, maxLength: 32 })
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.75, 0.9, 0.95), (list, share) => {
        const recent = new RecentTimes()
        for (const ms of list) recent.add(ms)
        const found = recent.percentile(share)
        assert.ok(found !== undefined && list.includes(found))
        assert.ok(list.filter((ms) => ms <= found).length >= share * list.length)
        assert.ok(list.filter((ms) => ms < found).length < share * list.length + 1)
      }),
    )
  })

  test('are not drawn down by those that were not waited for to their end', () => {
    const random = randomFrom('times')
    const recent = new RecentTimes()
    let late = 0
    const calls = 20_000
    for (let count = 0; count < calls; count++) {
      const ms = logNormal(random, { p50: 20, p99: 600 })
      const patience = recent.percentile(0.95)
      const isLate = patience !== undefined && ms > patience
      if (isLate) late++
      // Who is late is stopped a little later, as soon as another begins.
      if (isLate && ms > patience + 20) recent.add(patience + 20, true)
      else recent.add(ms)
    }
    assert.ok(Math.abs(late / calls - 0.05) < 0.015, `${late / calls} were late`)
  })

  test('are at least the longest that was waited for, where nobody came to an end', () => {
    const recent = new RecentTimes()
    for (let count = 1; count <= 20; count++) recent.add(count, true)
    assert.equal(recent.percentile(0.95), 20)
  })

  test('forget what is long ago', () => {
    const recent = new RecentTimes()
    for (let count = 0; count < 2_000; count++) recent.add(5_000)
    for (let count = 0; count < 1_024; count++) recent.add(10)
    assert.equal(recent.percentile(0.99), 10)
  })
})
