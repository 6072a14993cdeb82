import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import type { Chat, Request } from '../../core/request.ts'
import { callOptionsOf } from './call-options.ts'
import { origin, proofOf } from './origin.ts'

const reader = { provider: 'maker.chat', target: 'mine/m' }

const asked = (chat: Partial<Chat>, more: Partial<Request> = {}): Request => ({
  operation: 'chat',
  wire: 'library',
  model: 'm',
  stream: false,
  wantsUsage: false,
  body: undefined,
  untranslatable: [],
  chat: { messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }], tools: [], stop: [], ...chat },
  ...more,
})

const options = (chat: Partial<Chat>) => callOptionsOf(asked(chat), reader)

describe('a request as a call of a model of the AI SDK', () => {
  test('carries every setting that it has a word for', () => {
    const settings = options({
      maxOutput: 9,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      frequencyPenalty: 1,
      presencePenalty: 0.5,
      seed: 7,
      stop: ['x'],
    })
    assert.deepEqual(
      [
        settings.maxOutputTokens,
        settings.temperature,
        settings.topP,
        settings.topK,
        settings.frequencyPenalty,
        settings.presencePenalty,
        settings.seed,
        settings.stopSequences,
      ],
      [9, 0.5, 0.9, 4, 1, 0.5, 7, ['x']],
    )
  })

  test('writes the roles of a conversation with tools', () => {
    const { prompt } = options({
      messages: [
        { role: 'developer', parts: [{ kind: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ kind: 'text', text: 'Weather?' }] },
        { role: 'assistant', parts: [{ kind: 'tool_call', id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' }] },
        { role: 'tool', parts: [{ kind: 'tool_result', id: 'c1', parts: [{ kind: 'text', text: 'sunny' }] }] },
      ],
    })
    assert.deepEqual(prompt, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Rome' } }],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', output: { type: 'text', value: 'sunny' } },
        ],
      },
    ])
  })

  test('writes images and files, given or by address', () => {
    const { prompt } = options({
      messages: [
        {
          role: 'user',
          parts: [
            { kind: 'image', source: { kind: 'data', data: 'aGk=', mediaType: 'image/png' } },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
            { kind: 'file', name: 'a.pdf', source: { kind: 'data', data: 'aGk=', mediaType: 'application/pdf' } },
          ],
        },
      ],
    })
    assert.deepEqual(prompt[0]?.content, [
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
      { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL('https://example.com/a.png') } },
      { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf', data: { type: 'data', data: 'aGk=' } },
    ])
  })

  test('gives thinking back to whom it is from, and to nobody else', () => {
    const metadata = { maker: { signature: 'proof' } }
    const thought = (provider: string, from = origin) =>
      options({
        messages: [
          {
            role: 'assistant',
            parts: [
              { kind: 'reasoning', text: 'Hm', signature: proofOf(provider, metadata), origin: from },
              { kind: 'text', text: 'Yes.' },
            ],
          },
        ],
      }).prompt[0]?.content
    assert.deepEqual(thought('maker.chat'), [
      { type: 'reasoning', text: 'Hm', providerOptions: metadata },
      { type: 'text', text: 'Yes.' },
    ])
    assert.deepEqual(thought('other.chat'), [{ type: 'text', text: 'Yes.' }])
  })

  test('asks for JSON, for a schema, and for thinking', () => {
    const schema = { type: 'object' }
    assert.deepEqual(options({ format: { kind: 'json' } }).responseFormat, { type: 'json' })
    assert.deepEqual(options({ format: { kind: 'schema', name: 'a', schema } }).responseFormat, {
      type: 'json',
      schema,
      name: 'a',
      description: undefined,
    })
    assert.equal(options({ reasoning: { effort: 'high' } }).reasoning, 'high')
    assert.equal(options({ reasoning: { mode: 'off' } }).reasoning, 'none')
    assert.equal(options({ reasoning: { mode: 'on', budget: 1_000 } }).reasoning, 'low')
    assert.equal(options({ reasoning: { mode: 'adaptive' } }).reasoning, undefined)
  })

  test('tells only of the tools that may be called', () => {
    const tools = [{ name: 'a', parameters: { type: 'object' }, strict: true }, { name: 'b' }]
    const { tools: told, toolChoice } = options({
      tools,
      toolChoice: { kind: 'allowed', mode: 'required', names: ['a'] },
    })
    assert.deepEqual(told, [
      { type: 'function', name: 'a', description: undefined, inputSchema: { type: 'object' }, strict: true },
    ])
    assert.deepEqual(toolChoice, { type: 'required' })
    assert.deepEqual(options({ tools, toolChoice: { kind: 'tool', name: 'b' } }).toolChoice, {
      type: 'tool',
      toolName: 'b',
    })
  })

  for (const [what, chat] of [
    ['n', { choices: 2 }],
    ['logprobs', { logProbs: { top: 1 } }],
    ['logit_bias', { logitBias: { 1: 1 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['store', { store: true }],
    ['service_tier', { serviceTier: 'flex' }],
    ['parallel_tool_calls', { parallelTools: false, tools: [{ name: 'a' }] }],
    ['custom tools', { tools: [{ name: 'a', custom: {} }] }],
    ['the hosted tool search', { tools: [{ name: 'search', hosted: { wire: 'x', value: {} } }] }],
    ['opaque', { messages: [{ role: 'user', parts: [{ kind: 'opaque', wire: 'x', value: {} }] }] }],
    [
      'a file kept by a provider',
      { messages: [{ role: 'user', parts: [{ kind: 'file', source: { kind: 'id', id: 'f' } }] }] },
    ],
  ] as const) {
    test(`lets a question with ${what} go elsewhere`, () => {
      assert.throws(
        () => options(chat as Partial<Chat>),
        (error) =>
          error instanceof GatewayError && error.details.outcome === 'incapable' && error.details.param === what,
      )
    })
  }

  test('lets a question with a field of its language alone go elsewhere', () => {
    assert.throws(() => callOptionsOf(asked({}, { untranslatable: ['prediction'] }), reader), {
      details: { param: 'prediction', outcome: 'incapable' },
    })
  })
})
