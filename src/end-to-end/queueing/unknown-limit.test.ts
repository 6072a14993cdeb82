import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { randomFrom } from '../../providers/simulated-random.ts'
import { createProviderMeter, type Metering, type ProviderMeter } from './provider-meter.ts'
import { type Arrival, type Fate, simulate } from './simulation.ts'

const minute = 60_000

/** Calls that come half again as fast as the provider takes them. */
const flood = (perMinute: number, minutes: number, sizes: 'equal' | 'various'): Arrival[] => {
  const random = randomFrom(`${perMinute} ${sizes}`)
  const arrivals: Arrival[] = []
  for (let at = 7_000; at < minutes * minute; at += (-Math.log(1 - random()) * minute) / (perMinute * 1.5)) {
    const prompt = sizes === 'equal' ? 100 : Math.round(20 + 160 * random())
    arrivals.push({ at, tenant: 'a', prompt, output: 50, serviceMs: 300 + 400 * random(), patienceMs: 20_000 })
  }
  return arrivals
}

/** After the first two minutes: of what was sent, so much was refused; of what is allowed, so much was used. */
const sharesOf = (fates: readonly Fate[], limit: number, minutes: number, sizeOf: (arrival: Arrival) => number) => {
  const sentAt = ({ arrival, queuedMs }: Fate): number => arrival.at + queuedMs
  const late = fates.filter((fate) => sentAt(fate) >= 2 * minute && sentAt(fate) < minutes * minute)
  const refused = late.filter(({ outcome }) => outcome === 'throttled').length
  const good = late.filter(({ outcome }) => outcome === 'ok')
  const used = good.reduce((sum, { arrival }) => sum + sizeOf(arrival), 0)
  return { refused: refused / (refused + good.length), used: used / (limit * (minutes - 2)) }
}

const limits = { maxWaitMs: 20_000, length: 2_000, concurrency: 1_000 }

/** Counts one call as one. */
const callsOnly = (metering: Metering, perMinute: number): ProviderMeter => {
  const meter = createProviderMeter(metering, perMinute)
  return { takes: (_prompt, now) => meter.takes(1, now), answers: () => {}, total: 0 }
}

describe('a provider that tells its limit by refusing alone', () => {
  const minutes = 20
  for (const metering of ['fixed', 'sliding', 'bucket'] satisfies Metering[])
    for (const perMinute of [60, 600])
      for (const sizes of ['equal', 'various'] as const)
        test(`${perMinute} calls a minute, counted by ${metering} minutes, calls of ${sizes} size`, async () => {
          const meter = callsOnly(metering, perMinute)
          const arrivals = flood(perMinute, minutes, sizes)
          const { fates } = await simulate({ arrivals, limits, meter, untilMs: (minutes + 1) * minute })
          const { refused, used } = sharesOf(fates, perMinute, minutes, () => 1)
          assert.ok(refused <= 0.01, `${refused} of the calls were refused`)
          assert.ok(used >= 0.9, `${used} of the limit was used`)
        })

  for (const metering of ['fixed', 'sliding', 'bucket'] satisfies Metering[])
    test(`100,000 tokens a minute, counted by ${metering} minutes`, async () => {
      const limit = 100_000
      const arrivals = flood(limit / 150, minutes, 'various')
      const meter = createProviderMeter(metering, limit)
      const { fates } = await simulate({ arrivals, limits, meter, untilMs: (minutes + 1) * minute })
      const { refused, used } = sharesOf(fates, limit, minutes, ({ prompt, output }) => prompt + output)
      assert.ok(refused <= 0.01, `${refused} of the calls were refused`)
      assert.ok(used >= 0.9, `${used} of the limit was used`)
    })
})
