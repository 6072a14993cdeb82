import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { costOf, type Price, usdFromNanos, worstCostOf } from '../core/money.ts'
import type { ModelFacts } from '../core/target.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { factsOf } from '../providers/models.ts'
import { loadConfig } from './load.ts'
import { factsWithPrice } from './price-now.ts'

const moment = Date.parse('2026-11-24T12:00Z')

interface Asked {
  readonly target?: string
  readonly at?: number
  readonly known?: ModelFacts | undefined
}

const factsBy = async (prices: string, { target = 'sim/large', at = moment, known }: Asked = {}) => {
  const text = `providers: { anthropic: { apiKey: k-anthropic }, sim: { kind: simulated } }\nprices: ${prices}`
  const { config } = await loadConfig({ text, environment: {}, probe: async () => undefined })
  const slash = target.indexOf('/')
  return factsWithPrice(known, config.prices, { provider: target.slice(0, slash), model: target.slice(slash + 1), at })
}

const priceBy = async (prices: string, asked: Asked = {}): Promise<Price> => {
  const price = (await factsBy(prices, asked))?.price
  assert.ok(price)
  return price
}

const bill = (price: Price, parts: Partial<Usage>): string => usdFromNanos(costOf({ ...noUsage, ...parts }, price))
const anthropic = (model: string) => ({ target: `anthropic/${model}`, known: factsOf('anthropic', model, moment) })

describe('prices of a configuration', () => {
  test('go before a known price, the nearest name first', async () => {
    const prices = '{ anthropic/*: { input: 7, output: 7 }, anthropic/claude-haiku-4-5: { input: 1, output: 2 } }'
    assert.equal(bill(await priceBy(prices, anthropic('claude-haiku-4-5')), { input: 1e6, output: 1e6 }), '3')
    assert.equal(bill(await priceBy(prices, anthropic('claude-opus-5')), { input: 1e6, output: 1e6 }), '14')
  })

  test('of zero are zero and known', async () => {
    const facts = await factsBy('{ sim/*: { input: 0, output: 0 } }')
    assert.equal(facts?.price && bill(facts.price, { input: 1e6, output: 1e6 }), '0')
  })

  test('take a discount off the known price, in every part, size and tier', async () => {
    const price = await priceBy('{ anthropic/*: { discount: 10% } }', anthropic('claude-haiku-5-5'))
    // 0.9 x (0.10 + 0.50), then 0.9 x (0.5 x 0.2 + 2.50), then half of 0.9 x 0.10
    assert.equal(bill(price, { input: 50_000, output: 1e6 }), '0.4545')
    assert.equal(bill(price, { input: 200_000, output: 1e6 }), '2.34')
    assert.equal(bill(price, { input: 100_000, serviceTier: 'batch' }), '0.0045')
  })

  test('leave a price unknown that a discount was to be taken off', async () => {
    const facts = await factsBy('{ sim/*: { discount: 10% } }')
    assert.equal(facts?.price, undefined)
  })

  test('put a surcharge on the known price', async () => {
    const price = await priceBy('{ anthropic/*: { surcharge: 10% } }', anthropic('claude-haiku-4-5'))
    assert.equal(bill(price, { input: 1e6, output: 1e6 }), '6.6')
  })

  test('for all others count only where there is no price otherwise', async () => {
    const prices = '{ "*/*": { input: 100, output: 200 } }'
    assert.equal(bill(await priceBy(prices), { input: 1e6 }), '100')
    assert.equal(bill(await priceBy(prices, anthropic('claude-haiku-4-5')), { input: 1e6 }), '1')
  })

  test('have service tiers as percentages, and one for calls that ask for none', async () => {
    const price = await priceBy(
      '{ sim/*: { input: 1, output: 10, tiers: { batch: 50%, priority: 175%, default: 200% } } }',
    )
    assert.equal(bill(price, { input: 1e6, output: 1e6, serviceTier: 'batch' }), '5.5')
    assert.equal(bill(price, { input: 1e6, output: 1e6, serviceTier: 'priority' }), '19.25')
    assert.equal(bill(price, { input: 1e6, output: 1e6 }), '22')
    assert.equal(bill(price, { input: 1e6, output: 1e6, serviceTier: 'unheard-of' }), '22')
  })

  test('rise for long prompts, parts that are not written as much as those they go with', async () => {
    const price = await priceBy(
      '{ sim/*: { input: 1, output: 10, cacheRead: 0.1, longContext: { above: 200k, input: 2, output: 15 } } }',
    )
    assert.equal(bill(price, { input: 100_000, cacheRead: 100_000, output: 1e6 }), '10.11')
    // 100,001 at 2, 100,000 at 0.2 and 1,000,000 at 15, reasoning like output
    assert.equal(bill(price, { input: 100_001, cacheRead: 100_000, reasoning: 1e6 }), '15.220002')
  })

  test('charge calls and searches', async () => {
    const price = await priceBy('{ sim/*: { input: 1, output: 1, perCall: 0.25, perSearch: 0.01 } }')
    assert.equal(bill(price, { searches: 3 }), '0.28')
  })

  test('change on their day', async () => {
    const prices =
      '{ sim/*: [{ input: 1, output: 1 }, { from: 2026-12-01, until: 2027-01-01T06:00Z, input: 2, output: 2 }] }'
    const at = (text: string) => priceBy(prices, { at: Date.parse(text) }).then((price) => bill(price, { input: 1e6 }))
    assert.equal(await at('2026-11-30T23:59:59Z'), '1')
    assert.equal(await at('2026-12-01T00:00:00Z'), '2')
    assert.equal(await at('2027-01-01T05:59:59Z'), '2')
    assert.equal(await at('2027-01-01T06:00:00Z'), '1')
  })

  test('are bound by the dearest of the day to come, and asked again at the change', async () => {
    const prices = '{ sim/*: [{ input: 1, output: 1 }, { from: 2026-12-01, input: 2, output: 2 }] }'
    const at = Date.parse('2026-11-30T12:00Z')
    const facts = await factsBy(prices, { at })
    assert.equal(facts?.validUntil, Date.parse('2026-12-01'))
    assert.equal(facts?.price && bill(facts.price, { input: 1e6 }), '1')
    assert.equal(facts?.bound && usdFromNanos(worstCostOf({ ...noUsage, input: 1e6 }, facts.bound)), '2')
  })
})

test('the prices in the guide are a configuration that works', async () => {
  const guide = await readFile(new URL('../../docs/guide/prices.md', import.meta.url), 'utf8')
  const [, prices = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? []
  const { kind, baseUrl, apiKey } = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k-guide' }
  const providers = { local: { kind, baseUrl }, acme: { kind, baseUrl }, openai: { apiKey }, xai: { apiKey } }
  const text = `providers: ${JSON.stringify(providers)}\n${prices}`
  const { config } = await loadConfig({ text, environment: {}, probe: async () => undefined })
  assert.deepEqual([...config.prices.keys()], ['local/*', 'openai/*', 'xai/*', 'acme/large', 'acme/small', '*/*'])
})

describe('mistakes in prices', () => {
  for (const [what, prices, complaint] of [
    ['half a price', '{ sim/*: { input: 1 } }', 'prices["sim/*"].input: output is missing; the two go together'],
    ['a part alone', '{ sim/*: { cacheRead: 1 } }', 'prices["sim/*"].cacheRead: needs input and output beside it'],
    ['nothing', '{ sim/*: {} }', 'prices["sim/*"]: says nothing; give input and output, or a discount'],
    [
      'a change of nothing',
      '{ "*/*": { discount: 10% } }',
      'prices["*/*"]: needs input and output: there is no known price to change',
    ],
    [
      'an end before the beginning',
      '{ sim/*: [{ input: 1, output: 1, from: 2027-01-01, until: 2026-01-01 }] }',
      'prices["sim/*"][0].until: must be later than from',
    ],
    [
      'a day that is none',
      '{ sim/*: { discount: 5%, from: soon } }',
      'prices["sim/*"].from: expected a day such as 2027-01-01 or a moment such as 2027-01-01T16:00Z, got "soon"',
    ],
    [
      'a month that is none',
      '{ sim/*: { discount: 5%, from: 2027-13-01 } }',
      'prices["sim/*"].from: expected a day such as 2027-01-01 or a moment such as 2027-01-01T16:00Z',
    ],
    [
      'a tier without its percent',
      '{ sim/*: { tiers: { flex: 0.5 } } }',
      'prices["sim/*"].tiers.flex: expected a percentage such as 50% or 175%, got 0.5',
    ],
    [
      'a size without a number',
      '{ sim/*: { longContext: { above: long, input: 1, output: 1 } } }',
      'prices["sim/*"].longContext.above: expected a number of tokens such as 200k or 1M, got "long"',
    ],
    ['a number for a map', '{ sim/*: 5 }', 'prices["sim/*"]: expected a map, or a list of maps, got 5'],
    ['an unknown field', '{ sim/*: { inputs: 5 } }', 'prices["sim/*"].inputs: unknown field; did you mean "input"?'],
  ] as const) {
    test(`${what} is told with its place`, async () => {
      await assert.rejects(factsBy(prices), (error: Error) => {
        assert.ok(error.message.includes(complaint), error.message)
        return true
      })
    })
  }
})
