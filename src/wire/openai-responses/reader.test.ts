import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta } from '../../core/delta.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { openaiResponses } from './index.ts'

const event = (fields: object): Buffer => Buffer.from(`data: ${JSON.stringify(fields)}\n\n`)

const read = (...events: readonly object[]): Delta[] => {
  const reader = openaiResponses.reader('events')
  return events.flatMap((fields) => [...reader(event(fields))])
}

const response = (fields: object = {}): object => ({
  id: 'resp_1',
  model: 'm',
  created_at: 7,
  status: 'completed',
  output: [],
  ...fields,
})
const completed = (fields: object = {}): object => ({ type: 'response.completed', response: response(fields) })

describe('what an upstream says', () => {
  test('is told by the last event alone where a server sends nothing before it', () => {
    const output = [
      { type: 'message', id: 'm1', content: [{ type: 'output_text', text: 'Hi' }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    ]
    const { choices, id } = meaningOf(read(completed({ output })))
    assert.equal(id, 'resp_1')
    assert.deepEqual(
      choices[0]?.blocks.map(({ kind, text }) => [kind, text]),
      [
        ['text', 'Hi'],
        ['tool_call', '{}'],
      ],
    )
    assert.equal(choices[0]?.finish?.reason, 'tool_calls')
  })

  test('is told once, though events repeat it whole', () => {
    const item = { type: 'message', id: 'm1', content: [{ type: 'output_text', text: 'Hello' }] }
    const deltas = read(
      { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' },
      { type: 'response.output_item.done', output_index: 0, item },
      completed({ output: [item] }),
    )
    assert.deepEqual(
      deltas.filter(({ kind }) => kind === 'text').map((delta) => delta.kind === 'text' && delta.text),
      ['Hel', 'lo'],
    )
  })

  test('keeps the parts of a summary apart, and its proof in one', () => {
    const item = {
      ...{ type: 'reasoning', id: 'rs_1', encrypted_content: 'a.b' },
      summary: [
        { type: 'summary_text', text: 'One.' },
        { type: 'summary_text', text: 'Two.' },
      ],
    }
    const streamed = read(
      { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'rs_1', summary: [] } },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'One.' },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'Two.' },
      { type: 'response.output_item.done', output_index: 0, item },
      completed({ output: [item] }),
    )
    for (const deltas of [streamed, read(completed({ output: [item] }))]) {
      const [block] = meaningOf(deltas).choices[0]?.blocks ?? []
      assert.equal(block?.text, 'One.\n\nTwo.')
      assert.equal(block?.facts.signature, 'rs_1.a.b')
    }
  })

  test('counts what a failed response has used', () => {
    const usage = { input_tokens: 9, output_tokens: 3, output_tokens_details: { reasoning_tokens: 1 } }
    const error = { code: 'server_error', message: 'no' }
    const deltas = read({ type: 'response.failed', response: response({ status: 'failed', usage, error }) })
    assert.deepEqual(
      deltas.map(({ kind }) => kind),
      ['start', 'usage', 'failure'],
    )
  })

  test('is a failure in whichever place a server puts it', () => {
    const words = { code: 'rate_limit_exceeded', message: 'Slow down.' }
    for (const fields of [
      { type: 'error', ...words },
      { type: 'error', error: { type: 'tokens', ...words } },
      { error: words },
      { type: 'response.failed', response: response({ status: 'failed', error: words }) },
      completed({ status: 'failed', error: words }),
    ]) {
      const [last] = read(fields).slice(-1)
      assert.ok(last?.kind === 'failure', JSON.stringify(fields))
      assert.equal(last.error.code, 'upstream_throttled')
    }
    const whole = openaiResponses.reader('whole')
    const [failure] = whole(Buffer.from(JSON.stringify({ error: words })))
    assert.equal(failure?.kind, 'failure')
  })

  test('is blamed on whom it belongs to', () => {
    const outcomeOf = (code: string) => {
      const error = { code, message: 'The server says so.' }
      const [last] = read({ type: 'response.failed', response: response({ status: 'failed', error }) }).slice(-1)
      return last?.kind === 'failure' ? last.error.details.outcome : undefined
    }
    for (const code of [
      'invalid_image',
      'image_too_large',
      'empty_image_file',
      'failed_to_download_image',
      'unsupported_image_media_type',
    ])
      assert.equal(outcomeOf(code), 'caller', code)
    for (const code of [
      'invalid_prompt',
      'image_content_policy_violation',
      'bio_policy',
      'misalignment_policy_violation',
    ])
      assert.equal(outcomeOf(code), 'policy', code)
    assert.equal(outcomeOf('context_length_exceeded'), 'context')
    assert.equal(outcomeOf('rate_limit_exceeded'), 'throttled')
    assert.equal(outcomeOf('insufficient_quota'), 'quota')
    for (const code of ['server_error', 'vector_store_timeout']) assert.equal(outcomeOf(code), 'server', code)
  })

  test('is garbled where it contradicts itself', () => {
    const call = { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{' }
    assert.throws(() => read(call), { code: 'upstream_garbled' })
    const added = {
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'reasoning', id: 'r', summary: [] },
    }
    assert.throws(() => read(added, { type: 'response.output_text.delta', output_index: 0, delta: 'x' }), {
      code: 'upstream_garbled',
    })
    assert.throws(() => read({ type: 'response.output_text.delta', output_index: -1, delta: 'x' }), {
      code: 'upstream_garbled',
    })
  })

  test('ends as it says, and in the background it has not ended', () => {
    const finishOf = (fields: object) => {
      const deltas = openaiResponses.reader('whole')(Buffer.from(JSON.stringify(response(fields))))
      const finish = deltas.find(({ kind }) => kind === 'finish')
      return finish?.kind === 'finish' ? [finish.reason, finish.native] : undefined
    }
    const incomplete = (reason?: string) =>
      finishOf({ status: 'incomplete', incomplete_details: reason ? { reason } : null })
    assert.deepEqual(incomplete('max_output_tokens'), ['length', 'max_output_tokens'])
    assert.deepEqual(incomplete('content_filter'), ['content_filter', 'content_filter'])
    assert.deepEqual(incomplete('steered'), ['other', 'steered'])
    assert.deepEqual(incomplete(), ['length', 'incomplete'])
    assert.deepEqual(finishOf({ status: 'queued' }), ['other', 'queued'])
    assert.deepEqual(finishOf({}), ['stop', 'completed'])
  })
})

describe('usage', () => {
  const usageOf = (usage: object, more: object = {}) => meaningOf(read(completed({ usage, ...more }))).usage

  test('is in disjoint parts', () => {
    const details = {
      cached_tokens: 40,
      cache_write_tokens: 30,
      cache_write_tokens_details: { ttl_12h_tokens: 10, ttl_30m_tokens: 20 },
    }
    const usage = usageOf(
      {
        input_tokens: 100,
        input_tokens_details: details,
        output_tokens: 50,
        output_tokens_details: { reasoning_tokens: 20 },
        total_tokens: 150,
      },
      { service_tier: 'flex', tool_usage: { web_search: { num_requests: 2 } } },
    )
    assert.deepEqual(usage, {
      ...{ input: 30, cacheRead: 40, cacheWriteShort: 20, cacheWriteLong: 10, audioInput: 0 },
      ...{ output: 30, reasoning: 20, audioOutput: 0, source: 'measured', serviceTier: 'flex', searches: 2 },
    })
  })

  test('counts thinking beside the output where the total says so', () => {
    const details = { reasoning_tokens: 20 }
    const usage = usageOf({ input_tokens: 10, output_tokens: 5, output_tokens_details: details, total_tokens: 35 })
    assert.deepEqual([usage?.output, usage?.reasoning], [5, 20])
  })

  test('is unknown where it is not plausible', () => {
    assert.equal(usageOf({ input_tokens: -1, output_tokens: 5 }), undefined)
    assert.equal(usageOf({}), undefined)
  })
})

describe('what matters in a stream', () => {
  const matters = (text: string): boolean => openaiResponses.matters(Buffer.from(text))

  test('is not in words on their way, however many', () => {
    const delta = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"x"}\n\n'
    assert.equal(matters(delta + delta), false)
    assert.equal(matters(': comment\n\nevent: keepalive\ndata: {"type":"keepalive"}\n\n'), false)
    assert.equal(matters('data: {"type":"response.reasoning_summary_text.delta","delta":"x"}\n\n'), false)
  })

  test('is found behind them, behind a comment, and where lines end in another way', () => {
    const delta = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"x"}\n\n'
    const end = 'event: response.completed\ndata: {"type":"response.completed"}\n\n'
    assert.equal(matters(delta + end), true)
    assert.equal(matters(`: comment\n${end}`), true)
    assert.equal(matters((delta + end).replaceAll('\n', '\r\n')), true)
    assert.equal(matters('data: { "type": "response.output_text.delta" }\n\n'), true)
    assert.equal(matters('data: [DONE]\n\n'), true)
  })
})
