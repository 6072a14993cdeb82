import type { JsonObject } from '../../core/json.ts'
import type { GoldenTable } from './bill.ts'

interface Counts {
  readonly read?: number
  readonly fiveMinutes?: number
  readonly oneHour?: number
}

/** A usage object as Anthropic writes it; its counts do not overlap. */
const usage = (input: number, output: number, counts: Counts = {}, more: JsonObject = {}): JsonObject => {
  const { read = 0, fiveMinutes = 0, oneHour = 0 } = counts
  return {
    input_tokens: input,
    cache_creation_input_tokens: fiveMinutes + oneHour,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour },
    output_tokens: output,
    service_tier: 'standard',
    inference_geo: 'global',
    ...more,
  }
}

const fastMode = 'https://platform.claude.com/docs/en/build-with-claude/fast-mode'
const residency = 'https://platform.claude.com/docs/en/manage-claude/data-residency'

/** Anthropic's bills. */
export const anthropicBills: GoldenTable = {
  kind: 'anthropic',
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  checked: '2026-11-24',
  bills: [
    {
      what: 'a prompt and an answer',
      model: 'claude-opus-5-5',
      usage: usage(1_000, 500),
      lines: [
        [1_000, '4'],
        [500, '20'],
      ],
      usd: '0.014',
    },
    {
      what: 'every kind of input',
      model: 'claude-haiku-4-5',
      usage: usage(100, 50, { read: 10_000, fiveMinutes: 1_000, oneHour: 500 }),
      lines: [
        [100, '1'],
        [10_000, '0.1'],
        [1_000, '1.25'],
        [500, '2'],
        [50, '5'],
      ],
      usd: '0.0036',
    },
    {
      what: 'writing to the cache for an hour, at twice the price',
      model: 'claude-sonnet-4-6',
      usage: usage(10, 100, { oneHour: 20_000 }),
      lines: [
        [10, '3'],
        [20_000, '6'],
        [100, '15'],
      ],
      usd: '0.12153',
    },
    {
      what: 'reading from the cache at a twentieth',
      model: 'claude-opus-5-5',
      usage: usage(200, 100, { read: 100_000 }),
      lines: [
        [200, '4'],
        [100_000, '0.2'],
        [100, '20'],
      ],
      usd: '0.0228',
    },
    {
      what: 'reading from the cache at a fortieth',
      model: 'claude-fable-5-1',
      usage: usage(200, 100, { read: 100_000 }),
      lines: [
        [200, '10'],
        [100_000, '0.25'],
        [100, '50'],
      ],
      usd: '0.032',
    },
    {
      what: 'thinking, which is counted in the output',
      model: 'claude-opus-5',
      usage: usage(1_000, 3_000, {}, { output_tokens_details: { thinking_tokens: 2_500 } }),
      lines: [
        [1_000, '5'],
        [3_000, '25'],
      ],
      usd: '0.08',
    },
    {
      what: 'a batch at half price, the cache too',
      model: 'claude-opus-5',
      usage: usage(1_000, 1_000, { read: 10_000, fiveMinutes: 1_000 }, { service_tier: 'batch' }),
      lines: [
        [1_000, '2.5'],
        [10_000, '0.25'],
        [1_000, '3.125'],
        [1_000, '12.5'],
      ],
      usd: '0.020625',
    },
    {
      what: 'priority, which was paid for beforehand, by its usual price',
      model: 'claude-opus-4-8',
      usage: usage(1_000, 1_000, {}, { service_tier: 'priority' }),
      source: 'https://platform.claude.com/docs/en/api/service-tiers',
      lines: [
        [1_000, '5'],
        [1_000, '25'],
      ],
      usd: '0.03',
    },
    {
      what: 'an answer that never left the United States, a tenth dearer',
      model: 'claude-opus-5-5',
      usage: usage(1_000, 500, { read: 10_000, fiveMinutes: 1_000 }, { inference_geo: 'us' }),
      source: residency,
      lines: [
        [1_000, '4.4'],
        [10_000, '0.22'],
        [1_000, '5.5'],
        [500, '22'],
      ],
      usd: '0.0231',
    },
    {
      what: 'a batch in the United States',
      model: 'claude-sonnet-5',
      usage: usage(10_000, 1_000, {}, { inference_geo: 'us', service_tier: 'batch' }),
      source: residency,
      lines: [
        [10_000, '1.1'],
        [1_000, '5.5'],
      ],
      usd: '0.0165',
    },
    {
      what: 'fast mode at twice the price, the cache too',
      model: 'claude-opus-5-5',
      usage: usage(1_000, 1_000, { read: 10_000 }, { speed: 'fast' }),
      source: fastMode,
      lines: [
        [1_000, '8'],
        [10_000, '0.4'],
        [1_000, '40'],
      ],
      usd: '0.052',
    },
    {
      what: 'fast mode that fell back to the usual speed',
      model: 'claude-opus-5-5',
      usage: usage(1_000, 1_000, {}, { speed: 'standard' }),
      source: fastMode,
      lines: [
        [1_000, '4'],
        [1_000, '20'],
      ],
      usd: '0.024',
    },
    {
      what: 'fast mode of the model before',
      model: 'claude-opus-5',
      usage: usage(1_000, 1_000, {}, { speed: 'fast' }),
      source: fastMode,
      lines: [
        [1_000, '10'],
        [1_000, '50'],
      ],
      usd: '0.06',
    },
    {
      what: 'fast mode of the largest, in the United States',
      model: 'claude-fable-5-2',
      usage: usage(1_000, 1_000, {}, { speed: 'fast', inference_geo: 'us' }),
      source: fastMode,
      lines: [
        [1_000, '17.6'],
        [1_000, '88'],
      ],
      usd: '0.1056',
    },
    {
      what: 'a model that the price list lacks, with every kind of input',
      model: 'claude-fable-5-2',
      usage: usage(1_000, 1_000, { read: 10_000, fiveMinutes: 1_000, oneHour: 1_000 }),
      lines: [
        [1_000, '8'],
        [10_000, '0.2'],
        [1_000, '10'],
        [1_000, '16'],
        [1_000, '40'],
      ],
      usd: '0.076',
    },
    {
      what: 'reading from the cache before it became cheaper',
      model: 'claude-sonnet-5-5',
      at: '2026-10-06T12:00:00Z',
      usage: usage(1_000, 100, { read: 100_000 }),
      lines: [
        [1_000, '2'],
        [100_000, '0.2'],
        [100, '10'],
      ],
      usd: '0.023',
    },
    {
      what: 'reading from the cache since it became cheaper',
      model: 'claude-sonnet-5-5',
      usage: usage(1_000, 100, { read: 100_000 }),
      lines: [
        [1_000, '2'],
        [100_000, '0.1'],
        [100, '10'],
      ],
      usd: '0.013',
    },
    {
      what: 'a prompt of exactly 100,000 tokens, cache included',
      model: 'claude-haiku-5-5',
      usage: usage(10_000, 1_000, { read: 80_000, fiveMinutes: 10_000 }),
      source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview',
      lines: [
        [10_000, '0.1'],
        [80_000, '0.01'],
        [10_000, '0.125'],
        [1_000, '0.5'],
      ],
      usd: '0.00355',
    },
    {
      what: 'a prompt of one token more, at five times the price',
      model: 'claude-haiku-5-5',
      usage: usage(10_001, 1_000, { read: 80_000, fiveMinutes: 10_000 }),
      source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview',
      // 5,000.5 + 4,000 + 6,250 + 2,500 millionths
      lines: [
        [10_001, '0.5'],
        [80_000, '0.05'],
        [10_000, '0.625'],
        [1_000, '2.5'],
      ],
      usd: '0.0177505',
    },
    {
      what: 'a long prompt while those were dearer',
      model: 'claude-sonnet-4-6',
      at: '2026-03-01T12:00:00Z',
      usage: usage(200_001, 1_000),
      lines: [
        [200_001, '6'],
        [1_000, '22.5'],
      ],
      usd: '1.222506',
    },
    {
      what: 'a long prompt since they cost as much as others',
      model: 'claude-sonnet-4-6',
      usage: usage(600_000, 1_000),
      lines: [
        [600_000, '3'],
        [1_000, '15'],
      ],
      usd: '1.815',
    },
    {
      what: 'three searches of the web at ten dollars a thousand',
      model: 'claude-opus-5',
      usage: usage(5_000, 500, {}, { server_tool_use: { web_search_requests: 3, web_fetch_requests: 1 } }),
      lines: [
        [5_000, '5'],
        [500, '25'],
      ],
      extra: '0.03',
      usd: '0.0675',
    },
    {
      what: 'a compaction, which is billed beside the totals',
      model: 'claude-opus-5',
      usage: usage(
        1_000,
        100,
        {},
        {
          iterations: [
            { type: 'compaction', input_tokens: 50_000, output_tokens: 1_000 },
            { type: 'message', input_tokens: 1_000, output_tokens: 100 },
          ],
        },
      ),
      source: 'https://platform.claude.com/docs/en/build-with-claude/compaction',
      lines: [
        [51_000, '5'],
        [1_100, '25'],
      ],
      usd: '0.2825',
    },
    { what: 'nothing used is nothing', model: 'claude-opus-5', usage: usage(0, 0), lines: [], usd: '0' },
  ],
}
