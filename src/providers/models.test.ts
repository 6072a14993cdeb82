import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { costOf, type Price, usdFromNanos } from '../core/money.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { anthropicRows } from './anthropic.ts'
import { compatibleRows } from './compatible.ts'
import { anthropicPremium, noPremium, priceFrom } from './listed-price.ts'
import { factsOf } from './models.ts'

const bill = (provider: string, model: string, parts: Partial<Usage>): string => {
  const price = factsOf(provider, model)?.price
  assert.ok(price, `${provider}/${model} has no price`)
  return usdFromNanos(costOf({ ...noUsage, ...parts }, price))
}

const priced = (price: Price | undefined): Price => {
  assert.ok(price)
  return price
}

describe('factsOf', () => {
  for (const [provider, model, parts, usd, how] of [
    [
      'openai',
      'gpt-5-mini',
      { input: 1_000, cacheRead: 9_000, output: 200, reasoning: 300 },
      '0.001475',
      '0.00025 + 0.000225 + 0.0004 + 0.0006',
    ],
    ['openai', 'gpt-4o-mini', { input: 1, output: 1 }, '0.00000075', '0.15 and 0.6 of a millionth'],
    ['openai', 'gpt-4o', { input: 1_000_000, cacheRead: 1_000_000, output: 1_000_000 }, '13.75', '2.5 + 1.25 + 10'],
    ['openai', 'gpt-6-sol', { input: 272_000, output: 1_000 }, '0.554', '0.544 + 0.01'],
    [
      'openai',
      'gpt-6-sol',
      { input: 272_001, output: 1_000 },
      '1.103004',
      'twice the input, 1.5 times the output: 1.088004 + 0.015',
    ],
    [
      'openai',
      'gpt-audio',
      { input: 1_000, audioInput: 1_000, output: 1_000, audioOutput: 1_000 },
      '0.1085',
      '0.0025 + 0.032 + 0.01 + 0.064',
    ],
    [
      'anthropic',
      'claude-haiku-4-5',
      { input: 100, cacheRead: 10_000, cacheWriteShort: 1_000, cacheWriteLong: 500, output: 50 },
      '0.0036',
      '0.0001 + 0.001 + 0.00125 + 0.001 + 0.00025',
    ],
    ['anthropic', 'claude-haiku-4-5-20251001', { input: 1_000_000 }, '1', 'a dated name has the same price'],
    [
      'anthropic',
      'claude-opus-5-5',
      { input: 1_000, cacheWriteLong: 1_000, output: 100 },
      '0.014',
      '0.004 + 0.008 + 0.002',
    ],
    [
      'google',
      'gemini-2.5-flash',
      { input: 1_000, audioInput: 1_000, output: 100, reasoning: 400 },
      '0.00255',
      '0.0003 + 0.001 + 0.00025 + 0.001',
    ],
    [
      'google',
      'gemini-2.5-pro',
      { input: 150_000, cacheRead: 50_001, output: 1_000 },
      '0.40250025',
      '0.375 + 0.01250025 + 0.015, all in the second tier',
    ],
    ['groq', 'openai/gpt-oss-120b', { input: 2_000, output: 1_000 }, '0.0009', '0.0003 + 0.0006'],
    [
      'mistral',
      'mistral-small-latest',
      { input: 10_000, cacheRead: 10_000, output: 1_000 },
      '0.0023',
      'cache read at the price of input: 0.001 + 0.001 + 0.0003',
    ],
    ['x-ai', 'grok-4.6', { input: 200_000, output: 100 }, '0.8012', '0.8 + 0.0012 from 200,000 on'],
    ['perplexity', 'sonar', { input: 1_000, output: 1_000 }, '0.014', '0.001 + 0.001 and 0.012 for the call'],
  ] as const) {
    test(`bills ${provider}/${model} for ${JSON.stringify(parts)}: ${how}`, () => {
      assert.equal(bill(provider, model, parts), usd)
    })
  }

  test('has no price for a model that is not listed, or listed without prices for text', () => {
    assert.equal(factsOf('openai', 'nonesuch')?.price, undefined)
    assert.equal(factsOf('openai', 'whisper-1')?.price, undefined)
  })

  test('has a price for models that make vectors, whose words cost nothing since there are none', () => {
    const rates = factsOf('openai', 'text-embedding-3-small')?.price?.rates
    assert.deepEqual([rates?.input, rates?.output], [20_000_000n, 0n])
    assert.equal(factsOf('google', 'gemini-embedding-2')?.price?.rates.input, 200_000_000n)
  })

  test('knows nothing of models of an unknown provider', () => {
    assert.equal(factsOf(undefined, 'gpt-4o'), undefined)
    assert.equal(factsOf('nonesuch', 'gpt-4o'), undefined)
  })

  test('knows sizes', () => {
    assert.equal(factsOf('openai', 'gpt-4o')?.contextWindow, 128_000)
    assert.equal(factsOf('openai', 'gpt-4o')?.maxOutput, 16_384)
    assert.equal(factsOf('anthropic', 'claude-haiku-4-5')?.maxOutput, 64_000)
    assert.equal(factsOf('deepseek', 'deepseek-flash')?.contextWindow, 1_000_000)
  })

  test('knows what models are unable to do', () => {
    const lacks = (provider: string, model: string) => factsOf(provider, model)?.lacks ?? []
    assert.ok(lacks('openai', 'gpt-3.5-turbo').includes('image'))
    assert.ok(!lacks('openai', 'gpt-4o').includes('image'))
    assert.ok(!lacks('openai', 'gpt-audio').includes('audio'))
    assert.ok(lacks('anthropic', 'claude-3-haiku-20240307').includes('schema'))
    assert.ok(!lacks('anthropic', 'claude-haiku-4-5').includes('schema'))
    assert.ok(lacks('groq', 'anything').includes('choices'))
    assert.ok(lacks('ollama', 'llama3').includes('choices'))
    assert.deepEqual(lacks('openrouter', 'openai/gpt-6-sol'), [])
  })

  test('remembers what it found', () => {
    assert.equal(factsOf('openai', 'gpt-4o'), factsOf('openai', 'gpt-4o'))
  })

  test('knows a price for the models of the rows, save those the price list does not have yet', () => {
    const listed = [...compatibleRows, ...anthropicRows].filter(({ priceProvider }) => priceProvider !== undefined)
    const unpriced = listed.flatMap(({ kind, priceProvider, models }) =>
      models.filter((model) => factsOf(priceProvider, model)?.price === undefined).map((model) => `${kind}/${model}`),
    )
    assert.deepEqual(unpriced, [
      'zai/glm-4.7',
      'together/openai/gpt-oss-20b',
      'cerebras/qwen-3.8-27b',
      'novita/zai-org/glm-5.3-flash',
      'novita/moonshotai/kimi-k2.5',
      'novita/minimax/minimax-m2.5',
      'ovhcloud/Qwen3.5-397B-A17B',
      'zai-anthropic/glm-4.7',
      'novita-anthropic/zai-org/glm-5.3-flash',
      'novita-anthropic/moonshotai/kimi-k2.5',
    ])
  })
})

describe('priceFrom', () => {
  test('charges writes to a cache by the premium where the list has only the input', () => {
    const { rates } = priced(priceFrom({ input_mtok: 4, output_mtok: 20 }, anthropicPremium))
    assert.equal(rates.cacheWriteShort, 5_000_000_000n)
    assert.equal(rates.cacheWriteLong, 8_000_000_000n)
  })

  test('charges the long write twice the input where the list has only the short one', () => {
    const { rates } = priced(priceFrom({ input_mtok: 3, cache_write_mtok: 3.75, output_mtok: 15 }, anthropicPremium))
    assert.equal(rates.cacheWriteShort, 3_750_000_000n)
    assert.equal(rates.cacheWriteLong, 6_000_000_000n)
  })

  test('never charges less for a write than for reading the prompt', () => {
    const { rates } = priced(
      priceFrom({ input_mtok: 1.5, cache_write_mtok: 0.08333333333333334, output_mtok: 9 }, noPremium),
    )
    assert.equal(rates.cacheWriteShort, 1_500_000_000n)
    assert.equal(rates.cacheWriteLong, 1_500_000_000n)
  })

  test('reads a free model as free', () => {
    assert.equal(priced(priceFrom({ input_mtok: 0, output_mtok: 0 }, noPremium)).rates.input, 0n)
  })

  test('makes one tier of each size at which any part changes its price', () => {
    const { tiers } = priced(
      priceFrom(
        {
          input_mtok: {
            base: 1,
            tiers: [
              { start: 300, price: 3 },
              { start: 100, price: 2 },
            ],
          },
          output_mtok: { base: 5, tiers: [{ start: 200, price: 6 }] },
        },
        noPremium,
      ),
    )
    assert.deepEqual(
      tiers.map(({ aboveInput, rates }) => [aboveInput, rates.input, rates.output]),
      [
        [100, 2_000_000_000n, 5_000_000_000n],
        [200, 2_000_000_000n, 6_000_000_000n],
        [300, 3_000_000_000n, 6_000_000_000n],
      ],
    )
  })
})
