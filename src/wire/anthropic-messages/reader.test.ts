import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Completion } from '../../core/completion.ts'
import type { Delta } from '../../core/delta.ts'
import { isSemantic } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeEvent } from '../sse.ts'
import { anthropicMessages } from './index.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}.sse`, import.meta.url))

const read = (...events: JsonObject[]): readonly Delta[] =>
  anthropicMessages.reader('events')(Buffer.from(events.map((event) => writeEvent(String(event.type), event)).join('')))

const message = (usage: JsonObject): JsonObject => ({ type: 'message_start', message: { id: 'm', model: 'c', usage } })
const blockStart = (index: number, content_block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block,
})
const blockDelta = (index: number, delta: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta })
const blockStop = (index: number): JsonObject => ({ type: 'content_block_stop', index })
const ending = (usage: JsonObject): JsonObject => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage })
const usageIn = (deltas: readonly Delta[]) => deltas.findLast((delta) => delta.kind === 'usage')?.usage

describe('reading a stream', () => {
  test('adds up the usage of beginning and end in disjoint parts', () => {
    const [, , ...rest] = anthropicMessages.reader('events')(fixture('streams/thinking'))
    assert.deepEqual(usageIn(rest), {
      input: 21,
      cacheRead: 18_322,
      cacheWriteShort: 412,
      cacheWriteLong: 2048,
      audioInput: 0,
      output: 44,
      reasoning: 74,
      audioOutput: 0,
      source: 'measured',
      serviceTier: 'standard',
    })
  })

  test('counts a cache without lives as short', () => {
    const usage = usageIn(read(message({ input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 9 })))
    assert.deepEqual([usage?.cacheWriteShort, usage?.cacheWriteLong], [9, 0])
  })

  test('adds steps that the totals leave out', () => {
    const usage = usageIn(anthropicMessages.reader('events')(fixture('streams/compaction')))
    assert.deepEqual([usage?.input, usage?.output], [2310 + 150_120, 58 + 1840])
  })

  test('takes counts that cannot be as not told', () => {
    const absurd = { input_tokens: -5, output_tokens: '7', cache_read_input_tokens: 1e300 }
    assert.equal(usageIn(read(message(absurd))), undefined)
    assert.equal(
      usageIn(read(message({ input_tokens: 3 }), ending({ output_tokens: 1.5, input_tokens: null })))?.input,
      3,
    )
  })

  test('puts together a block that only this language knows, and tells it when it is whole', () => {
    const [search] = read(
      blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      blockDelta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      blockDelta(0, { type: 'input_json_delta', partial_json: '"x"}' }),
      blockStop(0),
    )
    assert.deepEqual(search, {
      kind: 'opaque',
      wire: 'anthropic-messages',
      value: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
      semantic: true,
    })
    assert.ok(search && isSemantic(search))
  })

  test('passes on deltas it does not know as part of what is said', () => {
    const event = blockDelta(0, { type: 'sound_delta', sound: 'x' })
    assert.deepEqual(read(blockStart(0, { type: 'text', text: '' }), event), [
      { kind: 'opaque', wire: 'anthropic-messages', value: event, semantic: true },
    ])
  })

  test('takes an event it does not know as decoration', () => {
    assert.deepEqual(read({ type: 'weather', sun: true }).map(isSemantic), [false])
  })

  test('says that a tool takes nothing where nothing was told', () => {
    const deltas = read(blockStart(0, { type: 'tool_use', id: 't', name: 'f', input: {} }), blockStop(0))
    assert.deepEqual(
      deltas.map((delta) => delta.kind === 'tool_call' && delta.arguments),
      ['', '{}'],
    )
  })

  test('takes input that is told at once', () => {
    const deltas = read(blockStart(0, { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }), blockStop(0))
    assert.deepEqual(deltas, [{ kind: 'tool_call', choice: 0, block: 0, id: 't', name: 'f', arguments: '{"a":1}' }])
  })

  test('reads text whose beginning an imitation left out, and OpenAI’s mark at the end', () => {
    const done = Buffer.from(`${writeEvent('', blockDelta(3, { type: 'text_delta', text: 'Hi' }))}data: [DONE]\n\n`)
    assert.deepEqual(anthropicMessages.reader('events')(done), [{ kind: 'text', choice: 0, block: 0, text: 'Hi' }])
  })

  test('goes by the name of an event where its data has no type', () => {
    assert.deepEqual(anthropicMessages.reader('events')(Buffer.from('event: message_stop\ndata: {}\n\n')), [
      { kind: 'end' },
    ])
  })

  test('gives no tool call for input of which only the middle is shown', () => {
    assert.deepEqual(read(blockDelta(1, { type: 'input_json_delta', partial_json: '{"query' })), [])
  })

  test('is complete with a call that the limit cut', () => {
    const completion = new Completion()
    for (const delta of anthropicMessages.reader('events')(fixture('cut/length-in-tool'))) completion.see(delta)
    assert.equal(completion.missing(true), undefined)
    assert.equal(completion.finishes[0]?.reason, 'length')
  })

  test('tells the web’s citations with their address, and all in their own words', () => {
    const annotations = anthropicMessages
      .reader('events')(fixture('streams/web-search'))
      .filter((delta) => delta.kind === 'annotation')
    assert.equal(annotations.length, 1)
    assert.equal(annotations[0]?.url, 'https://en.wikipedia.org/wiki/Claude_Shannon')
    assert.equal(annotations[0]?.raw.type, 'web_search_result_location')
  })
})

describe('reading a whole message', () => {
  const whole = (more: JsonObject): (() => readonly Delta[]) => {
    const body = { id: 'm', model: 'c', content: [], stop_reason: 'end_turn', ...more }
    return () => anthropicMessages.reader('whole')(Buffer.from(JSON.stringify(body)))
  }

  test('without a stop reason is malformed', () => {
    assert.throws(whole({ stop_reason: null }), { code: 'upstream_garbled' })
  })

  test('without content is malformed', () => {
    assert.throws(whole({ content: null }), { code: 'upstream_garbled' })
  })

  test('keeps a reason it does not know as it came', () => {
    const finish = whole({ stop_reason: 'tired' })().at(-1)
    assert.deepEqual(finish, { kind: 'finish', choice: 0, reason: 'other', stopSequence: undefined, native: 'tired' })
  })
})

describe('noticing what matters', () => {
  test('does not look into plain text, thinking and pings', () => {
    for (const event of [
      blockDelta(0, { type: 'text_delta', text: 'A message of 3 tool_use words' }),
      blockDelta(0, { type: 'thinking_delta', thinking: 'x' }),
      blockStart(0, { type: 'text', text: '' }),
      { type: 'ping' },
    ]) {
      assert.equal(anthropicMessages.matters(Buffer.from(writeEvent(String(event.type), event))), false)
    }
  })

  test('looks into every whole body', () => {
    assert.equal(anthropicMessages.matters(Buffer.from('{"type":"message","content":[]}')), true)
    assert.equal(anthropicMessages.matters(Buffer.from('{"type":"error","error":{}}')), true)
  })
})
