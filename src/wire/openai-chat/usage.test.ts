import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../core/json.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../../core/usage.ts'
import { readUsage, writeUsage } from './usage.ts'

const read = (given: JsonObject, tier?: string): Usage => {
  const usage = readUsage(given, tier)
  assert.ok(usage)
  return usage
}
const parts = (more: Partial<Usage>): Usage => ({ ...noUsage, serviceTier: undefined, ...more })

describe('usage is read into parts that do not overlap', () => {
  test('from OpenAI, where details are counted inside their wholes', () => {
    const given = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, audio_tokens: 10, cache_write_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 5 },
    }
    assert.deepEqual(
      read(given, 'flex'),
      parts({
        input: 10,
        cacheRead: 60,
        cacheWriteShort: 20,
        audioInput: 10,
        output: 15,
        reasoning: 30,
        audioOutput: 5,
        serviceTier: 'flex',
      }),
    )
  })

  test('from DeepSeek, which names hits of its cache without details', () => {
    const given = {
      prompt_tokens: 100,
      completion_tokens: 5,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
    }
    assert.deepEqual(read(given), parts({ input: 36, cacheRead: 64, output: 5 }))
  })

  test('from xAI, which counts thinking beside the completion', () => {
    const completion_tokens_details = { reasoning_tokens: 200 }
    const given = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 241, completion_tokens_details }
    assert.deepEqual(read(given), parts({ input: 32, output: 9, reasoning: 200 }))
    const both = { prompt_tokens: 32, completion_tokens: 209, total_tokens: 241, completion_tokens_details }
    assert.deepEqual(read(both), parts({ input: 32, output: 9, reasoning: 200 }))
  })

  test('from Gemini, which tells thinking only in the total', () => {
    const given = { prompt_tokens: 20, completion_tokens: 424, total_tokens: 1016 }
    assert.deepEqual(read(given), parts({ input: 20, output: 424, reasoning: 572 }))
    assert.deepEqual(read({ ...given, total_tokens: 400 }), parts({ input: 20, output: 424 }))
    assert.deepEqual(read({ ...given, total_tokens: -1 }), parts({ input: 20, output: 424 }))
  })

  test('with what the call cost, in whole nano-dollars, rounded up', () => {
    const counts = { prompt_tokens: 10, completion_tokens: 2 }
    const stated = (more: JsonObject): number | undefined => read({ ...counts, ...more }).statedNanos
    assert.equal(stated({ cost: 0.000468 }), 468_000)
    assert.equal(stated({ cost: 0 }), 0)
    assert.equal(stated({ cost_in_usd_ticks: 37_756_001 }), 3_775_601)
    assert.equal(stated({ cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } }), 1_050_000_000)
    assert.equal(stated({ cost: 0.05, is_byok: false, cost_details: { upstream_inference_cost: 1 } }), 50_000_000)
  })

  test('without a cost that cannot be one, or is only part of it', () => {
    for (const more of [
      {},
      { cost: -1 },
      { cost: '1' },
      { cost: 1e300 },
      { cost: null },
      { cost_in_usd_ticks: 1.5 },
      { cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: null } },
      { cost: 0.05, is_byok: true },
    ]) {
      const usage = read({ prompt_tokens: 10, completion_tokens: 2, ...more })
      assert.equal('statedNanos' in usage, false, JSON.stringify(more))
    }
  })

  test('and never add up to more than was processed when details overlap', () => {
    const given = {
      prompt_tokens: 10,
      completion_tokens: 0,
      prompt_tokens_details: { cached_tokens: 9, audio_tokens: 8 },
    }
    assert.deepEqual(read(given), parts({ cacheRead: 9, audioInput: 1 }))
  })

  test('and are unknown, not zero, when the numbers cannot be', () => {
    for (const prompt_tokens of [-1, 1.5, '12', 1e300, true]) {
      assert.equal(readUsage({ prompt_tokens, completion_tokens: 1 }, undefined), undefined)
    }
    assert.equal(readUsage({}, undefined), undefined)
  })
})

const count = fc.nat({ max: 1_000_000 })

test('usage written and read again is the same', () => {
  const usage = fc.record(
    {
      input: count,
      cacheRead: count,
      cacheWriteShort: count,
      cacheWriteLong: fc.constant(0),
      audioInput: count,
      output: count.map((tokens) => tokens + 1),
      reasoning: count,
      audioOutput: count,
      source: fc.constant('measured' as const),
      serviceTier: fc.constant(undefined),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(usage, (given) => {
      const written = writeUsage(given)
      assert.equal(written.prompt_tokens, inputTokens(given))
      assert.equal(written.completion_tokens, outputTokens(given))
      assert.deepEqual(read(JSON.parse(JSON.stringify(written))), given)
    }),
  )
})
