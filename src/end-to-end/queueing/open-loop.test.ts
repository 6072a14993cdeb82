import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { arrivalsOf, goodOf, jain, latencyOf, type Source, servedMs } from './load.ts'
import { createProviderMeter } from './provider-meter.ts'
import { type Fate, type Simulation, simulate } from './simulation.ts'
import { madeTrace, replay, replayCautious } from './trace.ts'

/** A provider that bears 40 calls at once, each of a second: 40 a second. */
const servers = 40
const perSecond = 40
const limits = { maxWaitMs: 10_000, length: 1_000, concurrency: servers }
const untilMs = 120_000
/** By then it is known how much the provider bears. */
const warmMs = 30_000

const source = (tenant: string, rate: number, more: Partial<Source> = {}): Source => ({
  tenant,
  perSecond: rate,
  serviceMs: 1_000,
  patienceMs: 15_000,
  untilMs,
  ...more,
})

const run = (sources: readonly Source[], untilMs = 180_000): Promise<Simulation> =>
  simulate({ arrivals: arrivalsOf(sources), limits, servers, untilMs })

const goodput = (fates: readonly Fate[], fromMs: number, toMs: number): number =>
  goodOf(fates)
    .filter(({ endedAt }) => endedAt > fromMs && endedAt <= toMs)
    .reduce((sum, { arrival }) => sum + arrival.serviceMs, 0) /
  (servers * (toMs - fromMs))

/** Without the time in which it is found out how much the provider bears. */
const warm = (fates: readonly Fate[], isMeant = (_tenant: string): boolean => true): readonly Fate[] =>
  fates.filter(({ arrival }) => arrival.at > warmMs && isMeant(arrival.tenant))

describe('calls that come whatever becomes of those before', () => {
  const quietTenants = Array.from({ length: 10 }, (_, index) => `quiet-${index}`)
  for (const load of [0.8, 1, 1.3, 2])
    for (const noise of [10, 20]) {
      test(`at ${load} of capacity, one of eleven ${noise} times as noisy as the others`, async () => {
        const rate = (perSecond * load) / (10 + noise)
        const quiet = quietTenants.map((tenant) => source(tenant, rate))
        const isQuiet = (tenant: string): boolean => tenant !== 'noisy'
        const alone = latencyOf(warm((await run(quiet)).fates), 0.99)
        const { fates, gate } = await run([...quiet, source('noisy', rate * noise)])
        assert.ok(latencyOf(warm(fates, isQuiet), 0.99) <= 1.2 * alone, 'the quiet ones hear the noise')
        assert.ok(goodput(fates, warmMs, untilMs) >= 0.95 * Math.min(1, load), `${goodput(fates, warmMs, untilMs)}`)
        // Nobody of the quiet is refused whose share would have been enough.
        if (rate < perSecond / 11) assert.ok(warm(fates, isQuiet).every(({ outcome }) => outcome === 'ok'))
        const late = fates.filter(({ outcome }) => outcome === 'shed' || outcome === 'cancelled').length
        assert.ok(late <= 0.02 * fates.length, `${late} of ${fates.length} waited in vain`)
        assert.ok(gate.isIdle)
      })
    }

  test('equals get equal shares at twice the capacity', async () => {
    const tenants = Array.from({ length: 8 }, (_, index) => `tenant-${index}`)
    // The first sends much more than the others.
    const { fates } = await run(tenants.map((tenant, index) => source(tenant, index === 0 ? 30 : 7)))
    const shares = tenants.map((tenant) => servedMs(fates, tenant, warmMs, untilMs))
    assert.ok(jain(shares) >= 0.99, `${jain(shares)}`)
  })

  test('shares are as the weights, within three hundredths', async () => {
    const weights = [1, 2, 3, 4]
    const { fates } = await run(weights.map((weight, index) => source(`tenant-${index}`, 30, { weight })))
    const shares = weights.map((_, index) => servedMs(fates, `tenant-${index}`, warmMs, untilMs))
    const all = shares.reduce((sum, share) => sum + share, 0)
    for (const [index, weight] of weights.entries()) {
      const share = (shares[index] ?? 0) / all
      assert.ok(Math.abs(share - weight / 10) <= 0.03, `${share} for ${weight} of 10`)
    }
  })

  test('under a flood of urgent calls the others still have a quarter of the turns', async () => {
    const { fates } = await run([
      source('urgent', 60, { priority: 'high' }),
      source('batch', 20, { priority: 'low', patienceMs: 60_000 }),
    ])
    const batch = servedMs(fates, 'batch', warmMs, untilMs)
    const share = batch / (batch + servedMs(fates, 'urgent', warmMs, untilMs))
    assert.ok(share >= 0.2 && share <= 0.3, `${share}`)
  })
})

test('five times too much for a minute: as much as ever is done, and ten seconds later all is as before', async () => {
  const from = 60_000
  const to = 120_000
  const steady = Array.from({ length: 10 }, (_, index) => source(`tenant-${index}`, 3, { untilMs: 200_000 }))
  const flood = Array.from({ length: 10 }, (_, index) => source(`tenant-${index}`, 17, { fromMs: from, untilMs: to }))
  const { fates } = await run([...steady, ...flood], 260_000)
  assert.ok(goodput(fates, from, to) >= 0.95)
  const before = fates.filter(({ arrival: { at } }) => at > warmMs && at < from)
  const after = fates.filter(({ arrival: { at } }) => at > to + 10_000 && at < 200_000)
  assert.ok(after.every(({ outcome }) => outcome === 'ok'))
  assert.ok(latencyOf(after, 0.99) <= 1.2 * latencyOf(before, 0.99))
})

describe('a provider that allows 300,000 tokens a minute', () => {
  const rows = madeTrace(10, 7)
  for (const metering of ['fixed', 'sliding', 'bucket'] as const)
    test(`and counts by ${metering} minutes, never has to refuse, and is used to 97 %`, async () => {
      const { answered, throttled, used } = await replay(rows, 300_000, metering)
      assert.equal(throttled, 0)
      assert.ok(used >= 0.97, `${used}`)
      const cautious = replayCautious(rows, { tokensPerMinute: 300_000, metering })
      assert.ok(answered >= 1.15 * cautious.answered || metering === 'bucket', `${answered} and ${cautious.answered}`)
    })
})

test('a quiet tenant waits no longer than before while another uses all that a provider allows', async () => {
  const quotas = [{ unit: 'requests', limit: 600, windowMs: 60_000 }] as const
  const quiet = source('quiet', 0.5, { untilMs: 600_000, serviceMs: 2_000 })
  const noisy = source('noisy', 20, { untilMs: 600_000, serviceMs: 2_000 })
  const ask = (sources: readonly Source[]): Promise<Simulation> =>
    simulate({ arrivals: arrivalsOf(sources), limits: { ...limits, concurrency: 1_000 }, quotas, untilMs: 660_000 })
  const isSteady = ({ arrival: { at, tenant } }: Fate): boolean => at > 240_000 && tenant === 'quiet'
  const alone = (await ask([quiet])).fates.filter(isSteady)
  const both = (await ask([quiet, noisy])).fates.filter(isSteady)
  assert.ok(both.every(({ outcome }) => outcome === 'ok'))
  const ratio = latencyOf(both, 0.99) / latencyOf(alone, 0.99)
  assert.ok(ratio <= 1.2, `${ratio}`)
})

test('what a provider is sent never goes beyond its limit while a meter of its own counts', async () => {
  const meter = createProviderMeter('sliding', 50_000)
  const quotas = [{ unit: 'tokens', limit: 50_000, windowMs: 60_000 }] as const
  const arrivals = arrivalsOf([source('a', 3), source('b', 1, { output: 900 })])
  const { fates } = await simulate({ arrivals, limits, quotas, meter, untilMs: 200_000 })
  assert.equal(fates.filter(({ outcome }) => outcome === 'throttled').length, 0)
})
