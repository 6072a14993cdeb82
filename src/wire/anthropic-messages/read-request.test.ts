import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { wrapInEnvelope } from '../../core/envelope.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { anthropicMessages } from './index.ts'

const read = (more: JsonObject, operation: 'chat' | 'count_tokens' = 'chat'): Request =>
  anthropicMessages.readRequest(
    { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], ...more },
    { operation },
  )

const user = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] })
const assistant = (...content: JsonObject[]): JsonObject => ({
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content },
  ],
})
const tool = (name: string): JsonObject => ({ name, input_schema: { type: 'object' } })

/** Where the mistake is, and a body that makes it. */
const refused: readonly (readonly [param: string, body: JsonObject])[] = [
  ['model', { model: undefined }],
  ['model', { model: '' }],
  ['model', { model: 7 }],
  ['messages', { messages: undefined }],
  ['messages', { messages: null }],
  ['messages', { messages: [] }],
  ['messages', { messages: 'Hi' }],
  ['messages.0', { messages: ['Hi'] }],
  ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
  ['messages.0.content', { messages: [{ role: 'user' }] }],
  ['messages.0.content', { messages: [{ role: 'user', content: 7 }] }],
  ['messages.0.content.0', { messages: [{ role: 'user', content: ['x'] }] }],
  ['messages.0.content.0.type', user({ text: 'x' })],
  ['messages.0.content.0.text', user({ type: 'text' })],
  ['messages.0.content.0.type', user({ type: 'tool_use', id: 'a', name: 'f', input: {} })],
  ['messages.0.content.0.type', user({ type: 'thinking', thinking: 'x', signature: 'y' })],
  ['messages.1.content.0.type', assistant({ type: 'tool_result', tool_use_id: 'a' })],
  ['messages.1.content.0.input', assistant({ type: 'tool_use', id: 'a', name: 'f', input: '{}' })],
  ['messages.1.content.0.id', assistant({ type: 'tool_use', id: '', name: 'f', input: {} })],
  ['messages.0.content.0.source', user({ type: 'image' })],
  ['messages.0.content.0.source.url', user({ type: 'image', source: { type: 'url', url: 'file:///etc/passwd' } })],
  ['messages.0.content.0.source.url', user({ type: 'image', source: { type: 'url', url: 'data:image/png;base64,x' } })],
  ['messages.0.content.0.source.url', user({ type: 'document', source: { type: 'url', url: 'gopher://x' } })],
  ['messages.0.content.0.source.data', user({ type: 'image', source: { type: 'base64', media_type: 'image/png' } })],
  ['messages.0.content.0.cache_control.type', user({ type: 'text', text: 'x', cache_control: { type: 'ever' } })],
  [
    'messages.0.content.0.cache_control.ttl',
    user({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1d' } }),
  ],
  ['system', { system: 7 }],
  ['system.0.type', { system: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }],
  ['max_tokens', { max_tokens: undefined }],
  ['max_tokens', { max_tokens: -1 }],
  ['max_tokens', { max_tokens: 1.5 }],
  ['max_tokens', { max_tokens: 1e12 }],
  ['max_tokens', { max_tokens: '10' }],
  ['temperature', { temperature: 1.01 }],
  ['top_p', { top_p: -0.1 }],
  ['top_k', { top_k: 0.5 }],
  ['stream', { stream: 'yes' }],
  ['stop_sequences', { stop_sequences: 'END' }],
  ['stop_sequences.1', { stop_sequences: ['a', 7] }],
  ['metadata', { metadata: 'x' }],
  ['metadata.user_id', { metadata: { user_id: 7 } }],
  ['service_tier', { service_tier: 'flex' }],
  ['tools', { tools: {} }],
  ['tools', { tools: Array.from({ length: 1025 }, (_, index) => tool(`t${index}`)) }],
  ['tools.0.name', { tools: [{ input_schema: {} }] }],
  ['tools.0.input_schema', { tools: [{ name: 'f' }] }],
  ['tools.1.name', { tools: [tool('f'), tool('f')] }],
  ['tool_choice.type', { tool_choice: { type: 'required' } }],
  ['tool_choice.name', { tool_choice: { type: 'tool' } }],
  ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
  ['thinking.display', { thinking: { type: 'adaptive', display: 'full' } }],
  ['output_config.effort', { output_config: { effort: 'none' } }],
  ['thread', { thread: { type: 'create' } }],
  ['output_config.format.schema', { output_config: { format: { type: 'json_schema' } } }],
]

describe('reading a request', () => {
  for (const [param, body] of refused) {
    test(`refuses ${JSON.stringify(body).slice(0, 90)} and names ${param}`, () => {
      assert.throws(
        () => read(body),
        ({ code, details }) => code === 'invalid_request' && details.param === param,
      )
    })
  }

  test('refuses fields by which a caller would choose another upstream or key', () => {
    for (const field of ['api_base', 'base_url', 'api_key', 'extra_headers', 'extra_body', 'proxy']) {
      assert.throws(() => read({ [field]: 'http://127.0.0.1' }), { message: `${field}: is not accepted from callers` })
    }
  })

  test('notes what only this language can carry, by path', () => {
    const { untranslatable } = read({
      container: 'c',
      inference_geo: null,
      output_config: { task_budget: { type: 'tokens', total: 1 } },
      thinking: { type: 'between_tools' },
      tools: [
        { ...tool('f'), defer_loading: true, eager_input_streaming: true },
        { type: 'bash_20250124', name: 'bash' },
      ],
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' }, transformations: {} }] },
        { role: 'assistant', content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference' }] }] },
      ],
    })
    assert.deepEqual([...untranslatable].sort(), [
      'container',
      'messages.0.content.0.transformations',
      'messages.1.content.0',
      'messages.2.content.0.content.0',
      'output_config.task_budget',
      'thinking',
      'tools.0.defer_loading',
      'tools.1',
    ])
  })

  test('keeps unknown blocks and hosted tools as they are, for its own language', () => {
    const block = { type: 'from_the_future', words: ['x'] }
    const hosted = { type: 'web_search_20250305', name: 'web_search' }
    const { chat } = read({ ...user(block), tools: [hosted] })
    assert.deepEqual(chat.messages[0]?.parts, [{ kind: 'opaque', wire: 'anthropic-messages', value: block }])
    assert.deepEqual(chat.tools[0]?.hosted, { wire: 'anthropic-messages', value: hosted })
  })

  test('tells results of tools apart from what the user says', () => {
    const { chat } = read(
      user(
        { type: 'tool_result', tool_use_id: 'a', content: 'one' },
        { type: 'tool_result', tool_use_id: 'b' },
        { type: 'text', text: 'And?' },
      ),
    )
    assert.deepEqual(
      chat.messages.map(({ role, parts }) => [role, parts.length]),
      [
        ['tool', 1],
        ['tool', 1],
        ['user', 1],
      ],
    )
  })

  test('takes a mark on the whole request as one on its last block', () => {
    const { chat } = read({ cache_control: { type: 'ephemeral', ttl: '1h' } })
    assert.deepEqual(chat.messages.at(-1)?.parts, [{ kind: 'text', text: 'Hi', cache: 'long' }])
  })

  test('knows whose thinking an envelope holds, and that it must not be sent on', () => {
    const request = read(
      assistant(
        { type: 'thinking', thinking: 'Hm.', signature: wrapInEnvelope('gemini', 'proof') },
        { type: 'redacted_thinking', data: wrapInEnvelope('openai-responses', 'closed') },
      ),
    )
    assert.equal(request.foreignReasoning, true)
    assert.deepEqual(request.chat.messages[1]?.parts, [
      { kind: 'reasoning', text: 'Hm.', signature: 'proof', origin: 'gemini' },
      { kind: 'reasoning', text: '', redacted: 'closed', origin: 'openai-responses' },
    ])
  })

  test('Claude’s own thinking is no foreign one', () => {
    const request = read(assistant({ type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }))
    assert.equal(request.foreignReasoning, undefined)
    assert.deepEqual(request.chat.messages[1]?.parts, [
      { kind: 'reasoning', text: 'Hm.', signature: 'EqQB', origin: 'anthropic-messages' },
    ])
  })

  test('keeps what a caller tells the gateway in its metadata', () => {
    const metadata: JsonValue = { user_id: 'u', tollgate: { tags: 'a=1' } }
    const { chat } = read({ metadata })
    assert.equal(chat.user, 'u')
    assert.deepEqual(chat.metadata, metadata)
  })

  test('filling a cache without an answer is for this language alone', () => {
    assert.deepEqual(read({ max_tokens: 0 }).untranslatable, ['max_tokens'])
  })

  test('counting tokens needs no limit and is no stream', () => {
    const request = read({ max_tokens: undefined, stream: true }, 'count_tokens')
    assert.equal(request.operation, 'count_tokens')
    assert.equal(request.stream, false)
  })

  test('does not mistake names of object prototypes for fields or block types', () => {
    assert.deepEqual(read({ constructor: 'x' }).untranslatable, ['constructor'])
    assert.deepEqual(read(user({ type: 'toString' })).untranslatable, ['messages.0.content.0'])
  })
})
