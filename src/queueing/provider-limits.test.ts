import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Allowance } from '../core/allowance.ts'
import { GatewayError } from '../core/errors.ts'
import { Stop } from '../core/stop.ts'
import { createLedger } from '../ledger/create-ledger.ts'
import type { Hold, Ledger } from '../ledger/ledger.ts'
import { attemptOf, chatOf } from '../providers/simulated-asking.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { createFakeTime } from '../testing/fake-time.ts'
import { Gate } from './gate.ts'
import { createLimits, grabFrom, Taken } from './provider-limits.ts'

const limitOf = (more: Partial<Allowance>): Allowance => ({
  id: 'limit',
  unit: 'requests',
  limit: 100n,
  window: { kind: 'rolling', ms: 60_000 },
  scope: 'provider:one',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'reject',
  alerts: [],
  ...more,
})
const boundsOf = (...allowances: readonly Allowance[]) =>
  allowances.map((allowance) => ({ allowance, subject: 'provider:one' }) as const)

const need = { prompt: 10, output: { mean: 0, variance: 0, p95: 0 } }

const rigOf = (hold: Ledger['hold']) => {
  const time = createFakeTime()
  const gate = new Gate({ name: 'one', limits: { maxWaitMs: 1_000, length: 10, concurrency: 10 }, ...time })
  const written = boundsOf(limitOf({}))
  const ledger = { hold, view: () => undefined } as unknown as Ledger
  const limits = { written, taken: written }
  return { time, grab: grabFrom({ ledger, clock: time.clock, gate, limits, signal: new Stop() }, need) }
}

test('a window counts a little longer than it is written, for what is late on its way', () => {
  const bounds = boundsOf(
    limitOf({}),
    limitOf({ id: 'short', window: { kind: 'rolling', ms: 1_000 } }),
    limitOf({ id: 'at once', unit: 'concurrency', window: { kind: 'total' } }),
    limitOf({ id: 'day', window: { kind: 'rolling', ms: 86_400_000 } }),
  )
  const ledger = createLedger({ store: createMemoryStore() })
  const { written, taken } = createLimits({ ledger, match: () => () => bounds })(attemptOf(chatOf('hi')))
  assert.deepEqual(written, bounds)
  const windows = taken.map(({ allowance: { window } }) => (window.kind === 'rolling' ? window.ms : undefined))
  assert.deepEqual(windows, [60_600, 1_050, undefined, 86_401_000])
  assert.ok(taken.every(({ allowance }) => allowance.limit === 100n))
})

test('what comes late from a slow store is given back and asked for again, a few times', async () => {
  let released = 0
  let asked = 0
  const hold: Hold = { granted: [1n], settle: () => {}, release: () => void released++ }
  const { time, grab } = rigOf(() => {
    asked++
    return new Promise((resolve) => time.at(time.clock.now() + 400, () => resolve(hold)))
  })
  for (let round = 1; round <= 3; round++) {
    const refused = assert.rejects(async () => grab(), { code: 'rate_limited' })
    await time.run(round * 400)
    await refused
  }
  const last = grab()
  await time.run(1_600)
  assert.ok((await last) instanceof Taken)
  assert.deepEqual([asked, released], [4, 3])
})

test('without its store everybody is let in, and other failures are passed on', async () => {
  const without = rigOf(() => Promise.reject(new GatewayError('store_unavailable', 'Gone.'))).grab()
  assert.ok((await without) instanceof Taken)
  const broken = new GatewayError('internal', 'Broken.')
  const { grab } = rigOf(() => {
    throw broken
  })
  assert.throws(grab, broken)
})
