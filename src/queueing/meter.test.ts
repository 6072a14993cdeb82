import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Meter } from './meter.ts'
import { Quota } from './quota.ts'

const minute = 60_000
const requests = { unit: 'requests', limit: 600, windowMs: minute } as const

test('who shares a limit with others keeps to its part of the pace, and who is alone has all of it', () => {
  const meter = new Meter(requests, 'configured')
  meter.take(100, 0, 0)
  meter.shared(105, 100, 0)
  assert.equal(meter.share(0), 1)
  meter.shared(300, 100, 0)
  assert.equal(meter.foreign(0), 200)
  assert.ok(meter.share(0) > 1 / 3 && meter.share(0) < 0.35, `${meter.share(0)}`)
  // Nobody has told it since.
  assert.equal(meter.foreign(minute / 2), 100)
  assert.equal(meter.share(minute), 1)
})

test('what others have used leaves nobody more to use freely, only its part of the rest, evenly', () => {
  const quota = new Quota()
  quota.limit(requests, 'configured')
  const need = { prompt: 1, output: { mean: 0, variance: 0, p95: 0 } }
  for (let call = 0; call < 100; call++) quota.send(need, 0)
  quota.shared(requests, 400, 0)
  let now = 0
  let sent = 0
  for (; now < 20_000; now = Math.max(now + 1, quota.nextAt(need, now))) {
    if (quota.nextAt(need, now) > now) continue
    quota.send(need, now)
    sent++
  }
  // Alone it would send 100 more.
  assert.ok(sent > 10 && sent < 60, `${sent} in twenty seconds`)
})
