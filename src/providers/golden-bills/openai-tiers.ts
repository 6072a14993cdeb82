import type { JsonObject } from '../../core/json.ts'
import type { GoldenTable } from './bill.ts'

const usage = (prompt: number, completion: number, cached = 0): JsonObject => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: 0 },
})

const pricing = 'https://developers.openai.com/api/docs/pricing'

/** Bills of OpenAI's service tiers, whose premium differs from model to model. */
export const openaiTierBills: GoldenTable = {
  kind: 'openai',
  source: 'https://openai.com/api-fast-mode/',
  checked: '2026-11-24',
  bills: [
    {
      what: 'priority at two and a half times the price',
      model: 'gpt-5.5',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '12.5'],
        [4_000, '1.25'],
        [1_000, '75'],
      ],
      usd: '0.155',
    },
    {
      what: 'priority at twice the price',
      model: 'gpt-5.4-mini',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '1.5'],
        [4_000, '0.15'],
        [1_000, '9'],
      ],
      usd: '0.0186',
    },
    {
      what: 'priority at 1.8 times the price',
      model: 'gpt-5-mini',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '0.45'],
        [4_000, '0.045'],
        [1_000, '3.6'],
      ],
      usd: '0.00648',
    },
    {
      what: 'priority at 1.75 times the price',
      model: 'gpt-4.1',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '3.5'],
        [4_000, '0.875'],
        [1_000, '14'],
      ],
      usd: '0.0385',
    },
    {
      what: 'priority at twice the price of the smallest',
      model: 'gpt-4.1-nano',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '0.2'],
        [4_000, '0.05'],
        [1_000, '0.8'],
      ],
      usd: '0.0022',
    },
    {
      what: 'priority at 1.7 times the price',
      model: 'gpt-4o',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '4.25'],
        [4_000, '2.125'],
        [1_000, '17'],
      ],
      usd: '0.051',
    },
    {
      what: 'priority of a dated model',
      model: 'gpt-4o-2024-05-13',
      usage: usage(10_000, 1_000),
      serviceTier: 'priority',
      lines: [
        [10_000, '8.75'],
        [1_000, '26.25'],
      ],
      usd: '0.11375',
    },
    {
      what: 'priority at five thirds of the price',
      model: 'gpt-4o-mini',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '0.25'],
        [4_000, '0.125'],
        [1_000, '1'],
      ],
      usd: '0.003',
    },
    {
      what: 'priority of a reasoning model',
      model: 'o3',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '3.5'],
        [4_000, '0.875'],
        [1_000, '14'],
      ],
      usd: '0.0385',
    },
    {
      what: 'priority at twenty elevenths of the price',
      model: 'o4-mini',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'priority',
      lines: [
        [6_000, '2'],
        [4_000, '0.5'],
        [1_000, '8'],
      ],
      usd: '0.022',
    },
    {
      what: 'flex at half price, cached input too',
      model: 'gpt-5',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'flex',
      source: pricing,
      lines: [
        [6_000, '0.625'],
        [4_000, '0.0625'],
        [1_000, '5'],
      ],
      usd: '0.009',
    },
    {
      what: 'flex of a reasoning model',
      model: 'o4-mini',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'flex',
      source: pricing,
      lines: [
        [6_000, '0.55'],
        [4_000, '0.1375'],
        [1_000, '2.2'],
      ],
      usd: '0.00605',
    },
    {
      what: 'batch at half price',
      model: 'gpt-4o',
      usage: usage(10_000, 1_000),
      serviceTier: 'batch',
      source: pricing,
      lines: [
        [10_000, '1.25'],
        [1_000, '5'],
      ],
      usd: '0.0175',
    },
    {
      what: 'batch with cached input',
      model: 'gpt-5',
      usage: usage(10_000, 1_000, 4_000),
      serviceTier: 'batch',
      source: pricing,
      lines: [
        [6_000, '0.625'],
        [4_000, '0.0625'],
        [1_000, '5'],
      ],
      usd: '0.009',
    },
    {
      what: 'what was asked as priority and answered as usual',
      model: 'gpt-5',
      usage: usage(10_000, 1_000),
      serviceTier: 'default',
      source: 'https://developers.openai.com/api/docs/guides/priority-processing',
      lines: [
        [10_000, '1.25'],
        [1_000, '10'],
      ],
      usd: '0.0225',
    },
    {
      what: 'scale, which was bought beforehand, by its usual price',
      model: 'gpt-5',
      usage: usage(10_000, 1_000),
      serviceTier: 'scale',
      source: pricing,
      lines: [
        [10_000, '1.25'],
        [1_000, '10'],
      ],
      usd: '0.0225',
    },
    {
      what: 'a tier that nobody knows, at the dearest',
      model: 'gpt-5',
      usage: usage(10_000, 1_000),
      serviceTier: 'hyper',
      basis: 'assumed',
      lines: [
        [10_000, '2.5'],
        [1_000, '20'],
      ],
      usd: '0.045',
    },
    {
      what: 'sound heard and spoken',
      model: 'gpt-audio',
      usage: {
        prompt_tokens: 1_500,
        completion_tokens: 1_200,
        total_tokens: 2_700,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 1_000 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 900 },
      },
      source: pricing,
      lines: [
        [500, '2.5'],
        [1_000, '32'],
        [300, '10'],
        [900, '64'],
      ],
      usd: '0.09385',
    },
  ],
}
