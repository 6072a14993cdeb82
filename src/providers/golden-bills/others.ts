import type { GoldenTable } from './bill.ts'

const checked = '2026-11-24'

const xaiBills: GoldenTable = {
  kind: 'xai',
  source: 'https://docs.x.ai/developers/pricing',
  checked,
  bills: [
    {
      what: 'what it says itself, in ten-billionths of a dollar',
      model: 'grok-4.7',
      usage: {
        prompt_tokens: 199,
        completion_tokens: 1,
        total_tokens: 200,
        prompt_tokens_details: { text_tokens: 199, cached_tokens: 163 },
        cost_in_usd_ticks: 37_756_000,
      },
      source: 'https://docs.x.ai/developers/cost-tracking',
      basis: 'stated',
      lines: [],
      extra: '0.0037756',
      usd: '0.0037756',
    },
    {
      what: 'reasoning beside the completion, when it says no cost',
      model: 'grok-4.7',
      usage: {
        prompt_tokens: 1_000,
        completion_tokens: 100,
        total_tokens: 1_500,
        prompt_tokens_details: { cached_tokens: 600 },
        completion_tokens_details: { reasoning_tokens: 400 },
      },
      lines: [
        [400, '2'],
        [600, '0.5'],
        [500, '6'],
      ],
      usd: '0.0041',
    },
    {
      what: 'a prompt of 200,000 tokens, all of it at twice the price',
      model: 'grok-4.6',
      usage: { prompt_tokens: 200_000, completion_tokens: 100, total_tokens: 200_100 },
      lines: [
        [200_000, '4'],
        [100, '12'],
      ],
      usd: '0.8012',
    },
    {
      what: 'a prompt of one token less',
      model: 'grok-4.6',
      usage: { prompt_tokens: 199_999, completion_tokens: 100, total_tokens: 200_099 },
      lines: [
        [199_999, '2'],
        [100, '6'],
      ],
      usd: '0.400598',
    },
    {
      what: 'a model whose price the list has wrong',
      model: 'grok-4.20-multi-agent-0309',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      lines: [
        [1_000, '1.25'],
        [1_000, '2.5'],
      ],
      usd: '0.00375',
    },
  ],
}

const mistralBills: GoldenTable = {
  kind: 'mistral',
  source: 'https://docs.mistral.ai/inference/pricing',
  checked,
  bills: [
    {
      what: 'the largest, partly cached',
      model: 'mistral-large-latest',
      usage: {
        prompt_tokens: 10_000,
        completion_tokens: 1_000,
        total_tokens: 11_000,
        prompt_tokens_details: { cached_tokens: 4_000 },
      },
      lines: [
        [6_000, '0.5'],
        [4_000, '0.05'],
        [1_000, '1.5'],
      ],
      usd: '0.0047',
    },
    {
      what: 'a name that stands for another model since June',
      model: 'mistral-medium-latest',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      lines: [
        [1_000, '1.5'],
        [1_000, '7.5'],
      ],
      usd: '0.009',
    },
    {
      what: 'a model for code',
      model: 'codestral-latest',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      lines: [
        [1_000, '0.3'],
        [1_000, '0.9'],
      ],
      usd: '0.0012',
    },
  ],
}

const groqBills: GoldenTable = {
  kind: 'groq',
  source: 'https://groq.com/pricing',
  checked,
  bills: [
    {
      what: 'cached input at half price',
      model: 'openai/gpt-oss-120b',
      usage: {
        queue_time: 0.04,
        prompt_tokens: 4_000,
        prompt_tokens_details: { cached_tokens: 2_000 },
        completion_tokens: 1_000,
        total_tokens: 5_000,
        completion_tokens_details: { reasoning_tokens: 600 },
      },
      serviceTier: 'on_demand',
      lines: [
        [2_000, '0.15'],
        [2_000, '0.075'],
        [1_000, '0.6'],
      ],
      usd: '0.00105',
    },
    {
      what: 'flex, which costs as much as usual',
      model: 'llama-3.3-70b-versatile',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      serviceTier: 'flex',
      source: 'https://console.groq.com/docs/flex-processing',
      lines: [
        [1_000, '0.59'],
        [1_000, '0.79'],
      ],
      usd: '0.00138',
    },
  ],
}

const togetherBills: GoldenTable = {
  kind: 'together',
  source: 'https://www.together.ai/pricing',
  checked,
  bills: [
    {
      what: 'one price for both ways',
      model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      lines: [[2_000, '0.88']],
      usd: '0.00176',
    },
    {
      what: 'a model that the price list lacks',
      model: 'moonshotai/Kimi-K2.6',
      usage: {
        prompt_tokens: 10_000,
        completion_tokens: 1_000,
        total_tokens: 11_000,
        prompt_tokens_details: { cached_tokens: 5_000 },
      },
      lines: [
        [5_000, '1.2'],
        [5_000, '0.2'],
        [1_000, '4.5'],
      ],
      usd: '0.0115',
    },
  ],
}

const openrouterBills: GoldenTable = {
  kind: 'openrouter',
  source: 'https://openrouter.ai/docs/use-cases/usage-accounting',
  checked,
  bills: [
    {
      what: 'what it says itself',
      model: 'openai/gpt-6-sol',
      usage: {
        prompt_tokens: 194,
        completion_tokens: 2,
        total_tokens: 196,
        cost: 0.00040801,
        is_byok: false,
        cost_details: { upstream_inference_cost: null },
      },
      basis: 'stated',
      lines: [],
      extra: '0.00040801',
      usd: '0.00040801',
    },
    {
      what: 'its fee and what the provider behind it charges the key that was brought',
      model: 'openai/gpt-6-sol',
      usage: {
        prompt_tokens: 194,
        completion_tokens: 2,
        total_tokens: 196,
        cost: 0.00002,
        is_byok: true,
        cost_details: { upstream_inference_cost: 0.0004 },
      },
      basis: 'stated',
      lines: [],
      extra: '0.00042',
      usd: '0.00042',
    },
    {
      what: 'a model without any price, of which it says what it cost',
      model: 'somebody/something-new',
      usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20, cost: 0.001 },
      basis: 'stated',
      lines: [],
      extra: '0.001',
      usd: '0.001',
    },
    {
      what: 'the listed price when it says none',
      model: 'moonshotai/kimi-k3',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      source: 'https://openrouter.ai/models',
      lines: [
        [1_000, '3'],
        [1_000, '15'],
      ],
      usd: '0.018',
    },
    {
      what: 'a free model',
      model: 'meta-llama/llama-3.3-70b-instruct:free',
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
      source: 'https://openrouter.ai/models',
      lines: [[2_000, '0']],
      usd: '0',
    },
  ],
}

/** Bills of providers with few. */
export const otherBills: readonly GoldenTable[] = [xaiBills, mistralBills, groqBills, togetherBills, openrouterBills]
