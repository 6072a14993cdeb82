import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Usage } from '../../core/usage.ts'
import { mutantsOf } from '../../testing/mutants.ts'
import { usageReader } from './usage-reader.ts'

/** The usage that is known at the end of an answer that comes in these pieces. */
const readAs = (type: string, pieces: readonly Buffer[]): Usage | undefined => {
  const reader = usageReader(type)
  let usage: Usage | undefined
  for (const piece of pieces) for (const delta of reader?.(piece) ?? []) if (delta.kind === 'usage') usage = delta.usage
  return usage
}
const json = (value: unknown): Usage | undefined => readAs('application/json', [Buffer.from(JSON.stringify(value))])
const events = (values: readonly unknown[]): Usage | undefined =>
  readAs('text/event-stream; charset=utf-8', [
    Buffer.from(values.map((value) => `event: x\ndata: ${JSON.stringify(value)}\n\n`).join('')),
  ])
const cutAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((one, other) => one - other)
  return cuts.slice(1).map((to, index) => bytes.subarray(cuts[index], to))
}

const picture = {
  created: 1,
  data: [{ b64_json: 'A'.repeat(200_000) }],
  usage: {
    input_tokens: 50,
    input_tokens_details: { text_tokens: 10, image_tokens: 40 },
    output_tokens: 400,
    total_tokens: 450,
  },
}

describe('the usage of an answer that is passed on unread', () => {
  test('is found at the end of a picture, in whatever pieces it comes', () => {
    const bytes = Buffer.from(JSON.stringify(picture))
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (places) => {
        const usage = readAs('application/json', cutAt(bytes, places))
        assert.equal(usage?.input, 50)
        assert.equal(usage?.output, 400)
      }),
      { numRuns: 40 },
    )
  })

  test('is not what a model or a caller wrote inside', () => {
    const fake = { input_tokens: 0, output_tokens: 0 }
    const said = { content: [{ type: 'tool_use', input: { usage: fake } }, { text: '"usage":{"input_tokens":0}' }] }
    assert.equal(json({ ...said, usage: { input_tokens: 7, output_tokens: 9 } })?.input, 7)
    assert.equal(json(said), undefined)
    assert.equal(json([{ usage: fake }]), undefined)
  })

  test('is read in the words of each provider, in disjoint parts', () => {
    const parts = (usage: Usage | undefined) => {
      const { source: _source, ...rest } = usage ?? { source: '' }
      return Object.fromEntries(Object.entries(rest).filter(([, count]) => count))
    }
    const cases: readonly (readonly [unknown, object])[] = [
      [
        {
          usage: {
            prompt_tokens: 10,
            completion_tokens: 8,
            prompt_tokens_details: { cached_tokens: 4 },
            completion_tokens_details: { reasoning_tokens: 3 },
          },
        },
        { input: 6, cacheRead: 4, output: 5, reasoning: 3 },
      ],
      [
        { usage: { input_tokens: 10, output_tokens: 2, input_token_details: { text_tokens: 0, audio_tokens: 10 } } },
        { audioInput: 10, output: 2 },
      ],
      [
        {
          usage: {
            input_tokens: 10,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: 50,
            cache_creation: { ephemeral_1h_input_tokens: 20 },
            output_tokens: 5,
          },
        },
        { input: 10, cacheRead: 100, cacheWriteShort: 30, cacheWriteLong: 20, output: 5 },
      ],
      [
        {
          usageMetadata: {
            promptTokenCount: 10,
            cachedContentTokenCount: 4,
            candidatesTokenCount: 3,
            thoughtsTokenCount: 2,
          },
        },
        { input: 6, cacheRead: 4, output: 3, reasoning: 2 },
      ],
      [{ results: [], usage: { total_tokens: 12 } }, { input: 12 }],
      [{ results: [], meta: { tokens: { input_tokens: 12, output_tokens: 0 } } }, { input: 12 }],
      [
        { usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.25 }, service_tier: 'flex' },
        { input: 1, output: 1, statedNanos: 250_000_000, serviceTier: 'flex' },
      ],
    ]
    for (const [answer, expected] of cases) assert.deepEqual(parts(json(answer)), expected)
  })

  test('is unknown where it tells no tokens', () => {
    for (const usage of [{ type: 'duration', seconds: 4 }, {}, null, 'none', { input_tokens: '4' }])
      assert.equal(json({ text: 'Hello', usage }), undefined)
    assert.equal(json({ meta: { billed_units: { search_units: 1 } } }), undefined)
    assert.equal(usageReader('audio/mpeg'), undefined)
  })

  test('is put together from the events of a stream', () => {
    const anthropic = [
      { type: 'message_start', message: { usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 } } },
      { type: 'content_block_delta', delta: { partial_json: '{"usage":{"output_tokens":9999}}' } },
      { type: 'message_delta', usage: { output_tokens: 42 } },
    ]
    assert.deepEqual([events(anthropic)?.input, events(anthropic)?.cacheRead, events(anthropic)?.output], [10, 5, 42])
    const responses = [{ type: 'response.completed', response: { usage: { input_tokens: 3, output_tokens: 4 } } }]
    assert.equal(events(responses)?.output, 4)
    const chat = [
      { choices: [], usage: null },
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
    ]
    assert.equal(events(chat)?.output, 2)
  })

  test('never breaks the answer, whatever it holds', () => {
    for (const mutant of mutantsOf({ usage: { input_tokens: 1, output_tokens: 2 }, meta: { tokens: {} } })) {
      json(mutant)
      events([mutant])
    }
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        readAs('application/json', pieces.map(Buffer.from))
        readAs('text/event-stream', pieces.map(Buffer.from))
      }),
    )
  })
})
