import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { boundOf, type CostBound, isBounded } from './bound-cost.ts'
import type { JsonObject } from './json.ts'
import { costOf, type Price, type Rates } from './money.ts'
import type { Request } from './request.ts'
import type { Quirks, Target } from './target.ts'
import { noUsage, type Usage } from './usage.ts'

const rates = (nanos: number): Rates => ({
  input: BigInt(nanos),
  cacheRead: BigInt(nanos),
  cacheWriteShort: BigInt(nanos),
  cacheWriteLong: BigInt(nanos),
  audioInput: BigInt(nanos),
  output: BigInt(nanos),
  reasoning: BigInt(nanos),
  audioOutput: BigInt(nanos),
})

const priced = (price: Price | undefined, quirks: Quirks = {}): Target => ({
  id: 'p/m',
  provider: 'p',
  model: 'm',
  weight: 1,
  quirks,
  facts: price ? { price, contextWindow: 200_000, lacks: [] } : { lacks: [] },
})

/** A dollar for a million tokens: a token costs 1,000 nano-dollars. */
const dollar: Price = { rates: rates(1e9), tiers: [], perCall: 0n }

const ask = (more: JsonObject = {}): Request =>
  openaiChat.readRequest(
    { model: 'm', messages: [{ role: 'user', content: 'Hello.' }], ...more },
    { operation: 'chat' },
  )

const bounded = (request: Request, target = priced(dollar)): CostBound => {
  const bound = boundOf(request, target)
  if (!isBounded(bound)) throw new Error(bound.reason)
  return bound
}

const reasonOf = (request: Request, target = priced(dollar)): string => {
  const bound = boundOf(request, target)
  return isBounded(bound) ? 'bounded' : bound.reason
}

const user = (...content: JsonObject[]) => ({ messages: [{ role: 'user', content }] })
const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(4_000_000)}` } }

const anyRates: fc.Arbitrary<Rates> = fc.record(
  Object.fromEntries(Object.keys(rates(0)).map((part) => [part, fc.bigInt(0n, 10n ** 12n)])) as Record<
    keyof Rates,
    fc.Arbitrary<bigint>
  >,
)

const anyPrice: fc.Arbitrary<Price> = fc.record({
  rates: anyRates,
  tiers: fc
    .array(fc.record({ aboveInput: fc.integer({ min: 0, max: 50_000 }), rates: anyRates }), { maxLength: 2 })
    .map((tiers) => tiers.toSorted((one, other) => one.aboveInput - other.aboveInput)),
  perCall: fc.bigInt(0n, 10n ** 9n),
  services: fc.option(
    anyRates.map((flex) => new Map([['flex', { rates: flex, tiers: [] }]])),
    { nil: undefined },
  ),
  regions: fc.option(fc.constant(new Map([['us', 110n]])), { nil: undefined }),
})

/** Cuts a number of tokens into parts. */
const parts = (total: number, shares: readonly number[]): number[] => {
  let left = total
  return shares.map((share) => {
    const part = Math.floor(left * share)
    left -= part
    return part
  })
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('the bound of what an attempt can cost', () => {
  test('covers every usage within its sizes, at every price', () => {
    fc.assert(
      fc.property(
        anyPrice,
        fc.string({ maxLength: 20_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(share, { minLength: 6, maxLength: 6 }),
        fc.constantFrom(undefined, 'us'),
        (price, text, maxOutput, shares, region) => {
          const bound = bounded(ask({ messages: [{ role: 'user', content: text }] }), priced(price))
          const [read, first = 0, second = 0, written, third = 0] = shares
          const [cacheRead = 0, cacheWriteShort = 0, input = 0] = parts(Math.floor(bound.tokensIn * (read ?? 0)), [
            first,
            second,
            third,
          ])
          const [reasoning = 0, output = 0] = parts(Math.floor(maxOutput * (written ?? 0)), [first, 1])
          const usage: Usage = { ...noUsage, input, cacheRead, cacheWriteShort, reasoning, output, region }
          assert.ok(costOf(usage, price) <= bound.cost(maxOutput))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('counts every byte of a text as a token, in whatever script', () => {
    const texts = ['plain words', 'Grüße', '漢字', '👩‍👩‍👧‍👦', '\u0000\ud800']
    for (const text of texts) {
      const { tokensIn } = bounded(ask({ messages: [{ role: 'user', content: text }] }))
      assert.ok(tokensIn >= Buffer.byteLength(text))
    }
  })

  test('grows with choices, tools, schemas and names', () => {
    const least = bounded(ask()).cost(100)
    const more: JsonObject[] = [
      { n: 2 },
      { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] },
      { response_format: { type: 'json_schema', json_schema: { name: 'f', schema: { type: 'object' } } } },
      { messages: [{ role: 'user', content: 'Hello.', name: 'Ann' }] },
      { verbosity: 'x'.repeat(5_000) },
    ]
    for (const each of more) assert.ok(bounded(ask(each)).cost(100) > least, JSON.stringify(each))
    assert.equal(bounded(ask({ n: 3 })).cost(100) - bounded(ask({ n: 3 })).cost(0), 300_000n)
  })

  test('counts an image by what images cost, not by its bytes, also beside fields that are not known', () => {
    const image = bounded(ask(user(picture))).tokensIn
    assert.ok(image > 20_000 && image < 30_000, String(image))
    const beside = bounded(ask({ ...user(picture), verbosity: 'low' })).tokensIn
    assert.ok(beside < 30_000, String(beside))
  })

  test('of a document is what the model can read at all', () => {
    const file = { type: 'file', file: { file_data: 'JVBERi0xLjQ=', filename: 'a.pdf' } }
    assert.equal(bounded(ask(user(file))).tokensIn, 200_000)
  })

  test('counts sound at the rate of sound', () => {
    const loud: Price = { ...dollar, rates: { ...dollar.rates, audioInput: 100n * 10n ** 9n } }
    const sound = { type: 'input_audio', input_audio: { data: 'A'.repeat(4_000), format: 'mp3' } }
    const more =
      bounded(ask(user(sound)), priced(loud)).cost(0) -
      bounded(ask(user({ type: 'text', text: '' })), priced(loud)).cost(0)
    assert.equal(more, 300n * 100_000n)
  })

  test('takes the dearer rate for what may be kept for long', () => {
    const long: Price = { ...dollar, rates: { ...dollar.rates, cacheWriteLong: 2n * 10n ** 9n } }
    const marked = user({ type: 'text', text: 'Hello.', cache_control: { type: 'ephemeral', ttl: '1h' } })
    assert.ok(bounded(ask(marked), priced(long)).cost(0) > (bounded(ask(), priced(long)).cost(0) * 19n) / 10n)
  })

  test('counts a prediction as output too', () => {
    const prediction = { type: 'content', content: 'x'.repeat(1_000) }
    const { cost } = bounded(ask({ prediction }))
    assert.ok(cost(0) > 2_000_000n)
  })

  test('does not exist where the price is not known, or the provider does more than answer', () => {
    assert.match(reasonOf(ask(), priced(undefined)), /^the price of p\/m is not known$/)
    assert.match(reasonOf(ask({ web_search_options: {} })), /web_search_options/)
    assert.match(reasonOf(ask({ tools: [{ type: 'web_search' }] })), /the tool web_search/)
    assert.match(reasonOf(ask({ modalities: ['image'] })), /images/)
    assert.match(reasonOf(ask({ service_tier: 'priority' })), /tier priority/)
    assert.equal(reasonOf(ask({ service_tier: 'flex' })), 'bounded')
  })

  test('is turned around: the most output that money buys costs no more, and one token more costs more', () => {
    fc.assert(
      fc.property(anyPrice, fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 0, max: 50_000 }), (price, nanos, wish) => {
        const { cost, outputWithin } = bounded(ask(), priced(price))
        const most = outputWithin(nanos, wish)
        if (most === undefined) assert.ok(cost(0) > nanos)
        else {
          assert.ok(cost(most) <= nanos && most <= wish)
          assert.ok(most === wish || cost(most + 1) > nanos)
        }
      }),
    )
  })
})
