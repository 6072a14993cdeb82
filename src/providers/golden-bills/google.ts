import type { JsonObject } from '../../core/json.ts'
import type { GoldenTable } from './bill.ts'

/** A usage object as Gemini's OpenAI door writes it: thinking is only in the total. */
const usage = (prompt: number, completion: number, thinking = 0, details?: JsonObject): JsonObject => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion + thinking,
  ...(details && { prompt_tokens_details: details }),
})

/** Gemini's bills. */
export const googleBills: GoldenTable = {
  kind: 'gemini-openai',
  source: 'https://ai.google.dev/gemini-api/docs/pricing',
  checked: '2026-11-24',
  bills: [
    {
      what: 'a prompt of exactly 200,000 tokens',
      model: 'gemini-2.5-pro',
      usage: usage(200_000, 1_000),
      lines: [
        [200_000, '1.25'],
        [1_000, '10'],
      ],
      usd: '0.26',
    },
    {
      what: 'a longer prompt, partly cached, all at the higher price',
      model: 'gemini-2.5-pro',
      usage: usage(200_001, 1_000, 0, { cached_tokens: 50_001 }),
      // 375,000 + 12,500.25 + 15,000 millionths
      lines: [
        [150_000, '2.5'],
        [50_001, '0.25'],
        [1_000, '15'],
      ],
      usd: '0.40250025',
    },
    {
      what: 'thinking, told only in the total, at the price of the output',
      model: 'gemini-2.5-flash',
      usage: usage(20, 424, 572),
      lines: [
        [20, '0.3'],
        [996, '2.5'],
      ],
      usd: '0.002496',
    },
    {
      what: 'sound heard',
      model: 'gemini-2.5-flash',
      usage: usage(2_000, 100, 0, { audio_tokens: 1_000 }),
      lines: [
        [1_000, '0.3'],
        [1_000, '1'],
        [100, '2.5'],
      ],
      usd: '0.00155',
    },
    {
      what: 'cached input at a tenth',
      model: 'gemini-2.5-flash-lite',
      usage: usage(10_000, 1_000, 0, { cached_tokens: 8_000 }),
      lines: [
        [2_000, '0.1'],
        [8_000, '0.01'],
        [1_000, '0.4'],
      ],
      usd: '0.00068',
    },
    {
      what: 'half price until the end of the year',
      model: 'gemini-3.8-flash',
      at: '2026-12-31T23:59:59Z',
      usage: usage(10_000, 1_000, 0, { cached_tokens: 4_000 }),
      lines: [
        [6_000, '0.75'],
        [4_000, '0.075'],
        [1_000, '3.75'],
      ],
      usd: '0.00855',
    },
    {
      what: 'the whole price from the new year on',
      model: 'gemini-3.8-flash',
      at: '2027-01-01T00:00:00Z',
      usage: usage(10_000, 1_000, 0, { cached_tokens: 4_000 }),
      lines: [
        [6_000, '1.5'],
        [4_000, '0.15'],
        [1_000, '7.5'],
      ],
      usd: '0.0171',
    },
    {
      what: 'flex at half price',
      model: 'gemini-3.8-flash',
      usage: usage(10_000, 1_000),
      serviceTier: 'flex',
      lines: [
        [10_000, '0.375'],
        [1_000, '1.875'],
      ],
      usd: '0.005625',
    },
    {
      what: 'priority at 1.8 times the price',
      model: 'gemini-3.8-flash',
      usage: usage(10_000, 1_000),
      serviceTier: 'priority',
      lines: [
        [10_000, '1.35'],
        [1_000, '6.75'],
      ],
      usd: '0.02025',
    },
    {
      what: 'a batch at half price',
      model: 'gemini-3.5-flash',
      usage: usage(10_000, 1_000),
      serviceTier: 'batch',
      lines: [
        [10_000, '0.75'],
        [1_000, '4.5'],
      ],
      usd: '0.012',
    },
    {
      what: 'a long prompt with thinking',
      model: 'gemini-3.1-pro-preview',
      usage: usage(250_000, 2_000, 3_000),
      lines: [
        [250_000, '4'],
        [5_000, '18'],
      ],
      usd: '1.09',
    },
    {
      what: 'a model that is free',
      model: 'gemma-4-31b-it',
      usage: usage(10_000, 1_000),
      lines: [
        [10_000, '0'],
        [1_000, '0'],
      ],
      usd: '0',
    },
  ],
}
