import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keptUsage, wholeUsage } from './kept-usage.ts'
import { noUsage, type Usage } from './usage.ts'

const count = fc.oneof(fc.constant(0), fc.nat(20_000_000))
const usages: fc.Arbitrary<Usage> = fc.record(
  {
    input: count,
    cacheRead: count,
    cacheWriteShort: count,
    cacheWriteLong: count,
    audioInput: count,
    output: count,
    reasoning: count,
    audioOutput: count,
    source: fc.constantFrom('measured', 'counted', 'estimated'),
    serviceTier: fc.string(),
    region: fc.string(),
    searches: fc.nat(),
    statedNanos: fc.nat(),
  },
  {
    requiredKeys: [
      'input',
      'cacheRead',
      'cacheWriteShort',
      'cacheWriteLong',
      'audioInput',
      'output',
      'reasoning',
      'audioOutput',
      'source',
    ],
  },
)

describe('a usage that is written down', () => {
  it('is read as it was', () =>
    fc.assert(
      fc.property(usages, (usage) =>
        assert.deepEqual(wholeUsage(JSON.parse(JSON.stringify(keptUsage(usage)))), { ...usage }),
      ),
    ))

  it('is read when it was written whole', () =>
    fc.assert(
      fc.property(usages, (usage) => assert.deepEqual(wholeUsage(JSON.parse(JSON.stringify(usage))), { ...usage })),
    ))

  it('says nothing of what is zero', () =>
    assert.equal(
      JSON.stringify(keptUsage({ ...noUsage, input: 3, output: 5 })),
      '{"input":3,"output":5,"source":"measured"}',
    ))
})
