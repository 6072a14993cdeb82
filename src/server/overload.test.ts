import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../core/errors.ts'
import { errorHeaders } from '../error-headers.ts'
import { becomesTrue } from '../testing/ledger-suite-parts.ts'
import { createOverload } from './overload.ts'

const normal = { key: 'web' }
const urgent = { key: 'web', priority: 'high' as const }
const patient = { key: 'web', priority: 'low' as const }

/** A gateway under pressure that a test makes. */
const rig = (everyMs = 1) => {
  const pressure = { eventLoop: 0, heap: 0, memory: 0 }
  const state = { calls: 0, pressure, looks: 0, shed: [] as string[] }
  const overload = createOverload({
    calls: () => state.calls,
    pressure: () => {
      state.looks++
      return { ...pressure }
    },
    shed: (reason, whom) => void state.shed.push(`${reason} ${whom}`),
    random: () => 0.5,
    everyMs,
  })
  const isLetIn = (caller = normal, headers: Record<string, string> = {}): boolean => {
    try {
      overload.admit()
      overload.admitCaller(caller, headers)
      return true
    } catch (thrown) {
      assert.ok(thrown instanceof GatewayError && thrown.code === 'overloaded')
      return false
    }
  }
  return { overload, state, isLetIn, [Symbol.dispose]: () => overload.close() }
}

const retry = { 'x-stainless-retry-count': '1' }
const low = { 'x-tollgate-priority': 'low' }

describe('a gateway that fills up', () => {
  it('ends connections first, then sheds low priority, then retries, then everybody', () => {
    using under = rig(60_000)
    const { state, overload, isLetIn } = under
    const seen = [0, 0.79, 0.8, 0.89, 0.9, 0.93, 0.94, 0.97, 0.98, 1.2].map((share) => {
      state.calls = share
      const who = { busy: overload.isBusy, low: !isLetIn(normal, low), retry: !isLetIn(urgent, retry), all: !isLetIn() }
      return Object.entries(who)
        .filter(([, is]) => is)
        .map(([name]) => name)
        .join(' ')
    })
    const most = 'busy low retry all'
    assert.deepEqual(seen, [
      '',
      '',
      'busy',
      'busy',
      'busy low',
      'busy low',
      'busy low retry',
      'busy low retry',
      most,
      most,
    ])
  })

  it('counts whose key is of low priority with those who say so', () => {
    using under = rig(60_000)
    under.state.calls = 0.91
    assert.equal(under.isLetIn(patient), false)
    assert.equal(under.isLetIn(normal, retry), true)
    assert.deepEqual(under.state.shed, ['calls low'])
  })

  it('does not take a hint for a number that is none', () => {
    using under = rig(60_000)
    under.state.calls = 0.95
    for (const count of ['', '0', 'x', '-1', 'NaN'])
      assert.ok(under.isLetIn(normal, { 'x-stainless-retry-count': count }))
  })

  it('keeps a step until there is 5 % less, so that it does not flutter', () => {
    using under = rig(60_000)
    const { state, isLetIn } = under
    const at = (share: number): boolean => {
      state.calls = share
      return isLetIn()
    }
    assert.deepEqual(
      [at(0.98), at(0.97), at(0.931), at(0.92), at(0.97), at(0.98)],
      [false, false, false, true, true, false],
    )
  })

  it('changes its mind no more often than the share crosses its whole slack', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1.2, noNaN: true }), { maxLength: 60 }), (shares) => {
        using under = rig(60_000)
        let last: { isIn: boolean; share: number } | undefined
        for (const share of shares) {
          under.state.calls = share
          const isIn = under.isLetIn()
          if (share >= 0.98) assert.equal(isIn, false)
          if (share < 0.93 - 1e-9) assert.equal(isIn, true)
          if (last && share >= 0.93 && share < 0.98) assert.equal(isIn, last.isIn, 'between the edges it stays')
          last = { isIn, share }
        }
      }),
    )
  })

  it('says when to come again, not to all the same', () => {
    using under = rig(60_000)
    under.state.calls = 1
    assert.throws(
      () => under.overload.admit(),
      (thrown: GatewayError) => {
        assert.equal(thrown.details.retryAfterMs, 2_000)
        const headers = errorHeaders(thrown)
        assert.equal(headers['x-should-retry'], 'true')
        assert.ok(Number(headers['retry-after']) >= 1)
        return thrown.status === 503
      },
    )
  })
})

describe('a process that cannot go on', () => {
  for (const [signal, reason] of [
    ['heap', 'heap'],
    ['memory', 'memory'],
  ] as const)
    it(`sheds when its ${signal} is full, and stops when it is not`, async () => {
      using under = rig()
      under.state.pressure[signal] = 0.99
      await becomesTrue(() => !under.isLetIn())
      assert.ok(under.state.shed.includes(`${reason} all`))
      under.state.pressure[signal] = 0.5
      await becomesTrue(() => under.isLetIn())
    })

  it('that is late once is let alone; late twice it sheds', async () => {
    using under = rig(20)
    const { state } = under
    await becomesTrue(() => state.looks >= 1)
    const looks = state.looks
    state.pressure.eventLoop = 1
    await becomesTrue(() => state.looks > looks)
    assert.equal(under.isLetIn(), state.looks < looks + 2)
    await becomesTrue(() => !under.isLetIn())
    assert.ok(state.shed.includes('event_loop all'))
    state.pressure.eventLoop = 0
    await becomesTrue(() => under.isLetIn())
  })
})
