import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { noUsage } from '../../core/usage.ts'
import { plainRequest } from '../../testing/wire-suite.ts'
import { readEvents } from '../sse.ts'
import { openaiResponses } from './index.ts'

const place = { choice: 0, block: 0 } as const
const start: Delta = { kind: 'start', id: 'msg_of_another', model: 'claude-haiku-4-5', created: 7 }
const stop: Delta = { kind: 'finish', choice: 0, reason: 'stop' }
const request = plainRequest(openaiResponses.name)

const eventsOf = (deltas: readonly Delta[], asked = request): JsonObject[] => {
  const writer = openaiResponses.writer('events', asked)
  const text = deltas.map((delta) => writer.write(delta)).join('') + writer.end()
  return readEvents(Buffer.from(text)).map(({ event, data }) => {
    const parsed: unknown = JSON.parse(data)
    assert.ok(isObject(parsed))
    assert.equal(parsed.type, event, 'the event is named by its type')
    return parsed
  })
}

const wholeOf = (deltas: readonly Delta[], asked = request): JsonObject => {
  const writer = openaiResponses.writer('whole', asked)
  for (const delta of deltas) assert.equal(writer.write(delta), '')
  return JSON.parse(writer.end())
}

const lastOf = (events: readonly JsonObject[]): JsonObject => {
  const response = events.at(-1)?.response
  assert.ok(isObject(response))
  return response
}

describe('the events of a response', () => {
  const events = eventsOf([
    start,
    { kind: 'reasoning', ...place, text: 'Hm.', origin: 'anthropic-messages' },
    { kind: 'reasoning', ...place, text: '', signature: 'sig', origin: 'anthropic-messages' },
    { kind: 'text', choice: 0, block: 1, text: 'I look' },
    { kind: 'text', choice: 0, block: 1, text: ' it up.' },
    { kind: 'tool_call', choice: 0, block: 2, id: 'toolu_1', name: 'look', arguments: '' },
    { kind: 'tool_call', choice: 0, block: 2, arguments: '{"a":1}' },
    { kind: 'usage', usage: { ...noUsage, input: 5, cacheRead: 3, output: 4, reasoning: 2 } },
    { kind: 'finish', choice: 0, reason: 'tool_calls' },
    { kind: 'end' },
  ])

  test('come in the documented order, numbered from nought', () => {
    assert.deepEqual(
      events.map(({ type }) => String(type).replace('response.', '')),
      [
        ...['created', 'in_progress'],
        ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta'],
        ...['reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
        ...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta'],
        ...['output_text.done', 'content_part.done', 'output_item.done'],
        ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
        'completed',
      ],
    )
    assert.deepEqual(
      events.map(({ sequence_number }) => sequence_number),
      events.map((_, index) => index),
    )
  })

  test('tell each item at its place under one id, and the whole response at the end', () => {
    const { output, usage, status, id, model, created_at, store } = lastOf(events)
    assert.ok(Array.isArray(output))
    const done = events.filter(({ type }) => type === 'response.output_item.done')
    assert.deepEqual(
      output,
      done.map(({ item }) => item),
    )
    const added = events.filter(({ type }) => type === 'response.output_item.added')
    assert.deepEqual(
      added.map(({ item, output_index }) => [isObject(item) && item.id, output_index]),
      output.map((item, index) => [isObject(item) && item.id, index]),
    )
    assert.deepEqual(
      [status, id, model, created_at, store],
      ['completed', 'msg_of_another', 'claude-haiku-4-5', 7, false],
    )
    assert.deepEqual(usage, {
      input_tokens: 8,
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 14,
    })
  })

  test('carry foreign thinking with a proof that is known when it comes back, and is never sent on', () => {
    const [thought] = lastOf(events).output as JsonObject[]
    assert.ok(thought)
    const body = { model: 'm', input: [{ role: 'user', content: 'Hi' }, thought, { role: 'user', content: 'And?' }] }
    const read = openaiResponses.readRequest(body, { operation: 'chat' })
    assert.deepEqual(read.chat.messages[1]?.parts, [
      { kind: 'reasoning', text: 'Hm.', origin: 'anthropic-messages', signature: 'sig' },
    ])
    assert.equal(read.foreignReasoning, true)
    const target = { id: 'o/m', provider: 'o', model: 'm', weight: 1, quirks: {}, facts: undefined }
    for (const asked of [read, { ...read, body: undefined }])
      assert.doesNotMatch(openaiResponses.writeRequest(asked, target), /tollgate|Hm\./)
  })
})

describe('a written response', () => {
  test('repeats what was asked, without what was meant for the gateway, and is never kept', () => {
    const body = { model: 'm', input: 'x', temperature: 0.5, store: true, metadata: { a: '1', tollgate: '{}' } }
    const { temperature, metadata, store, top_p } = wholeOf([start, stop], { ...request, body })
    assert.deepEqual([temperature, metadata, store, top_p], [0.5, { a: '1' }, false, 1])
  })

  test('has ids of its own where the answer came without', () => {
    const response = wholeOf([{ kind: 'text', ...place, text: 'Hi' }, stop])
    assert.match(String(response.id), /^resp_/)
    assert.equal(response.model, 'public-model')
  })

  test('is incomplete where a limit or a filter ended it, and an unknown word is no success', () => {
    const reasonOf = (reason: 'length' | 'context' | 'content_filter' | 'refusal' | 'other', native?: string) => {
      const { status, incomplete_details } = wholeOf([start, { kind: 'finish', choice: 0, reason, native }])
      return [status, incomplete_details]
    }
    assert.deepEqual(reasonOf('length'), ['incomplete', { reason: 'max_output_tokens' }])
    assert.deepEqual(reasonOf('context'), ['incomplete', { reason: 'max_output_tokens' }])
    assert.deepEqual(reasonOf('content_filter'), ['incomplete', { reason: 'content_filter' }])
    assert.deepEqual(reasonOf('refusal'), ['incomplete', { reason: 'content_filter' }])
    assert.deepEqual(reasonOf('other', 'odd_end'), ['incomplete', { reason: 'odd_end' }])
  })

  test('gives a call without input the arguments {}', () => {
    const events = eventsOf([start, { kind: 'tool_call', ...place, id: 'c', name: 'f', arguments: '' }, stop])
    const [call] = lastOf(events).output as JsonObject[]
    assert.equal(call?.arguments, '{}')
    assert.ok(events.some(({ type, delta }) => type === 'response.function_call_arguments.delta' && delta === '{}'))
  })

  test('leaves the input of a call open where a limit cut it', () => {
    const cut: Delta = { kind: 'finish', choice: 0, reason: 'length' }
    const response = wholeOf([start, { kind: 'tool_call', ...place, id: 'c', name: 'f', arguments: '{"a' }, cut])
    const [call] = response.output as JsonObject[]
    assert.deepEqual([call?.status, call?.arguments], ['incomplete', '{"a'])
  })

  test('tells an image of another language as if a tool had made it, and has no words for sound', () => {
    const image: Delta = { kind: 'media', ...place, mediaType: 'image/png', data: 'iVBO' }
    const [made] = wholeOf([start, image, stop]).output as JsonObject[]
    assert.deepEqual([made?.type, made?.result, made?.output_format], ['image_generation_call', 'iVBO', 'png'])
    assert.throws(() => wholeOf([{ kind: 'media', ...place, mediaType: 'audio/mpeg', data: '' }]), /audio\/mpeg/)
  })

  test('has no second choice', () => {
    assert.throws(() => wholeOf([start, { kind: 'text', choice: 1, block: 0, text: 'x' }]), { code: 'invalid_request' })
  })
})
