import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { costOf, nanosFromUsd, type Price, type Rates, usdFromNanos } from './money.ts'
import { noUsage, type Usage } from './usage.ts'

const ratesOf = (usdPerMillion: Partial<Record<keyof Rates, string>>): Rates => {
  const of = (part: keyof Rates): bigint => nanosFromUsd(usdPerMillion[part] ?? '0')
  return {
    input: of('input'),
    cacheRead: of('cacheRead'),
    cacheWriteShort: of('cacheWriteShort'),
    cacheWriteLong: of('cacheWriteLong'),
    audioInput: of('audioInput'),
    output: of('output'),
    reasoning: of('reasoning'),
    audioOutput: of('audioOutput'),
  }
}

const flat = (rates: Rates): Price => ({ rates, tiers: [], perCall: 0n })
const usageOf = (parts: Partial<Usage>): Usage => ({ ...noUsage, ...parts })

const tokens = fc.nat({ max: 3_000_000 })
const rate = fc.nat({ max: 200_000_000 }).map(BigInt)
const anyUsage: fc.Arbitrary<Usage> = fc
  .record({
    input: tokens,
    cacheRead: tokens,
    cacheWriteShort: tokens,
    cacheWriteLong: tokens,
    audioInput: tokens,
    output: tokens,
    reasoning: tokens,
    audioOutput: tokens,
  })
  .map(usageOf)
const anyRates: fc.Arbitrary<Rates> = fc.record({
  input: rate,
  cacheRead: rate,
  cacheWriteShort: rate,
  cacheWriteLong: rate,
  audioInput: rate,
  output: rate,
  reasoning: rate,
  audioOutput: rate,
})
const parts = [
  'input',
  'cacheRead',
  'cacheWriteShort',
  'cacheWriteLong',
  'audioInput',
  'output',
  'reasoning',
  'audioOutput',
] as const

describe('nanosFromUsd', () => {
  for (const [usd, nanos] of [
    ['1', 1_000_000_000n],
    ['0.15', 150_000_000n],
    [0.1, 100_000_000n],
    [0.003625, 3_625_000n],
    ['.5', 500_000_000n],
    ['2.', 2_000_000_000n],
    ['1e-3', 1_000_000n],
    ['1.5e2', 150_000_000_000n],
    [1e-7, 100n],
    [1e21, 10n ** 30n],
    [' 3 ', 3_000_000_000n],
    ['0', 0n],
  ] as const) {
    test(`reads ${JSON.stringify(usd)} exactly`, () => {
      assert.equal(nanosFromUsd(usd), nanos)
    })
  }

  test('rounds up what is finer than a nano-dollar', () => {
    assert.equal(nanosFromUsd('0.0000000001'), 1n)
    assert.equal(nanosFromUsd(0.08333333333333334), 83_333_334n)
  })

  for (const bad of ['', '.', '-1', '1,5', 'NaN', '0x10', '1e', Number.NaN, Number.POSITIVE_INFINITY]) {
    test(`refuses ${JSON.stringify(String(bad))}`, () => {
      assert.throws(() => nanosFromUsd(bad), RangeError)
    })
  }

  test('is undone by usdFromNanos', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (nanos) => {
        assert.equal(nanosFromUsd(usdFromNanos(nanos)), nanos)
      }),
    )
  })
})

describe('usdFromNanos', () => {
  for (const [nanos, usd] of [
    [0n, '0'],
    [1n, '0.000000001'],
    [120_000n, '0.00012'],
    [1_000_000_000n, '1'],
    [1_500_000_000n, '1.5'],
    [-1_500_000_000n, '-1.5'],
  ] as const) {
    test(`writes ${nanos} as ${usd}`, () => {
      assert.equal(usdFromNanos(nanos), usd)
    })
  }
})

describe('costOf', () => {
  test('is a bill that was worked out by hand', () => {
    const rates = ratesOf({
      input: '3',
      cacheRead: '0.3',
      cacheWriteShort: '3.75',
      cacheWriteLong: '6',
      output: '15',
      reasoning: '15',
    })
    const usage = usageOf({
      input: 1_000,
      cacheRead: 20_000,
      cacheWriteShort: 400,
      cacheWriteLong: 100,
      output: 300,
      reasoning: 700,
    })
    // 0.003 + 0.006 + 0.0015 + 0.0006 + 0.0045 + 0.0105
    assert.equal(usdFromNanos(costOf(usage, flat(rates))), '0.0261')
  })

  test('is nothing for no usage, and the price of the call where there is one', () => {
    const rates = ratesOf({ input: '3', output: '15' })
    assert.equal(costOf(noUsage, flat(rates)), 0n)
    assert.equal(costOf(noUsage, { rates, tiers: [], perCall: 5_000_000n }), 5_000_000n)
  })

  test('rounds up once, at the end', () => {
    const rates = ratesOf({ input: '0.0001', output: '0.0001' })
    assert.equal(costOf(usageOf({ input: 1, output: 1 }), flat(rates)), 1n)
  })

  test('charges everything at the rates of the tier that the whole input has passed', () => {
    const price: Price = {
      rates: ratesOf({ input: '1', cacheRead: '1', output: '10' }),
      tiers: [
        { aboveInput: 100, rates: ratesOf({ input: '2', cacheRead: '2', output: '20' }) },
        { aboveInput: 200, rates: ratesOf({ input: '4', cacheRead: '4', output: '40' }) },
      ],
      perCall: 0n,
    }
    assert.equal(costOf(usageOf({ input: 60, cacheRead: 40, output: 1 }), price), 110_000n)
    assert.equal(costOf(usageOf({ input: 61, cacheRead: 40, output: 1 }), price), 222_000n)
    assert.equal(costOf(usageOf({ input: 161, cacheRead: 40, output: 1 }), price), 844_000n)
  })

  test('is the sum of its parts, rounded up', () => {
    fc.assert(
      fc.property(anyUsage, anyRates, (usage, rates) => {
        const exact = parts.reduce((sum, part) => sum + BigInt(usage[part]) * rates[part], 0n)
        const cost = costOf(usage, flat(rates))
        assert.ok(cost * 1_000_000n >= exact && (cost - 1n) * 1_000_000n < exact)
      }),
    )
  })

  test('never falls when more is used', () => {
    fc.assert(
      fc.property(anyUsage, anyRates, fc.constantFrom(...parts), tokens, (usage, rates, part, more) => {
        const larger = { ...usage, [part]: usage[part] + more }
        assert.ok(costOf(larger, flat(rates)) >= costOf(usage, flat(rates)))
      }),
    )
  })
})
