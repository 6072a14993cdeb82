import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Message, Part } from '../../core/request.ts'
import { plainTarget } from '../../testing/wire-suite.ts'
import { abilitiesOf } from '../claude-abilities.ts'
import { type Conversation, writeConversation } from './turns.ts'

const said = (role: Message['role'], ...texts: string[]): Message => ({
  role,
  parts: texts.map((text) => ({ kind: 'text', text })),
})
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const call = (id: string, input: string): Part => ({ kind: 'tool_call', id, name: 'f', arguments: input })
const result = (id: string, ...parts: Part[]): Message => ({
  role: 'tool',
  parts: [{ kind: 'tool_result', id, parts }],
})

const write = (messages: readonly Message[], model = 'claude-opus-5'): Conversation =>
  writeConversation(messages, abilitiesOf({ ...plainTarget(), model }), true)
const text = (words: string) => ({ type: 'text', text: words })

describe('a conversation', () => {
  test('has its first instructions in front, whoever gave them', () => {
    const { system, messages } = write([said('system', 'A'), said('developer', 'B'), said('user', 'Hi')])
    assert.deepEqual(system, [text('A'), text('B')])
    assert.deepEqual(messages, [{ role: 'user', content: [text('Hi')] }])
  })

  test('has one turn where one side speaks several times', () => {
    const { messages } = write([
      said('user', 'a'),
      said('user', 'b'),
      said('assistant', 'c'),
      said('assistant', 'd'),
      said('user', 'e'),
    ])
    assert.deepEqual(messages, [
      { role: 'user', content: [text('a'), text('b')] },
      { role: 'assistant', content: [text('c'), text('d')] },
      { role: 'user', content: [text('e')] },
    ])
  })

  test('has the results of parallel calls in one turn, first, with their ids as Anthropic takes them', () => {
    const { messages } = write([
      said('user', 'Go'),
      assistant(call('functions.f:0', '{"a":1}'), call('toolu_1', ' ')),
      said('user', 'By the way'),
      result('functions.f:0', { kind: 'text', text: 'one' }),
      result('toolu_1', { kind: 'image', source: { kind: 'data', data: 'AA==', mediaType: 'image/png' } }),
    ])
    const [, calls, results] = messages
    assert.deepEqual(calls?.content, [
      { type: 'tool_use', id: 'tollgate_ZnVuY3Rpb25zLmY6MA', name: 'f', input: { a: 1 } },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
    ])
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } }
    assert.deepEqual(JSON.parse(JSON.stringify(results?.content)), [
      { type: 'tool_result', tool_use_id: 'tollgate_ZnVuY3Rpb25zLmY6MA', content: 'one' },
      { type: 'tool_result', tool_use_id: 'toolu_1', content: [image] },
      text('By the way'),
    ])
  })

  test('leaves out blank texts and turns that say nothing', () => {
    const { messages } = write([said('user', 'a', '', ' \n'), said('assistant', ''), said('user', 'b')])
    assert.deepEqual(messages, [{ role: 'user', content: [text('a'), text('b')] }])
    assert.throws(() => write([said('system', 'A'), said('user', ' ')]), { code: 'invalid_request' })
  })

  test('tells a refusal as text, and keeps thinking of others to itself', () => {
    const { messages } = write([
      said('user', 'a'),
      assistant({ kind: 'reasoning', text: 'Hm.', origin: 'gemini' }, { kind: 'refusal', text: 'No.' }),
      said('user', 'b'),
    ])
    assert.deepEqual(messages[1]?.content, [text('No.')])
  })

  test('refuses arguments that are no JSON object', () => {
    for (const input of ['{"a":', '[1]', 'null', 'x']) {
      assert.throws(() => write([said('user', 'a'), assistant(call('c', input)), result('c')]), {
        code: 'invalid_request',
      })
    }
  })

  test('tells later instructions after the user’s turn they belong to', () => {
    const { messages } = write([
      said('user', 'a'),
      said('system', 'S1'),
      said('user', 'b'),
      said('assistant', 'c'),
      said('system', 'S2'),
      said('developer', 'S3'),
      said('user', 'd'),
    ])
    assert.deepEqual(messages, [
      { role: 'user', content: [text('a'), text('b')] },
      { role: 'system', content: [text('S1')] },
      { role: 'assistant', content: [text('c')] },
      { role: 'user', content: [text('d')] },
      { role: 'system', content: [text('S2'), text('S3')] },
    ])
  })

  test('refuses later instructions where the model or the place takes none', () => {
    const middle = [said('user', 'a'), said('system', 'S'), said('assistant', 'b'), said('user', 'c')]
    assert.throws(() => write(middle, 'claude-sonnet-4-6'), /middle of a conversation/)
    assert.throws(() => write([said('user', 'a'), said('assistant', 'b'), said('system', 'S')]), /after an assistant/)
  })

  test('may end with the beginning of an answer only where the model goes on from it', () => {
    const begun = [said('user', 'a'), said('assistant', 'b')]
    assert.equal(write(begun, 'claude-haiku-4-5').messages.length, 2)
    assert.throws(() => write(begun), /ends with an assistant message/)
    const paused = { kind: 'opaque', wire: 'anthropic-messages', value: { type: 'server_tool_use', id: 's' } } as const
    assert.equal(write([said('user', 'a'), assistant(paused)]).messages.length, 2)
  })

  test('has files in the form that their type asks for', () => {
    const file = (mediaType: string, more: object = {}): Part => ({
      kind: 'file',
      source: { kind: 'data', data: 'aGk=', mediaType },
      ...more,
    })
    const { messages } = write([
      { role: 'user', parts: [file('application/pdf', { name: 'a.pdf' }), file('text/markdown'), file('image/webp')] },
    ])
    assert.deepEqual(JSON.parse(JSON.stringify(messages[0]?.content)), [
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'aGk=' } },
    ])
    assert.throws(() => write([{ role: 'user', parts: [file('application/zip')] }]), /application\/zip/)
  })
})
