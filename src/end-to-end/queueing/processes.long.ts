import assert from 'node:assert/strict'
import { test } from 'node:test'
import { share } from './processes.ts'

test('three processes never send a provider more than it allows, and use nearly all of it', {
  timeout: 180_000,
}, async () => {
  const { most, used, statuses } = await share({ processes: 3, limit: 800, seconds: 20, load: 1.5, forMs: 65_000 })
  console.log({ most, used, statuses })
  assert.ok(most <= 1, `${most} of the limit within one window`)
  assert.ok(used >= 0.95, `${used} of the limit was used`)
  assert.equal(statuses[429] ?? 0, 0)
})
