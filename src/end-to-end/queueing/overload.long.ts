import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OverloadCall, overload } from './overload.ts'

const concurrency = 20
const serviceMs = 400
const warmMs = 10_000
const floodMs = 60_000

const latency = (calls: readonly OverloadCall[], share: number): number => {
  const times = calls.map(({ startedAt, endedAt }) => endedAt - startedAt).sort((one, other) => one - other)
  return times[Math.ceil(share * times.length) - 1] ?? Number.NaN
}

test('five times too much for a minute: nearly all of the capacity goes on, and ten seconds later all is well', {
  timeout: 180_000,
}, async () => {
  const calls = await overload({
    concurrency,
    serviceMs,
    phases: [
      { load: 0.7, forMs: warmMs },
      { load: 5, forMs: floodMs },
      { load: 0.7, forMs: 30_000 },
    ],
  })
  const end = warmMs + floodMs
  const good = calls.filter(({ isGood, endedAt }) => isGood && endedAt > warmMs && endedAt <= end)
  const share = (good.length * serviceMs) / (concurrency * floodMs)
  assert.ok(share >= 0.8, `${share} of the capacity during the flood`)
  const refused = calls.filter(({ isGood, startedAt }) => !isGood && startedAt > warmMs && startedAt < end)
  assert.ok(latency(refused, 0.9) <= 20, `${latency(refused, 0.9)} ms for a refusal`)
  const before = calls.filter(({ startedAt }) => startedAt < warmMs)
  const after = calls.filter(({ startedAt }) => startedAt > end + 10_000)
  assert.ok(after.length > 0 && after.every(({ isGood }) => isGood))
  assert.ok(latency(after, 0.95) <= 1.5 * latency(before, 0.95), `${latency(after, 0.95)} ms afterwards`)
})
