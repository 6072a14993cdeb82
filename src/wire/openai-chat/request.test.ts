import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { openaiChat } from './index.ts'

const user = { role: 'user', content: 'Hi' }
const read = (more: JsonObject): Request =>
  openaiChat.readRequest({ model: 'm', messages: [user], ...more }, { operation: 'chat' })
const withContent = (part: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: [part] }] })
const withAnswer = (answer: JsonObject): JsonObject => ({ messages: [user, { role: 'assistant', ...answer }] })
const tool = (name: string): JsonObject => ({ type: 'function', function: { name } })
const image = (url: JsonValue): JsonObject => withContent({ type: 'image_url', image_url: { url } })
const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index))

/** What is wrong, in which body, and the place that the refusal must name. */
const refused: readonly (readonly [string, JsonObject, string])[] = [
  ['no model', { model: null }, 'model'],
  ['an empty model', { model: '' }, 'model'],
  ['a model that is a number', { model: 4 }, 'model'],
  ['a model name of 257 characters', { model: 'x'.repeat(257) }, 'model'],
  ['no messages', { messages: null }, 'messages'],
  ['messages that are an object', { messages: {} }, 'messages'],
  ['an empty list of messages', { messages: [] }, 'messages'],
  ['a message that is a string', { messages: ['Hi'] }, 'messages[0]'],
  ['an unknown role', { messages: [user, { role: 'robot', content: 'x' }] }, 'messages[1].role'],
  ['a user message without content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
  ['content that is a number', { messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
  ['a part that is a string', { messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content[0]'],
  ['a part without a type', withContent({ text: 'x' }), 'messages[0].content[0].type'],
  ['a text part without text', withContent({ type: 'text' }), 'messages[0].content[0].text'],
  ['an image without an object', withContent({ type: 'image_url' }), 'messages[0].content[0].image_url'],
  ['an image without a URL', image(null), 'messages[0].content[0].image_url.url'],
  ['an image from a file', image('file:///etc/passwd'), 'messages[0].content[0].image_url.url'],
  ['an image from a bucket', image('gs://b/o.png'), 'messages[0].content[0].image_url.url'],
  ['an image without a scheme', image('example.com/a.png'), 'messages[0].content[0].image_url.url'],
  ['an image in a data URL without base64', image('data:image/png,abc'), 'messages[0].content[0].image_url.url'],
  ['a file without data', withContent({ type: 'file', file: {} }), 'messages[0].content[0].file.file_data'],
  [
    'audio without a format',
    withContent({ type: 'input_audio', input_audio: { data: '' } }),
    'messages[0].content[0].input_audio.format',
  ],
  [
    'an image in a system prompt',
    { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://a.b/c.png' } }] }] },
    'messages[0].content[0]',
  ],
  ['a tool result without an id', { messages: [user, { role: 'tool', content: 'x' }] }, 'messages[1].tool_call_id'],
  ['an answer that says nothing', withAnswer({ content: null }), 'messages[1].content'],
  ['a tool call without an id', withAnswer({ tool_calls: [tool('f')] }), 'messages[1].tool_calls[0].id'],
  [
    'tool arguments that are an object',
    withAnswer({ tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: {} } }] }),
    'messages[1].tool_calls[0].function.arguments',
  ],
  ['a stream flag that is a string', { stream: 'true' }, 'stream'],
  ['n of nought', { n: 0 }, 'n'],
  ['n of 129', { n: 129 }, 'n'],
  ['n that is not whole', { n: 1.5 }, 'n'],
  ['no tokens at all', { max_tokens: 0 }, 'max_tokens'],
  ['negative tokens', { max_completion_tokens: -1 }, 'max_completion_tokens'],
  ['more tokens than any model has', { max_completion_tokens: 2 ** 31 + 1 }, 'max_completion_tokens'],
  ['half a token', { max_tokens: 0.5 }, 'max_tokens'],
  ['a temperature of 2.1', { temperature: 2.1 }, 'temperature'],
  ['a temperature that is no number', { temperature: Number.NaN }, 'temperature'],
  ['a temperature in words', { temperature: '1' }, 'temperature'],
  ['top_p above one', { top_p: 1.01 }, 'top_p'],
  ['a penalty of three', { presence_penalty: 3 }, 'presence_penalty'],
  ['17 stop sequences', { stop: many(17, String) }, 'stop'],
  ['an empty stop sequence', { stop: ['a', ''] }, 'stop[1]'],
  ['a stop sequence of 4097 characters', { stop: 'x'.repeat(4097) }, 'stop'],
  ['2049 biases', { logit_bias: Object.fromEntries(many(2049, (index) => [String(index), 1])) }, 'logit_bias'],
  ['a bias of 101', { logit_bias: { '5': 101 } }, 'logit_bias.5'],
  ['1025 tools', { tools: many(1025, (index) => tool(`f${index}`)) }, 'tools'],
  ['two tools of one name', { tools: [tool('f'), tool('g'), tool('f')] }, 'tools[2]'],
  ['a tool name of 129 characters', { tools: [tool('f'.repeat(129))] }, 'tools[0].function.name'],
  ['a tool name with a space', { tools: [tool('a b')] }, 'tools[0].function.name'],
  ['an unknown tool choice', { tool_choice: 'any' }, 'tool_choice'],
  ['a tool choice without a name', { tool_choice: { type: 'function' } }, 'tool_choice.function'],
  ['top_logprobs without logprobs', { top_logprobs: 2 }, 'top_logprobs'],
  ['21 alternatives', { logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
  [
    'a schema without a name',
    { response_format: { type: 'json_schema', json_schema: {} } },
    'response_format.json_schema.name',
  ],
  ['metadata that is a list', { metadata: [] }, 'metadata'],
  ...[
    'api_base',
    'base_url',
    'api_key',
    'extra_headers',
    'extra_body',
    'extra_query',
    'custom_llm_provider',
    'proxy',
  ].map((field) => [`the override ${field}`, { [field]: 'x' }, field] as const),
]

describe('a request is refused, with the place of the mistake, for', () => {
  for (const [what, more, param] of refused) {
    test(what, () => {
      assert.throws(
        () => read(more),
        (thrown) => {
          assert.ok(thrown instanceof GatewayError)
          assert.equal(thrown.code, 'invalid_request')
          assert.equal(thrown.details.param, param)
          return true
        },
      )
    })
  }
})

describe('a request', () => {
  test('takes null for what is not said', () => {
    const { chat } = read({ temperature: null, stop: null, tools: null, response_format: null, api_key: null })
    assert.equal(chat.temperature, undefined)
    assert.deepEqual(chat.stop, [])
  })

  test('names fields, fields of messages and parts that only this language knows', () => {
    const { untranslatable } = read({
      messages: [
        { role: 'user', content: [{ type: 'video_url', video_url: {} }] },
        { role: 'assistant', content: 'x', prefix: true },
      ],
      verbosity: 'low',
      min_p: 0.1,
      ['z'.repeat(200)]: 1,
    })
    assert.deepEqual(untranslatable.slice(0, 4), ['messages[0].content[0]', 'messages[1].prefix', 'verbosity', 'min_p'])
    assert.ok((untranslatable[4]?.length ?? 0) < 70)
  })

  test('is free for targets of every language when it says only hints beside the question', () => {
    const hints = { user: 'u', safety_identifier: 's', prompt_cache_key: 'k', prompt_cache_retention: '24h' }
    const { untranslatable, chat } = read({ ...hints, metadata: { a: '1' }, store: false, service_tier: 'auto' })
    assert.deepEqual(untranslatable, [])
    assert.equal(chat.user, 'u')
    assert.equal(chat.cacheKey, 'k')
  })

  test('keeps what is meant for the gateway readable in its metadata', () => {
    assert.deepEqual(read({ metadata: { tollgate: { tags: 'a=1' } } }).chat.metadata, { tollgate: { tags: 'a=1' } })
  })

  test('wants usage in its stream only when it says so', () => {
    assert.equal(read({ stream: true }).wantsUsage, false)
    assert.equal(read({ stream: true, stream_options: { include_usage: true } }).wantsUsage, true)
  })

  test('takes the newer of the two limits of tokens', () => {
    assert.equal(read({ max_completion_tokens: 5, max_tokens: 9 }).chat.maxOutput, 5)
    assert.equal(read({ max_tokens: 9, max_completion_tokens: 5 }).chat.maxOutput, 5)
  })

  test('asks for thinking in any of three ways', () => {
    assert.deepEqual(read({ reasoning_effort: 'high' }).chat.reasoning, { effort: 'high' })
    const object = { effort: 'low', max_tokens: 2000, exclude: true, enabled: true }
    assert.deepEqual(read({ reasoning: object }).chat.reasoning, {
      effort: 'low',
      budget: 2000,
      mode: 'on',
      show: false,
    })
    assert.deepEqual(read({ thinking: { type: 'disabled' } }).chat.reasoning, { mode: 'off' })
    assert.deepEqual(read({ reasoning_effort: 'ultra' }).untranslatable, ['reasoning_effort'])
  })

  test('reads marks for a prompt cache in both spellings', () => {
    const marks = [
      { prompt_cache_breakpoint: { mode: 'explicit' } },
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      {},
    ]
    const content = marks.map((mark) => ({ type: 'text', text: 'x', ...mark }))
    const { chat, untranslatable } = read({ messages: [{ role: 'user', content }] })
    assert.deepEqual(
      chat.messages[0]?.parts.map((part) => 'cache' in part && part.cache),
      ['short', 'long', false],
    )
    assert.deepEqual(untranslatable, [])
  })

  test('reads thinking of earlier turns with its origin, joining the pieces a client kept apart', () => {
    const details = [
      { type: 'reasoning.text', text: 'Let me', format: 'anthropic-messages', index: 0 },
      { type: 'reasoning.text', text: ' see', format: 'anthropic-messages', index: 0 },
      { type: 'reasoning.text', text: '', signature: 'sig', format: 'anthropic-messages', index: 0 },
      { type: 'reasoning.encrypted', data: 'xyz', format: 'anthropic-messages', index: 1 },
      { type: 'reasoning.text', text: 'Other', format: 'anthropic-claude-v1', index: 0 },
    ]
    const { chat } = read(withAnswer({ content: 'Hi', reasoning_content: 'Let me see', reasoning_details: details }))
    assert.deepEqual(JSON.parse(JSON.stringify(chat.messages[1]?.parts.slice(0, 3))), [
      { kind: 'reasoning', text: 'Let me see', signature: 'sig', origin: 'anthropic-messages' },
      { kind: 'reasoning', text: '', redacted: 'xyz', origin: 'anthropic-messages' },
      { kind: 'reasoning', text: 'Other', origin: 'anthropic-claude-v1' },
    ])
  })

  test('reads functions and their calls, which came before tools, for this language alone', () => {
    const { chat, untranslatable } = read({
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '1' },
      ],
      functions: [{ name: 'f' }],
      function_call: 'auto',
    })
    assert.equal(chat.tools[0]?.name, 'f')
    assert.equal(chat.messages[1]?.role, 'tool')
    assert.deepEqual(untranslatable, ['messages[0].function_call', 'messages[1]', 'functions', 'function_call'])
  })
})
