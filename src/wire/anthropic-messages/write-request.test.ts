import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { wrapInEnvelope } from '../../core/envelope.ts'
import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Message, Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { anthropicMessages } from './index.ts'

interface Written extends Record<string, unknown> {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
}

const target = (model: string, more: Partial<Target> = {}): Target => ({ ...plainTarget(), model, ...more })
const sonnet = target('claude-sonnet-4-6')

const fromOpenAi = (chat: Partial<Chat>, more: Partial<Request> = {}): Request => {
  const request = plainRequest('openai-chat', more)
  return { ...request, chat: { ...request.chat, ...chat } }
}
const write = (request: Request, to: Target = sonnet): Written =>
  JSON.parse(anthropicMessages.writeRequest(request, to))
const said = (role: Message['role'], text: string): Message => ({ role, parts: [{ kind: 'text', text }] })

const refuses = (request: Request, what: string | RegExp, to: Target = sonnet): void => {
  assert.throws(
    () => anthropicMessages.writeRequest(request, to),
    (error: GatewayError) => {
      assert.equal(error.details.outcome, 'incapable', error.message)
      assert.match(error.details.param ?? '', typeof what === 'string' ? new RegExp(`^${what}`) : what)
      return true
    },
  )
}

describe('a request of another language', () => {
  test('is written with what Anthropic requires', () => {
    assert.deepEqual(write(fromOpenAi({}, { stream: false })), {
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      max_tokens: 4096,
    })
  })

  test('may generate as much as the model can where it names no limit, and never more', () => {
    const known = { ...sonnet, facts: { maxOutput: 64_000, lacks: [] } }
    assert.equal(write(fromOpenAi({}), known).max_tokens, 64_000)
    assert.equal(write(fromOpenAi({ maxOutput: 100_000 }), known).max_tokens, 64_000)
    assert.equal(write(fromOpenAi({ maxOutput: 7 }), known).max_tokens, 7)
  })

  test('is refused by the name of what Anthropic cannot say', () => {
    const asked: readonly (readonly [name: string, chat: Partial<Chat>])[] = [
      ['n', { choices: 2 }],
      ['logprobs', { logProbs: { top: 3 } }],
      ['logit_bias', { logitBias: { '50256': -100 } }],
      ['frequency_penalty', { frequencyPenalty: 0.5 }],
      ['presence_penalty', { presencePenalty: -0.5 }],
      ['seed', { seed: 7 }],
      ['audio', { audio: { voice: 'alloy' } }],
      ['modalities', { modalities: ['text', 'audio'] }],
      ['response_format', { format: { kind: 'json' } }],
      ['temperature > 1', { temperature: 1.2 }],
      ['store', { store: true }],
      ['service_tier flex', { serviceTier: 'flex' }],
      ['the custom tool', { tools: [{ name: 'grep', custom: {} }] }],
      ['the tool search of another', { tools: [{ name: 'search', hosted: { wire: 'gemini', value: {} } }] }],
      ['messages.name', { messages: [{ ...said('user', 'Hi'), name: 'Ann' }] }],
      ['audio', { messages: [{ role: 'user', parts: [{ kind: 'audio', source: { kind: 'id', id: 'a' } }] }] }],
      [
        'content that only gemini',
        { messages: [{ role: 'user', parts: [{ kind: 'opaque', wire: 'gemini', value: {} }] }] },
      ],
      ['the file f1', { messages: [{ role: 'user', parts: [{ kind: 'file', source: { kind: 'id', id: 'f1' } }] }] }],
    ]
    for (const [name, chat] of asked) refuses(fromOpenAi(chat), name)
    refuses(fromOpenAi({}, { untranslatable: ['prediction'] }), 'prediction')
  })

  test('may ask for what changes nothing', () => {
    const idle = {
      choices: 1,
      frequencyPenalty: 0,
      presencePenalty: 0,
      logitBias: {},
      modalities: ['text'],
      store: false,
    } as const
    assert.deepEqual(write(fromOpenAi(idle)), write(fromOpenAi({})))
  })

  test('is refused sampling by models that take none, save their default', () => {
    const opus = target('claude-opus-5-5')
    refuses(fromOpenAi({ temperature: 0.7 }), 'temperature', opus)
    refuses(fromOpenAi({ topP: 0.9 }), 'top_p', opus)
    refuses(fromOpenAi({ topK: 5 }), 'top_k', opus)
    assert.equal(write(fromOpenAi({ temperature: 1, topP: 1 }), opus).temperature, undefined)
    assert.equal(write(fromOpenAi({ temperature: 0.7 })).temperature, 0.7)
  })

  test('has its schema where the answer’s form belongs', () => {
    const format = { kind: 'schema', name: 'x', schema: { type: 'object' }, description: 'A thing' } as const
    assert.deepEqual(write(fromOpenAi({ format })).output_config, {
      format: { type: 'json_schema', schema: { type: 'object', description: 'A thing' } },
    })
    refuses(fromOpenAi({ format }), 'output_config.format', { ...sonnet, quirks: { schemaFormat: false } })
  })

  test('has tools with schemas of objects, and only those that are allowed', () => {
    const tools = [
      { name: 'f' },
      { name: 'g', parameters: { properties: {} } },
      { name: 'h', parameters: { type: 'object' } },
    ]
    const written = write(
      fromOpenAi({ tools, toolChoice: { kind: 'allowed', mode: 'required', names: ['f', 'g'] }, parallelTools: false }),
    )
    assert.deepEqual(written.tools, [
      { name: 'f', input_schema: { type: 'object', properties: {} } },
      { name: 'g', input_schema: { type: 'object', properties: {} } },
    ])
    assert.deepEqual(written.tool_choice, { type: 'any', disable_parallel_tool_use: true })
  })

  test('is refused where a model cannot be forced to call a tool', () => {
    refuses(
      fromOpenAi({ tools: [{ name: 'f' }], toolChoice: { kind: 'required' } }),
      'a tool_choice',
      target('claude-opus-5-5'),
    )
  })

  test('has what the operator adds, and not what the target refuses', () => {
    assert.equal(write(fromOpenAi({}), { ...sonnet, quirks: { adds: { inference_geo: 'eu' } } }).inference_geo, 'eu')
    refuses(fromOpenAi({ topK: 4 }), 'top_k', { ...sonnet, quirks: { refuses: ['top_k'] } })
    assert.equal(write(fromOpenAi({ user: 'u' }), { ...sonnet, quirks: { refuses: ['metadata'] } }).metadata, undefined)
  })

  test('counts tokens without what only an answer needs', () => {
    const written = write(fromOpenAi({ temperature: 0.5, maxOutput: 9 }, { operation: 'count_tokens' }))
    assert.deepEqual(Object.keys(written), ['model', 'messages'])
  })
})

const ask = (more: JsonObject, operation: 'chat' | 'count_tokens' = 'chat'): Request =>
  anthropicMessages.readRequest(
    { model: 'public', max_tokens: 2000, messages: [{ role: 'user', content: 'Hi' }], ...more },
    { operation },
  )

describe('a request of this language', () => {
  test('passes as it came, under the target’s model', () => {
    const body = {
      model: 'public',
      max_tokens: 5,
      from_the_future: { a: [1.0, 'é'] },
      metadata: { user_id: 'u' },
      stream: true,
      messages: [{ role: 'user', content: 'Hi', x: 1 }],
    }
    const request = anthropicMessages.readRequest(body, { operation: 'chat' })
    assert.equal(
      anthropicMessages.writeRequest(request, sonnet),
      JSON.stringify({ ...body, model: 'claude-sonnet-4-6' }),
    )
  })

  test('does not tell the provider what was meant for the gateway', () => {
    assert.deepEqual(write(ask({ metadata: { user_id: 'u', tollgate: { user: 'x' } } })).metadata, { user_id: 'u' })
    assert.equal('metadata' in write(ask({ metadata: { tollgate: {} } })), false)
  })

  test('streams when the gateway wants a stream, whatever the body says', () => {
    assert.equal(write({ ...ask({}), stream: true }).stream, true)
    assert.equal(write({ ...ask({ stream: true }), stream: false }).stream, false)
  })

  test('goes elsewhere with a schema that the target does not enforce', () => {
    const lax = { ...sonnet, quirks: { schemaFormat: false } }
    const format = { type: 'json_schema', schema: { type: 'object' } }
    refuses(ask({ output_config: { format } }), 'output_config.format', lax)
    refuses(ask({ output_format: format }), 'output_config.format', lax)
    assert.equal(write(ask({ output_config: { effort: 'low', format: null } }), lax).model, 'claude-sonnet-4-6')
  })

  test('counts tokens without a stream', () => {
    assert.equal('stream' in write(ask({ stream: true }, 'count_tokens')), false)
  })

  const foreign = { type: 'thinking', thinking: 'Hm.', signature: wrapInEnvelope('gemini', 'x') }
  const own = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }
  const call = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }
  const history = (...content: JsonObject[]): JsonObject[] => [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }] },
  ]

  test('does not show Claude the thinking of other models', () => {
    const messages = [
      ...history(own, foreign, call),
      { role: 'assistant', content: [foreign] },
      { role: 'user', content: 'Go on.' },
    ]
    const written = write(ask({ messages }))
    assert.deepEqual(written.messages[1]?.content, [own, call])
    assert.deepEqual(
      written.messages.map(({ role }) => role),
      ['user', 'assistant', 'user', 'user'],
    )
  })

  test('is not asked to think by a budget while a tool runs that was called without Claude’s thinking', () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    assert.equal(write(ask({ thinking, messages: history(foreign, call) })).thinking, undefined)
    assert.deepEqual(write(ask({ thinking, messages: history(own, foreign, call) })).thinking, thinking)
    const adaptive = { type: 'adaptive' }
    assert.deepEqual(write(ask({ thinking: adaptive, messages: history(foreign, call) })).thinking, adaptive)
    const revised = { ...ask({ thinking, messages: history(foreign, call) }), body: undefined }
    assert.equal(write(revised).thinking, undefined)
  })

  test('says the same of effort alone after it was changed on the way', () => {
    const request = { ...ask({ output_config: { effort: 'low' } }), body: undefined }
    assert.deepEqual(write(request).output_config, { effort: 'low' })
    assert.equal(write(request).thinking, undefined)
    refuses(request, 'output_config.effort', target('claude-haiku-4-5'))
  })
})
