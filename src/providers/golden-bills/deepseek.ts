import type { JsonObject } from '../../core/json.ts'
import type { GoldenTable } from './bill.ts'

const usage = (hit: number, miss: number, completion: number, reasoning = 0): JsonObject => ({
  prompt_tokens: hit + miss,
  completion_tokens: completion,
  total_tokens: hit + miss + completion,
  prompt_cache_hit_tokens: hit,
  prompt_cache_miss_tokens: miss,
  completion_tokens_details: { reasoning_tokens: reasoning },
})

/** DeepSeek's bills. */
export const deepseekBills: GoldenTable = {
  kind: 'deepseek',
  source: 'https://api-docs.deepseek.com/quick_start/pricing',
  checked: '2026-11-24',
  bills: [
    {
      what: 'hits and misses of the cache, off the peak',
      model: 'deepseek-flash',
      usage: usage(80_000, 20_000, 5_000, 3_000),
      lines: [
        [80_000, '0.003'],
        [20_000, '0.15'],
        [5_000, '0.6'],
      ],
      usd: '0.00624',
    },
    {
      what: 'twice as much in the morning of a working day in Beijing',
      model: 'deepseek-flash',
      at: '2026-11-24T01:00:00Z',
      usage: usage(80_000, 20_000, 5_000),
      lines: [
        [80_000, '0.006'],
        [20_000, '0.3'],
        [5_000, '1.2'],
      ],
      usd: '0.01248',
    },
    {
      what: 'the usual price at noon in Beijing',
      model: 'deepseek-flash',
      at: '2026-11-24T04:00:00Z',
      usage: usage(0, 1_000, 1_000),
      lines: [
        [1_000, '0.15'],
        [1_000, '0.6'],
      ],
      usd: '0.00075',
    },
    {
      what: 'twice as much in the afternoon',
      model: 'deepseek-flash',
      at: '2026-11-24T09:59:59Z',
      usage: usage(0, 1_000, 1_000),
      lines: [
        [1_000, '0.3'],
        [1_000, '1.2'],
      ],
      usd: '0.0015',
    },
    {
      what: 'the usual price on a Sunday',
      model: 'deepseek-flash',
      at: '2026-11-22T02:00:00Z',
      usage: usage(0, 1_000, 1_000),
      lines: [
        [1_000, '0.15'],
        [1_000, '0.6'],
      ],
      usd: '0.00075',
    },
    {
      what: 'the name of a retired model, served by Flash',
      model: 'deepseek-v4-flash',
      usage: usage(1_000, 1_000, 1_000),
      lines: [
        [1_000, '0.003'],
        [1_000, '0.15'],
        [1_000, '0.6'],
      ],
      usd: '0.000753',
    },
    {
      what: 'the same name before that model retired',
      model: 'deepseek-v4-flash',
      at: '2026-09-01T12:00:00Z',
      usage: usage(1_000, 1_000, 1_000),
      lines: [
        [1_000, '0.007'],
        [1_000, '0.22'],
        [1_000, '0.66'],
      ],
      usd: '0.000887',
    },
    {
      what: 'the larger model off the peak',
      model: 'deepseek-v4-pro',
      usage: usage(10_000, 10_000, 10_000),
      lines: [
        [10_000, '0.022'],
        [10_000, '0.66'],
        [10_000, '1.98'],
      ],
      usd: '0.02662',
    },
    {
      what: 'the larger model at its peak',
      model: 'deepseek-v4-pro',
      at: '2026-11-24T06:30:00Z',
      usage: usage(10_000, 10_000, 10_000),
      lines: [
        [10_000, '0.044'],
        [10_000, '1.32'],
        [10_000, '3.96'],
      ],
      usd: '0.05324',
    },
  ],
}
