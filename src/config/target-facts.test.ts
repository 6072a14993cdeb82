import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from './load.ts'
import { providersOf } from './providers.ts'

test('a target that is in use follows the day on which its price changes', async () => {
  const change = Math.ceil(Date.now() / 1_000 + 0.2) * 1_000
  const from = new Date(change).toISOString().replace('.000Z', 'Z')
  const text = `
providers: { sim: { kind: simulated } }
prices: { sim/*: [{ input: 1, output: 1 }, { from: "${from}", input: 2, output: 2 }] }`
  const { config } = await loadConfig({ text, environment: {}, probe: async () => undefined })
  const target = providersOf(config).target('sim', 'large', 1)
  const before = target.facts
  assert.equal(before?.price?.rates.input, 1_000_000_000n)
  assert.equal(before.bound?.rates.input, 2_000_000_000n)
  assert.equal(target.facts, before, 'facts that hold are not looked up again')
  while (Date.now() < change) await sleep(20)
  assert.equal(target.facts?.price?.rates.input, 2_000_000_000n)
})
