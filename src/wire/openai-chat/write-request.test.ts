import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../core/json.ts'
import { type Chat, type Part, type Request, revise } from '../../core/request.ts'
import type { Quirks } from '../../core/target.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { openaiChat } from './index.ts'

const user = { role: 'user', content: 'Hi' }
const read = (more: JsonObject): Request =>
  openaiChat.readRequest({ model: 'public', messages: [user], ...more }, { operation: 'chat' })
const write = (request: Request, quirks: Quirks = {}): JsonObject =>
  JSON.parse(openaiChat.writeRequest(request, plainTarget(quirks))) as JsonObject
const pass = (more: JsonObject, quirks: Quirks = {}): JsonObject => write(read(more), quirks)
/** A request of another language. */
const foreign = (chat: Partial<Chat>): Request => {
  const request = plainRequest('anthropic-messages', { stream: false })
  return { ...request, chat: { ...request.chat, ...chat } }
}
const said = (role: 'user' | 'assistant' | 'tool', ...parts: Part[]): Partial<Chat> => ({ messages: [{ role, parts }] })
const kept: Part = { kind: 'file', source: { kind: 'id', id: 'file_1' } }
const isIncapable = (param: string) => (thrown: unknown) => {
  const { details } = thrown as { details: { param: string; outcome: string } }
  assert.deepEqual({ param: details.param, outcome: details.outcome }, { param, outcome: 'incapable' })
  return true
}

describe('a body that is passed on', () => {
  test('changes nothing but the model', () => {
    const given = { temperature: 1e-7, min_p: 0.05, messages: [{ ...user, unknown: { deep: [1, null] } }], seed: 7 }
    assert.deepEqual(pass(given), { model: 'model-1', ...given })
  })

  test('asks for usage in a stream, keeping the other options', () => {
    const given = { stream: true, stream_options: { include_usage: false, include_obfuscation: false } }
    assert.deepEqual(pass(given).stream_options, { include_usage: true, include_obfuscation: false })
    assert.deepEqual(pass({ stream: true }).stream_options, { include_usage: true })
    assert.equal(pass({ stream: true }, { streamUsage: false }).stream_options, undefined)
    assert.equal(pass({ stream: false, stream_options: {} }).stream_options, undefined)
  })

  test('names the limit of tokens as the target does', () => {
    assert.deepEqual(pass({ max_tokens: 5 }), { ...pass({}), max_completion_tokens: 5 })
    assert.deepEqual(pass({ max_completion_tokens: 5 }, { maxOutputField: 'max_tokens' }), {
      ...pass({}),
      max_tokens: 5,
    })
  })

  test('says system where the target does not know developer', () => {
    const messages = [{ role: 'developer', content: 'Be brief.' }, user]
    assert.deepEqual(pass({ messages }).messages, messages)
    assert.deepEqual(pass({ messages }, { developerRole: false }).messages, [
      { role: 'system', content: 'Be brief.' },
      user,
    ])
  })

  test('leaves out what the metadata says to the gateway', () => {
    assert.deepEqual(pass({ metadata: { a: '1', tollgate: { tags: 'x' } } }).metadata, { a: '1' })
    assert.ok(!('metadata' in pass({ metadata: { tollgate: {} } })))
  })

  test('gets the fields that are added for the target, over the caller’s', () => {
    const adds = { provider: { data_collection: 'deny' } }
    assert.deepEqual(pass({ provider: { order: ['x'] } }, { adds }).provider, adds.provider)
  })

  test('is refused for a field that the target refuses, but loses a mere hint', () => {
    assert.throws(() => pass({ logprobs: true }, { refuses: ['logprobs'] }), isIncapable('logprobs'))
    assert.ok(!('user' in pass({ user: 'u' }, { refuses: ['user'] })))
    assert.throws(() => pass({ store: true }, { refuses: ['store'] }), isIncapable('store'))
    assert.ok(!('store' in pass({ store: false }, { refuses: ['store'] })))
    assert.deepEqual(pass({}, { refuses: ['logprobs'] }), pass({}))
  })

  test('is refused for a schema where the target does not enforce schemas', () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: {} } }
    assert.throws(() => pass({ response_format }, { schemaFormat: false }), isIncapable('response_format.json_schema'))
    assert.ok(pass({ response_format: { type: 'json_object' } }, { schemaFormat: false }))
  })

  const answerOf = (answer: JsonObject, quirks: Quirks = {}): unknown => {
    const messages = [user, { role: 'assistant', content: 'x', ...answer }]
    return (pass({ messages }, quirks).messages as JsonObject[])[1]
  }

  test('gives thinking back only in the field where the target takes it', () => {
    const bare = { role: 'assistant', content: 'x' }
    assert.deepEqual(answerOf({ reasoning_content: 'Hm' }), bare)
    assert.deepEqual(answerOf({ reasoning_content: 'Hm' }, { reasoningField: 'reasoning' }), {
      ...bare,
      reasoning: 'Hm',
    })
    const details = [{ type: 'reasoning.text', text: 'Hm', signature: 's', format: 'anthropic-claude-v1', index: 0 }]
    const given = { reasoning: 'Hm', reasoning_details: details }
    assert.deepEqual(answerOf(given, { reasoningField: 'reasoning' }), { ...bare, ...given })
    assert.deepEqual(answerOf(given, { reasoningField: 'reasoning_content' }), { ...bare, reasoning_content: 'Hm' })
  })

  test('never tells one provider what the model of another language thought', () => {
    const details = [{ type: 'reasoning.text', text: 'Hm', signature: 's', format: 'anthropic-messages', index: 0 }]
    for (const reasoningField of [undefined, 'reasoning', 'reasoning_content'] as const) {
      const answer = answerOf({ reasoning_content: 'Hm', reasoning_details: details }, { reasoningField })
      assert.deepEqual(answer, { role: 'assistant', content: 'x' })
    }
  })

  test('asks for thinking in the way of the target', () => {
    assert.deepEqual(pass({ reasoning: { effort: 'high' } }), { ...pass({}), reasoning_effort: 'high' })
    assert.deepEqual(pass({ thinking: { type: 'disabled' } }), { ...pass({}), reasoning_effort: 'none' })
    const object = pass({ reasoning_effort: 'low' }, { reasoningRequest: 'object' })
    assert.deepEqual(object, { ...pass({}), reasoning: { effort: 'low' } })
    const own = { reasoning: { effort: 'low', summary: 'auto' } }
    assert.deepEqual(pass(own, { reasoningRequest: 'object' }), { ...pass({}), ...own })
    const thinking = pass({ reasoning_effort: 'none' }, { reasoningRequest: 'thinking' })
    assert.deepEqual(thinking, { ...pass({}), thinking: { type: 'disabled' } })
    assert.throws(
      () => pass({ reasoning_effort: 'high' }, { reasoningRequest: 'none' }),
      isIncapable('reasoning_effort'),
    )
  })
})

describe('a request of another language', () => {
  test('refuses a file that another provider keeps, and passes one of its own', () => {
    assert.throws(() => write(foreign(said('user', kept))), isIncapable('the file file_1 of another provider'))
    const own = { type: 'file', file: { file_id: 'file_1' } }
    const asked = revise(read({ messages: [{ role: 'user', content: [own] }] }), { temperature: 1 })
    assert.deepEqual(write(asked).messages, [{ role: 'user', content: [own] }])
  })

  test('is refused for the first thing that only its own language can say', () => {
    const request = { ...foreign({}), untranslatable: ['container', 'mcp_servers'] }
    assert.throws(() => write(request), isIncapable('container'))
  })

  test('is refused for what has no words here', () => {
    const image = { kind: 'image', source: { kind: 'id', id: 'f1' } } as const
    const file = { kind: 'file', source: { kind: 'url', url: 'https://a.b/c.pdf' } } as const
    const titled = {
      kind: 'file',
      source: { kind: 'data', data: '', mediaType: 'application/pdf' },
      context: 'x',
    } as const
    const opaque = { kind: 'opaque', wire: 'anthropic-messages', value: { type: 'x' } } as const
    for (const chat of [
      { topK: 5 },
      said('user', image),
      said('user', file),
      said('user', titled),
      said('user', opaque),
      said('tool', {
        kind: 'tool_result',
        id: 'a',
        parts: [{ ...image, source: { kind: 'url', url: 'https://a.b/c.png' } }],
      }),
      { tools: [{ name: 'computer', hosted: { wire: 'anthropic-messages', value: {} } }] },
    ]) {
      assert.throws(() => write(foreign(chat)), { code: 'invalid_request' })
    }
  })

  test('has its tool results as messages of their own, before what else was said', () => {
    const text = (value: string): Part => ({ kind: 'text', text: value })
    const chat = said(
      'user',
      text('And now?'),
      { kind: 'tool_result', id: 'a', parts: [text('1')], isError: true },
      { kind: 'tool_result', id: 'b', parts: [] },
    )
    assert.deepEqual(write(foreign(chat)).messages, [
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '' },
      { role: 'user', content: 'And now?' },
    ])
  })

  test('loses thinking of its own model, marks and metadata, which are no part of the question', () => {
    const parts: Part[] = [
      { kind: 'reasoning', text: 'Hm', signature: 's', origin: 'anthropic-messages' },
      { kind: 'text', text: 'x', cache: 'long' },
    ]
    const request = foreign({ messages: [{ role: 'assistant', parts }], metadata: { user_id: 'u' } })
    assert.deepEqual(write(request, { reasoningField: 'reasoning_content' }), {
      model: 'model-1',
      messages: [{ role: 'assistant', content: 'x' }],
    })
  })

  test('gives thinking of its own makers back with its proof and the format they called it', () => {
    const parts: Part[] = [
      { kind: 'reasoning', text: 'Hm', signature: 's', origin: 'anthropic-claude-v1' },
      { kind: 'reasoning', text: '', redacted: 'xyz', origin: 'openai-responses-v1' },
      { kind: 'text', text: 'x' },
    ]
    const request = foreign({ messages: [{ role: 'assistant', parts }] })
    const bare = { role: 'assistant', content: 'x' }
    assert.deepEqual(write(request).messages, [bare])
    assert.deepEqual(write(request, { reasoningField: 'reasoning_content' }).messages, [
      { ...bare, reasoning_content: 'Hm' },
    ])
    const reasoning_details = [
      { type: 'reasoning.text', text: 'Hm', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'xyz', format: 'openai-responses-v1', index: 1 },
    ]
    assert.deepEqual(write(request, { reasoningField: 'reasoning' }).messages, [
      { ...bare, reasoning: 'Hm', reasoning_details },
    ])
  })

  test('gives a plain text document as a file', () => {
    const source = { kind: 'data', data: '', mediaType: 'text/plain' } as const
    const { messages } = write(foreign(said('user', { kind: 'file', source, text: 'Grüße', name: 'a.txt' })))
    const file_data = `data:text/plain;base64,${Buffer.from('Grüße').toString('base64')}`
    assert.deepEqual(messages, [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.txt', file_data } }] }])
  })

  test('tells a budget of thinking as effort, and none as none', () => {
    assert.equal(write(foreign({ reasoning: { mode: 'on', budget: 1024 } })).reasoning_effort, 'low')
    assert.equal(write(foreign({ reasoning: { mode: 'on', budget: 32_000 } })).reasoning_effort, 'high')
    assert.equal(write(foreign({ reasoning: { mode: 'off' } })).reasoning_effort, 'none')
    assert.equal(write(foreign({ reasoning: { mode: 'adaptive' } })).reasoning_effort, undefined)
    const target = { ...plainTarget(), facts: { lacks: ['reasoning'] as const } }
    const body = openaiChat.writeRequest(foreign({ reasoning: { mode: 'off' } }), target)
    assert.ok(!body.includes('reasoning_effort'))
  })
})
