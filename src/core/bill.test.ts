import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { billOf } from './bill.ts'
import type { Price, Rates } from './money.ts'
import { noUsage } from './usage.ts'

const rates = (nanos: bigint): Rates => ({
  input: nanos,
  cacheRead: nanos,
  cacheWriteShort: nanos,
  cacheWriteLong: nanos,
  audioInput: nanos,
  output: nanos,
  reasoning: nanos,
  audioOutput: nanos,
})
const price: Price = {
  rates: rates(1_000_000n),
  tiers: [],
  perCall: 0n,
  services: new Map([
    ['flex', { rates: rates(500_000n), tiers: [] }],
    ['priority', { rates: rates(2_000_000n), tiers: [] }],
  ]),
}
const usage = { ...noUsage, input: 1_000 }
const target = { facts: { price, lacks: [] }, quirks: {} }

describe('billOf', () => {
  test('takes the tier that answered before the one that was asked', () => {
    assert.deepEqual(billOf({ ...usage, serviceTier: 'default' }, target, 'priority'), {
      nanos: 1_000n,
      basis: 'listed',
    })
    assert.deepEqual(billOf({ ...usage, serviceTier: 'flex' }, target, 'priority'), { nanos: 500n, basis: 'listed' })
  })

  test('takes the tier that was asked where the provider names none', () => {
    assert.deepEqual(billOf(usage, target, 'priority'), { nanos: 2_000n, basis: 'listed' })
    assert.deepEqual(billOf(usage, target, 'auto'), { nanos: 1_000n, basis: 'listed' })
    assert.deepEqual(billOf(usage, target), { nanos: 1_000n, basis: 'listed' })
  })

  test('assumes the dearest for a tier without a price, and says so', () => {
    assert.deepEqual(billOf({ ...usage, serviceTier: 'warp' }, target), { nanos: 2_000n, basis: 'assumed' })
  })

  test('believes what a provider states only where its quirks say so', () => {
    const stated = { ...usage, statedNanos: 7 }
    assert.deepEqual(billOf(stated, target), { nanos: 1_000n, basis: 'listed' })
    assert.deepEqual(billOf(stated, { ...target, quirks: { statesCost: true } }), { nanos: 7n, basis: 'stated' })
    assert.deepEqual(billOf(stated, { facts: undefined, quirks: { statesCost: true } }), { nanos: 7n, basis: 'stated' })
  })

  test('leaves the cost unknown without a price, and zero for what is free', () => {
    assert.equal(billOf(usage, { facts: undefined, quirks: {} }).nanos, undefined)
    assert.equal(billOf({ ...usage, statedNanos: 0 }, { facts: undefined, quirks: { statesCost: true } }).nanos, 0n)
    const free = { ...price, rates: rates(0n), services: undefined }
    assert.equal(billOf(usage, { facts: { price: free, lacks: [] }, quirks: {} }).nanos, 0n)
  })
})
