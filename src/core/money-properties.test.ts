import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { costOf, type Price, type Rates, ratesOf, type Tariff, worstCostOf } from './money.ts'
import { noUsage, type TokenPart, type Usage } from './usage.ts'

const parts: readonly TokenPart[] = [
  'input',
  'cacheRead',
  'cacheWriteShort',
  'cacheWriteLong',
  'audioInput',
  'output',
  'reasoning',
  'audioOutput',
]
const inputParts: readonly TokenPart[] = ['input', 'cacheRead', 'cacheWriteShort', 'cacheWriteLong', 'audioInput']

const tokens = fc.nat({ max: 3_000_000 })
const rate = fc.nat({ max: 200_000_000 }).map(BigInt)
const rates: fc.Arbitrary<Rates> = fc.record({
  input: rate,
  cacheRead: rate,
  cacheWriteShort: rate,
  cacheWriteLong: rate,
  audioInput: rate,
  output: rate,
  reasoning: rate,
  audioOutput: rate,
})

/** Rates that only rise with the size of the prompt, as all providers have it. */
const tariff: fc.Arbitrary<Tariff> = fc
  .tuple(rates, fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), rates), { maxLength: 2 }))
  .map(([base, steps]) => {
    let last = base
    const tiers = [...new Map(steps)]
      .sort(([small], [large]) => small - large)
      .map(([aboveInput, more]) => {
        const before = last
        last = ratesOf((part) => before[part] + more[part])
        return { aboveInput, rates: last }
      })
    return { rates: base, tiers }
  })

const tierNames = ['flex', 'batch', 'priority', 'default'] as const
const price: fc.Arbitrary<Price> = fc
  .record({
    usual: tariff,
    perCall: rate,
    perSearch: rate,
    services: fc.option(
      fc.uniqueArray(fc.tuple(fc.constantFrom(...tierNames), tariff), { selector: ([name]) => name }),
    ),
    us: fc.option(fc.bigInt({ min: 100n, max: 200n })),
  })
  .map(({ usual, perCall, perSearch, services, us }) => ({
    ...usual,
    perCall,
    perSearch,
    services: services === null ? undefined : new Map(services),
    regions: us === null ? undefined : new Map([['us', us]]),
  }))

const usage: fc.Arbitrary<Usage> = fc
  .record({
    counts: fc.array(tokens, { minLength: parts.length, maxLength: parts.length }),
    serviceTier: fc.constantFrom(undefined, ...tierNames, 'standard', 'never-heard-of'),
    region: fc.constantFrom(undefined, 'us', 'mars'),
    searches: fc.constantFrom(undefined, 0, 3),
  })
  .map(({ counts, ...rest }) => ({
    ...noUsage,
    ...Object.fromEntries(parts.map((part, index) => [part, counts[index] ?? 0])),
    ...rest,
  }))

const plus = (one: Usage, other: Usage): Usage => ({
  ...one,
  ...Object.fromEntries(parts.map((part) => [part, one[part] + other[part]])),
})

describe('a cost', () => {
  test('is never negative and never falls when more is used, whatever the tier, the region or the size', () => {
    fc.assert(
      fc.property(usage, price, fc.constantFrom(...parts), tokens, (used, cost, part, more) => {
        const less = costOf(used, cost)
        assert.ok(less >= 0n)
        assert.ok(costOf({ ...used, [part]: used[part] + more }, cost) >= less)
      }),
    )
  })

  test('of two usages together is at most a nano-dollar less than of each alone, where size does not matter', () => {
    fc.assert(
      fc.property(usage, usage, rates, (one, other, all) => {
        const flat: Price = { rates: all, tiers: [], perCall: 0n }
        const apart = costOf(one, flat) + costOf(other, flat)
        const together = costOf(plus(one, other), flat)
        assert.ok(together <= apart && together >= apart - 1n)
      }),
    )
  })

  test('by a tier is that of the tier alone, and by an unknown one the dearest of all', () => {
    fc.assert(
      fc.property(usage, price, (used, cost) => {
        const { services, ...usual } = cost
        const alone = [usual, ...(services?.values() ?? [])].map((each) => costOf(used, { ...usual, ...each }))
        const unknown = costOf({ ...used, serviceTier: 'never-heard-of' }, cost)
        assert.ok(alone.includes(unknown) && alone.every((each) => each <= unknown))
        for (const [name, each] of services ?? []) {
          assert.equal(costOf({ ...used, serviceTier: name }, cost), costOf(used, { ...usual, ...each }))
        }
      }),
    )
  })

  test('rises by the percent of its region and not by more', () => {
    fc.assert(
      fc.property(usage, price, (used, cost) => {
        const here = { ...used, region: undefined, searches: undefined }
        const flat = { ...cost, perCall: 0n, regions: new Map([['us', 110n]]) }
        const [usual, american] = [costOf(here, flat), costOf({ ...here, region: 'us' }, flat)]
        assert.ok(american * 10n <= usual * 11n + 10n && american * 10n >= (usual - 1n) * 11n)
      }),
    )
  })

  test('is exact for more tokens than a number can count up to', () => {
    const most = Number.MAX_SAFE_INTEGER
    const everything = { ...noUsage, ...Object.fromEntries(parts.map((part) => [part, most])) }
    const cost: Price = { rates: ratesOf(() => 600_000_000_000n), tiers: [], perCall: 1n }
    assert.equal(costOf(everything, cost), BigInt(most) * 8n * 600_000n + 1n)
  })
})

/** The same number of tokens, told apart in another way that a caller cannot rule out. */
const resplit = (asked: Usage, input: readonly number[], reasoned: number): Usage => {
  const [read = 0, written = 0] = input
  const cacheRead = Math.min(read, asked.input)
  const cacheWriteShort = Math.min(written, asked.input - cacheRead)
  const reasoning = Math.min(reasoned, asked.output)
  return {
    ...asked,
    input: asked.input - cacheRead - cacheWriteShort,
    cacheRead: asked.cacheRead + cacheRead,
    cacheWriteShort: asked.cacheWriteShort + cacheWriteShort,
    output: asked.output - reasoning,
    reasoning: asked.reasoning + reasoning,
  }
}

describe('the most that a call may cost', () => {
  test('is never less than what it costs, however its tokens are told apart and wherever it is answered', () => {
    fc.assert(
      fc.property(usage, price, fc.tuple(tokens, tokens, tokens), (asked, cost, [read, written, reasoned]) => {
        const bound = worstCostOf({ ...asked, region: undefined }, cost)
        const used = resplit(asked, [read, written], reasoned)
        assert.ok(bound >= costOf(used, cost))
        // A provider may answer in its usual tier instead, and say so or not.
        assert.ok(bound >= costOf({ ...used, serviceTier: undefined }, cost))
        assert.ok(bound >= costOf({ ...used, serviceTier: 'standard' }, cost))
      }),
    )
  })

  test('is never less when fewer tokens are used, though their tier be dearer', () => {
    const steep: Price = {
      rates: ratesOf(() => 9_000_000n),
      tiers: [{ aboveInput: 100, rates: ratesOf(() => 1_000_000n) }],
      perCall: 0n,
    }
    for (const input of [0, 1, 99, 100, 101, 500]) {
      const bound = worstCostOf({ ...noUsage, input: 500, output: 500 }, steep)
      assert.ok(bound >= costOf({ ...noUsage, input, output: 500 }, steep))
    }
  })

  test('is what it costs where there is one rate', () => {
    fc.assert(
      fc.property(fc.array(tokens, { minLength: 5, maxLength: 5 }), rate, (counts, all) => {
        const used = { ...noUsage, ...Object.fromEntries(inputParts.map((part, index) => [part, counts[index] ?? 0])) }
        const flat: Price = { rates: ratesOf(() => all), tiers: [], perCall: 0n }
        assert.equal(worstCostOf(used, flat), costOf(used, flat))
      }),
    )
  })
})
