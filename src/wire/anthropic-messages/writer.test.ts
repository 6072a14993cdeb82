import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta, ToolCall } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { noUsage } from '../../core/usage.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { plainRequest } from '../../testing/wire-suite.ts'
import { readEvents } from '../sse.ts'
import { anthropicMessages } from './index.ts'

const request = plainRequest('anthropic-messages')
const start: Delta = { kind: 'start', id: 'chatcmpl-1', model: 'gpt-5' }
const finish = (reason: 'stop' | 'tool_calls' | 'length'): Delta => ({ kind: 'finish', choice: 0, reason })
const text = (words: string, block = 0): Delta => ({ kind: 'text', choice: 0, block, text: words })
const call = (block: number, input: string, more: Partial<ToolCall> = {}): Delta => ({
  kind: 'tool_call',
  choice: 0,
  block,
  arguments: input,
  ...more,
})
const opening = (block: number, id: string, input = ''): Delta => call(block, input, { id, name: 'f' })

const stream = (...deltas: Delta[]): JsonObject[] => {
  const writer = anthropicMessages.writer('events', request)
  const told = deltas.map((delta) => writer.write(delta)).join('') + writer.end()
  return readEvents(Buffer.from(told)).map(({ event, data }) => {
    const value = JSON.parse(data) as JsonObject
    assert.equal(event, value.type)
    return value
  })
}

interface Begun {
  readonly id: string
  readonly usage: JsonObject
}
const messageIn = (event: JsonObject | undefined): Begun => {
  assert.equal(event?.type, 'message_start')
  return event?.message as unknown as Begun
}

interface Message extends JsonObject {
  readonly content: readonly JsonObject[]
}
const whole = (...deltas: Delta[]): Message => {
  const writer = anthropicMessages.writer('whole', request)
  for (const delta of deltas) assert.equal(writer.write(delta), '')
  return JSON.parse(writer.end())
}

/** The blocks a client puts together, having checked that they come one after another without gaps. */
const blocksOf = (events: readonly JsonObject[]): JsonObject[] => {
  const blocks: Record<string, JsonValue | undefined>[] = []
  let open = false
  for (const event of events) {
    if (!String(event.type).startsWith('content_block')) continue
    assert.equal(event.index, event.type === 'content_block_start' ? blocks.length : blocks.length - 1)
    assert.equal(open, event.type !== 'content_block_start')
    open = event.type !== 'content_block_stop'
    if (event.type === 'content_block_start') blocks.push({ ...(event.content_block as JsonObject), said: '' })
    const block = blocks.at(-1) ?? {}
    if (event.type === 'content_block_delta') {
      const { text: words, partial_json, thinking, signature } = event.delta as JsonObject
      block.said = `${block.said}${words ?? partial_json ?? thinking ?? ''}`
      if (signature !== undefined) block.signature = signature
    }
  }
  assert.equal(open, false)
  return blocks
}
const saidIn = (...deltas: Delta[]): unknown[] =>
  blocksOf(stream(start, ...deltas)).map(({ type, id, said }) => [type, id, said])

describe('an answer for a client of Anthropic', () => {
  test('begins with the message, and ends with its reason, its whole usage and a stop', () => {
    const usage = {
      ...noUsage,
      input: 10,
      cacheRead: 5,
      cacheWriteShort: 2,
      cacheWriteLong: 3,
      output: 7,
      reasoning: 4,
    }
    const events = stream(start, text('Hi'), { kind: 'usage', usage }, finish('length'))
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'message_start',
        'content_block_start',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ],
    )
    assert.equal(messageIn(events[0]).id, 'chatcmpl-1')
    assert.deepEqual(events[4], {
      type: 'message_delta',
      delta: { stop_reason: 'max_tokens', stop_sequence: null },
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 5,
        cache_read_input_tokens: 5,
        output_tokens: 11,
        output_tokens_details: { thinking_tokens: 4 },
        cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
        service_tier: null,
      },
    })
  })

  test('tells what the prompt used at the beginning where it is known then', () => {
    const [begin] = stream(start, { kind: 'usage', usage: { ...noUsage, input: 10 } }, text('Hi'), finish('stop'))
    assert.equal(messageIn(begin).usage.input_tokens, 10)
  })

  test('has the tool calls that come at the same time one after another', () => {
    const deltas = [
      opening(0, 'a'),
      opening(1, 'b'),
      call(1, '{"x"'),
      call(0, '{"y":"}'),
      call(1, ':1}'),
      call(0, '"}'),
      finish('tool_calls'),
    ]
    const expected = [
      ['tool_use', 'a', '{"y":"}"}'],
      ['tool_use', 'b', '{"x":1}'],
    ]
    assert.deepEqual(saidIn(...deltas), expected)
    assert.deepEqual(whole(start, ...deltas).content, [
      { type: 'tool_use', id: 'a', name: 'f', input: { y: '}' } },
      { type: 'tool_use', id: 'b', name: 'f', input: { x: 1 } },
    ])
  })

  test('tells a call that waited as soon as the one before is closed', () => {
    const writer = anthropicMessages.writer('events', request)
    for (const delta of [start, opening(0, 'a', '{"y":'), opening(1, 'b', '{"x":')]) writer.write(delta)
    assert.match(writer.write(call(0, '1}')), /"partial_json":"1}".*"id":"b".*"partial_json":"{\\"x\\":"/s)
    assert.match(writer.write(call(1, '2}')), /"index":1.*"partial_json":"2}"/)
  })

  test('has calls without input in their order', () => {
    assert.deepEqual(saidIn(opening(0, 'a'), opening(1, 'b'), finish('tool_calls')), [
      ['tool_use', 'a', ''],
      ['tool_use', 'b', ''],
    ])
  })

  test('goes on with text after a tool call, in a block of its own', () => {
    const deltas = [text('one'), opening(1, 'a', '{}'), text('two'), finish('tool_calls')]
    assert.deepEqual(saidIn(...deltas), [
      ['text', undefined, 'one'],
      ['tool_use', 'a', '{}'],
      ['text', undefined, 'two'],
    ])
    assert.deepEqual(
      whole(start, ...deltas).content.map(({ type }) => type),
      ['text', 'tool_use', 'text'],
    )
  })

  test('is malformed when a closed call goes on, save for white space', () => {
    assert.equal(saidIn(opening(0, 'a', '{}'), text('x', 1), call(0, ' \n'), finish('stop')).length, 2)
    assert.throws(() => saidIn(opening(0, 'a', '{}'), text('x', 1), call(0, '1'), finish('stop')), {
      code: 'upstream_garbled',
    })
  })

  test('has ids that Anthropic will take back', () => {
    assert.deepEqual(saidIn(opening(0, 'functions.f:0', '{}'), finish('tool_calls'))[0], [
      'tool_use',
      'tollgate_ZnVuY3Rpb25zLmY6MA',
      '{}',
    ])
  })

  test('says that a tool is to be used even where the model was made to and says stop', () => {
    const deltas = [opening(0, 'a', '{}'), finish('stop')]
    assert.equal(whole(start, ...deltas).stop_reason, 'tool_use')
  })

  test('seals the thinking of another model, so that it is known when it comes back', () => {
    const thought = (words: string, more: object = {}): Delta => ({
      kind: 'reasoning',
      choice: 0,
      block: 0,
      text: words,
      origin: 'gemini',
      ...more,
    })
    const deltas = [thought('Hm'), thought('', { signature: 'proof' }), thought('.'), text('Yes', 1), finish('stop')]
    const [thinking] = blocksOf(stream(start, ...deltas))
    assert.deepEqual(thinking, { type: 'thinking', thinking: '', signature: 'tollgate.gemini.cHJvb2Y', said: 'Hm.' })
    assert.equal(whole(start, ...deltas).content[0]?.signature, 'tollgate.gemini.cHJvb2Y')
    const unsigned = whole(
      start,
      { kind: 'reasoning', choice: 0, block: 0, text: 'Hm.', origin: 'openai-chat' },
      finish('stop'),
    )
    assert.equal(unsigned.content[0]?.signature, 'tollgate.openai-chat.')
    const closed = whole(start, thought('', { redacted: 'xyz' }), finish('stop'))
    assert.deepEqual(closed.content, [{ type: 'redacted_thinking', data: 'tollgate.gemini.eHl6' }])
  })

  test('tells a refusal as text and as the reason for the end', () => {
    const refusal = whole(start, { kind: 'refusal', choice: 0, block: 0, text: 'No.' }, finish('stop'))
    assert.deepEqual(refusal.content, [{ type: 'text', text: 'No.' }])
    assert.equal(refusal.stop_reason, 'refusal')
  })

  test('cannot tell a second choice, sound or a custom tool', () => {
    const writer = () => anthropicMessages.writer('events', request)
    assert.throws(() => writer().write({ kind: 'text', choice: 1, block: 0, text: 'x' }), /^GatewayError: n cannot/)
    assert.throws(
      () => writer().write({ kind: 'media', choice: 0, block: 0, mediaType: 'audio/wav', data: '' }),
      /audio\/wav/,
    )
    assert.throws(() => writer().write(call(0, 'x', { id: 'a', name: 'f', custom: true })), /custom tool/)
  })

  test('leaves out what decorates an answer in other languages', () => {
    const url: Delta = { kind: 'annotation', choice: 0, block: 0, url: 'https://a', origin: 'openai-chat', raw: {} }
    const fingerprint: Delta = {
      kind: 'opaque',
      wire: 'openai-chat',
      value: { system_fingerprint: 'x' },
      semantic: false,
    }
    const logProbs: Delta = { kind: 'logprobs', choice: 0, content: [], refusal: [] }
    assert.deepEqual(
      stream(start, text('a'), url, fingerprint, logProbs, finish('stop')),
      stream(start, text('a'), finish('stop')),
    )
  })

  test('whose call was cut by a limit has no input in a whole body, and one that was not is malformed', () => {
    const deltas = [start, opening(0, 'a', '{"x":')]
    assert.deepEqual(whole(...deltas, finish('length')).content, [{ type: 'tool_use', id: 'a', name: 'f', input: {} }])
    assert.throws(() => whole(...deltas, finish('tool_calls')), { code: 'upstream_garbled' })
  })

  test('that says nothing is a message without content', () => {
    assert.deepEqual(whole(start, finish('stop')).content, [])
    assert.deepEqual(
      stream(start, finish('stop')).map(({ type }) => type),
      ['message_start', 'message_delta', 'message_stop'],
    )
  })

  test('means the same as a stream and as a whole body', () => {
    const deltas = [
      start,
      text('a'),
      opening(1, 'a', '{"x":1}'),
      opening(2, 'b', '{}'),
      text('c'),
      finish('tool_calls'),
    ]
    const streamed = anthropicMessages.writer('events', request)
    const told = deltas.map((delta) => streamed.write(delta)).join('') + streamed.end()
    assert.deepEqual(
      meaningOf(anthropicMessages.reader('events')(Buffer.from(told))).choices,
      meaningOf(anthropicMessages.reader('whole')(Buffer.from(JSON.stringify(whole(...deltas))))).choices,
    )
  })
})
