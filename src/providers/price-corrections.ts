import type { ModelPrice } from '@pydantic/genai-prices'

/** Hours (UTC) of working days at which prices are twice as high. */
export interface PeakHours {
  readonly windows: readonly (readonly [from: string, until: string])[]
}

/** What a model has cost since a day. */
export interface CorrectedPrice {
  /** First day (UTC); absent: always. */
  readonly from?: string
  /** USD per million tokens, in the words of the price list; with peak hours, those of the others. */
  readonly usd: ModelPrice
  readonly peak?: PeakHours
}

/** A price that the price list lacks or has wrong. */
export interface Correction {
  readonly provider: string
  readonly model: RegExp
  readonly contextWindow?: number
  /** The last whose day has come counts; before the first, the price list does. */
  readonly prices: readonly CorrectedPrice[]
  readonly source: string
  readonly checked: string
}

const checked = '2026-11-24'

/** All tokens at other rates from a size on. */
const stepped = (base: number, start: number, price: number) => ({ base, tiers: [{ start, price }] })

/** OpenAI's since GPT-6: beyond 272,000 tokens twice the input and half as much again for the output. */
const gpt = (usd: {
  input: number
  cacheRead: number
  write: number
  writeLong: number
  output: number
}): ModelPrice => {
  const doubled = (rate: number) => stepped(rate, 272_000, rate * 2)
  return {
    input_mtok: doubled(usd.input),
    cache_read_mtok: doubled(usd.cacheRead),
    cache_write_mtok: doubled(usd.write),
    cache_write_1h_mtok: doubled(usd.writeLong),
    output_mtok: stepped(usd.output, 272_000, usd.output * 1.5),
    web_searches_kcount: 10,
  }
}

const deepseek = 'https://api-docs.deepseek.com/quick_start/pricing'
/** Working days 9 to 12 and 14 to 18 o'clock in Beijing. Its public holidays are not known here, so they count as working days. */
const beijingHours: PeakHours = {
  windows: [
    ['01:00', '04:00'],
    ['06:00', '10:00'],
  ],
}
const free: ModelPrice = { input_mtok: 0, output_mtok: 0 }

/** Models for which the price list of this version is not right, by what their providers published. */
export const corrections: readonly Correction[] = [
  {
    provider: 'openai',
    model: /^gpt-6\.1-sol/,
    contextWindow: 1_050_000,
    prices: [{ usd: gpt({ input: 2, cacheRead: 0.1, write: 2.5, writeLong: 5, output: 10 }) }],
    source: 'https://developers.openai.com/api/docs/models/gpt-6.1-sol',
    checked,
  },
  {
    provider: 'openai',
    model: /^gpt-6\.2-sol/,
    contextWindow: 1_050_000,
    prices: [{ usd: gpt({ input: 2, cacheRead: 0.1, write: 2.5, writeLong: 5, output: 10 }) }],
    source: 'https://developers.openai.com/api/docs/models/gpt-6.2-sol',
    checked,
  },
  {
    provider: 'openai',
    model: /^gpt-6\.1-terra/,
    contextWindow: 1_050_000,
    prices: [{ usd: gpt({ input: 1, cacheRead: 0.05, write: 1.25, writeLong: 2.5, output: 5 }) }],
    source: 'https://developers.openai.com/api/docs/models/gpt-6.1-terra',
    checked,
  },
  {
    provider: 'anthropic',
    model: /^claude-sonnet-5-5/,
    contextWindow: 1_000_000,
    prices: [
      {
        from: '2026-10-07',
        usd: {
          input_mtok: 2,
          cache_read_mtok: 0.1,
          cache_write_mtok: 2.5,
          cache_write_1h_mtok: 4,
          output_mtok: 10,
          web_searches_kcount: 10,
        },
      },
    ],
    source: 'https://platform.claude.com/docs/en/about-claude/pricing',
    checked,
  },
  {
    provider: 'anthropic',
    model: /^claude-haiku-5-5/,
    contextWindow: 1_000_000,
    prices: [
      {
        usd: {
          input_mtok: stepped(0.1, 100_000, 0.5),
          cache_read_mtok: stepped(0.01, 100_000, 0.05),
          cache_write_mtok: stepped(0.125, 100_000, 0.625),
          cache_write_1h_mtok: stepped(0.2, 100_000, 1),
          output_mtok: stepped(0.5, 100_000, 2.5),
          web_searches_kcount: 10,
        },
      },
    ],
    source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview',
    checked,
  },
  {
    provider: 'anthropic',
    model: /^claude-(fable|mythos)-5-2/,
    contextWindow: 1_000_000,
    prices: [
      {
        usd: {
          input_mtok: 8,
          cache_read_mtok: 0.2,
          cache_write_mtok: 10,
          cache_write_1h_mtok: 16,
          output_mtok: 40,
          web_searches_kcount: 10,
        },
      },
    ],
    source: 'https://platform.claude.com/docs/en/about-claude/pricing',
    checked,
  },
  {
    // The names of retired models are served by Flash, at its price.
    provider: 'deepseek',
    model: /^deepseek-(flash|v4-flash)/,
    contextWindow: 1_000_000,
    prices: [
      { from: '2026-09-10', usd: { input_mtok: 0.15, cache_read_mtok: 0.003, output_mtok: 0.6 }, peak: beijingHours },
    ],
    source: deepseek,
    checked,
  },
  {
    // The price list has the peak on every day; since 2026-08-23 weekends have none.
    provider: 'deepseek',
    model: /^deepseek-v4-pro/,
    contextWindow: 1_000_000,
    prices: [
      { from: '2026-08-23', usd: { input_mtok: 0.66, cache_read_mtok: 0.022, output_mtok: 1.98 }, peak: beijingHours },
    ],
    source: deepseek,
    checked,
  },
  {
    provider: 'x-ai',
    model: /^grok-4\.7/,
    contextWindow: 500_000,
    prices: [
      {
        usd: {
          input_mtok: stepped(2, 199_999, 4),
          cache_read_mtok: stepped(0.5, 199_999, 1),
          output_mtok: stepped(6, 199_999, 12),
        },
      },
    ],
    source: 'https://docs.x.ai/developers/pricing',
    checked,
  },
  {
    provider: 'x-ai',
    model: /^grok-4\.20-multi-agent/,
    contextWindow: 1_000_000,
    prices: [
      {
        usd: {
          input_mtok: stepped(1.25, 199_999, 2.5),
          cache_read_mtok: stepped(0.2, 199_999, 0.4),
          output_mtok: stepped(2.5, 199_999, 5),
        },
      },
    ],
    source: 'https://docs.x.ai/developers/pricing',
    checked,
  },
  {
    provider: 'mistral',
    model: /^mistral-large-latest/,
    prices: [{ usd: { input_mtok: 0.5, cache_read_mtok: 0.05, output_mtok: 1.5 } }],
    source: 'https://docs.mistral.ai/inference/pricing',
    checked,
  },
  {
    provider: 'together',
    model: /^moonshotai\/Kimi-K2\.6$/,
    prices: [{ usd: { input_mtok: 1.2, cache_read_mtok: 0.2, output_mtok: 4.5 } }],
    source: 'https://www.together.ai/pricing',
    checked,
  },
  {
    provider: 'together',
    model: /^deepseek-ai\/DeepSeek-V4-Pro$/,
    prices: [{ usd: { input_mtok: 2.1, cache_read_mtok: 0.2, output_mtok: 4.4 } }],
    source: 'https://www.together.ai/pricing',
    checked,
  },
  {
    provider: 'together',
    model: /^openai\/gpt-oss-120b$/,
    prices: [{ usd: { input_mtok: 0.15, output_mtok: 0.6 } }],
    source: 'https://www.together.ai/pricing',
    checked,
  },
  {
    // Listed without any price, which is how the list says that they are free.
    provider: 'openrouter',
    model: /:free$/,
    prices: [{ usd: free }],
    source: 'https://openrouter.ai/docs/faq',
    checked,
  },
  {
    // What pictures and films cost is no matter of their tokens here: usage that tells of them is taken for unknown.
    provider: 'google',
    model: /^gemini-embedding-2/,
    prices: [{ usd: { input_mtok: 0.2, input_audio_mtok: 6.5 } }],
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    checked,
  },
  {
    provider: 'google',
    model: /^gemma-(3|4)(n|-)(?!.*maas)/,
    prices: [{ usd: free }],
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    checked,
  },
]
