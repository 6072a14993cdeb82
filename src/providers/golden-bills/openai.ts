import type { JsonObject } from '../../core/json.ts'
import type { GoldenTable } from './bill.ts'

interface Counts {
  readonly cached?: number
  readonly written?: number
  readonly reasoning?: number
}

/** A usage object as OpenAI writes it. */
const usage = (
  prompt: number,
  completion: number,
  { cached = 0, written = 0, reasoning = 0 }: Counts = {},
): JsonObject => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0, cache_write_tokens: written },
  completion_tokens_details: {
    reasoning_tokens: reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

const fastMode = 'https://openai.com/api-fast-mode/'
const model = (name: string): string => `https://developers.openai.com/api/docs/models/${name}`

/** OpenAI's bills. */
export const openaiBills: GoldenTable = {
  kind: 'openai',
  source: 'https://developers.openai.com/api/docs/pricing',
  checked: '2026-11-24',
  bills: [
    {
      what: 'a prompt and an answer',
      model: 'gpt-5',
      usage: usage(1_200, 800),
      serviceTier: 'default',
      lines: [
        [1_200, '1.25'],
        [800, '10'],
      ],
      usd: '0.0095',
    },
    {
      what: 'cached input and reasoning, both counted inside their wholes',
      model: 'gpt-5-mini',
      usage: usage(10_000, 500, { cached: 9_000, reasoning: 300 }),
      lines: [
        [1_000, '0.25'],
        [9_000, '0.025'],
        [500, '2'],
      ],
      usd: '0.001475',
    },
    {
      what: 'one token each, less than a millionth',
      model: 'gpt-4o-mini',
      usage: usage(1, 1),
      lines: [
        [1, '0.15'],
        [1, '0.6'],
      ],
      usd: '0.00000075',
    },
    {
      what: 'cached input at half price',
      model: 'gpt-4o',
      usage: usage(4_096, 256, { cached: 2_048 }),
      lines: [
        [2_048, '2.5'],
        [2_048, '1.25'],
        [256, '10'],
      ],
      usd: '0.01024',
    },
    {
      what: 'cached input at a quarter',
      model: 'gpt-4.1',
      usage: usage(20_000, 1_000, { cached: 16_000 }),
      lines: [
        [4_000, '2'],
        [16_000, '0.5'],
        [1_000, '8'],
      ],
      usd: '0.024',
    },
    { what: 'nothing used is nothing', model: 'gpt-5', usage: usage(0, 0), lines: [], usd: '0' },
    {
      what: 'a prompt of exactly 272,000 tokens',
      model: 'gpt-6-sol',
      usage: usage(272_000, 1_000),
      source: model('gpt-6-sol'),
      lines: [
        [272_000, '2'],
        [1_000, '10'],
      ],
      usd: '0.554',
    },
    {
      what: 'a prompt of one token more, all of it at twice the price',
      model: 'gpt-6-sol',
      usage: usage(272_001, 1_000),
      source: model('gpt-6-sol'),
      lines: [
        [272_001, '4'],
        [1_000, '15'],
      ],
      usd: '1.103004',
    },
    {
      what: 'writing to the cache, a quarter dearer',
      model: 'gpt-6-sol',
      usage: usage(12_000, 100, { written: 10_000 }),
      source: model('gpt-6-sol'),
      lines: [
        [2_000, '2'],
        [10_000, '2.5'],
        [100, '10'],
      ],
      usd: '0.03',
    },
    {
      what: 'a long prompt, mostly cached, which counts to its size',
      model: 'gpt-6-astra',
      usage: usage(300_000, 2_000, { cached: 290_000, reasoning: 1_500 }),
      source: model('gpt-6-astra'),
      lines: [
        [10_000, '20'],
        [290_000, '2'],
        [2_000, '75'],
      ],
      usd: '0.93',
    },
    {
      what: 'the cheapest model',
      model: 'gpt-6-luna',
      usage: usage(1_500, 500, { cached: 1_024 }),
      source: model('gpt-6-luna'),
      // 47.6 + 10.24 + 250 millionths
      lines: [
        [476, '0.1'],
        [1_024, '0.01'],
        [500, '0.5'],
      ],
      usd: '0.00030784',
    },
    {
      what: 'flex at half price',
      model: 'gpt-6-luna',
      usage: usage(100_000, 10_000),
      serviceTier: 'flex',
      source: model('gpt-6-luna'),
      lines: [
        [100_000, '0.05'],
        [10_000, '0.25'],
      ],
      usd: '0.0075',
    },
    {
      what: 'fast at twice the price',
      model: 'gpt-6-luna',
      usage: usage(100_000, 10_000),
      serviceTier: 'fast',
      source: model('gpt-6-luna'),
      lines: [
        [100_000, '0.2'],
        [10_000, '1'],
      ],
      usd: '0.03',
    },
    {
      what: 'a model that the price list lacks, cached and written',
      model: 'gpt-6.1-terra',
      usage: usage(100_000, 4_000, { cached: 60_000, written: 20_000 }),
      source: model('gpt-6.1-terra'),
      lines: [
        [20_000, '1'],
        [60_000, '0.05'],
        [20_000, '1.25'],
        [4_000, '5'],
      ],
      usd: '0.068',
    },
    {
      what: 'cached input at a twentieth',
      model: 'gpt-6.1-sol',
      usage: usage(50_000, 100, { cached: 40_000 }),
      source: model('gpt-6.1-sol'),
      lines: [
        [10_000, '2'],
        [40_000, '0.1'],
        [100, '10'],
      ],
      usd: '0.025',
    },
    {
      what: 'ultrafast at three times the price until the end of February',
      model: 'gpt-6.2-sol',
      at: '2027-02-28T23:59:59Z',
      usage: usage(1_000, 1_000),
      serviceTier: 'ultrafast',
      source: model('gpt-6.2-sol'),
      lines: [
        [1_000, '6'],
        [1_000, '30'],
      ],
      usd: '0.036',
    },
    {
      what: 'ultrafast at six times the price from March on',
      model: 'gpt-6.2-sol',
      at: '2027-03-01T00:00:00Z',
      usage: usage(1_000, 1_000),
      serviceTier: 'ultrafast',
      source: model('gpt-6.2-sol'),
      lines: [
        [1_000, '12'],
        [1_000, '60'],
      ],
      usd: '0.072',
    },
    {
      what: 'ultrafast, cached and written',
      model: 'gpt-6-astra',
      usage: usage(3_000, 100, { cached: 1_000, written: 1_000 }),
      serviceTier: 'ultrafast',
      lines: [
        [1_000, '60'],
        [1_000, '6'],
        [1_000, '75'],
        [100, '300'],
      ],
      usd: '0.171',
    },
    {
      what: 'priority at twice the price',
      model: 'gpt-5.6-sol',
      usage: usage(10_000, 1_000, { cached: 5_000 }),
      serviceTier: 'priority',
      source: fastMode,
      lines: [
        [5_000, '8'],
        [5_000, '0.8'],
        [1_000, '40'],
      ],
      usd: '0.084',
    },
    {
      what: 'priority with a long prompt',
      model: 'gpt-5.6-sol',
      usage: usage(400_000, 1_000, { cached: 100_000 }),
      serviceTier: 'priority',
      source: fastMode,
      lines: [
        [300_000, '16'],
        [100_000, '1.6'],
        [1_000, '60'],
      ],
      usd: '5.02',
    },
    {
      what: 'the day before its price fell',
      model: 'gpt-5.6-luna',
      at: '2026-07-29T23:00:00Z',
      usage: usage(10_000, 1_000, { cached: 5_000 }),
      lines: [
        [5_000, '1'],
        [5_000, '0.1'],
        [1_000, '6'],
      ],
      usd: '0.0115',
    },
    {
      what: 'the day its price fell',
      model: 'gpt-5.6-luna',
      at: '2026-07-30T01:00:00Z',
      usage: usage(10_000, 1_000, { cached: 5_000 }),
      lines: [
        [5_000, '0.2'],
        [5_000, '0.02'],
        [1_000, '1.2'],
      ],
      usd: '0.0023',
    },
    {
      what: 'a long prompt',
      model: 'gpt-5.4',
      usage: usage(300_000, 1_000),
      lines: [
        [300_000, '5'],
        [1_000, '22.5'],
      ],
      usd: '1.5225',
    },
  ],
}
