import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../core/json.ts'
import { mostTokensOf } from '../../core/most-tokens.ts'
import type { Chat, Request } from '../../core/request.ts'
import type { ModelFacts, Target } from '../../core/target.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { openaiResponses } from './index.ts'

const read = (fields: JsonObject): Request =>
  openaiResponses.readRequest({ model: 'm', input: 'Hi', ...fields }, { operation: 'chat' })

const refusalOf = (fields: JsonObject): string => {
  try {
    read(fields)
  } catch (thrown) {
    assert.ok(thrown instanceof Error)
    return thrown.message
  }
  assert.fail('it was taken')
}

describe('a request', () => {
  test('names what only this language can say', () => {
    const { untranslatable } = read({
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'item_reference', id: 'msg_1' },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', namespace: 'n', async: true },
      ],
      previous_response_id: 'resp_1',
      conversation: { id: 'conv_1' },
      background: true,
      truncation: 'auto',
      tools: [{ type: 'web_search' }, { type: 'function', name: 'f', defer_loading: true }],
      tool_choice: { type: 'web_search_preview' },
      text: { verbosity: 'high', format: { type: 'grammar' } },
      reasoning: { effort: 'extreme', mode: 'pro' },
      include: ['something.new'],
      tomorrow: 1,
    })
    assert.deepEqual([...untranslatable].sort(), [
      ...['background', 'conversation', 'include[0]', 'input[1] (item_reference)', 'input[2].async'],
      ...['input[2].namespace', 'previous_response_id', 'reasoning.effort', 'reasoning.mode', 'text.format'],
      ...['text.verbosity', 'tomorrow', 'tool_choice', 'tools[0] (web_search)', 'tools[1].defer_loading', 'truncation'],
    ])
  })

  test('says nothing of its own in fields whose value changes nothing', () => {
    const harmless = {
      ...{ background: false, truncation: 'disabled', store: true, max_tool_calls: 3, previous_response_id: null },
      ...{
        text: { verbosity: 'medium' },
        reasoning: { mode: 'standard' },
        stream_options: { include_obfuscation: false },
      },
      ...{ include: ['web_search_call.action.sources', 'reasoning.encrypted_content'], prompt_cache_retention: '24h' },
    }
    const { untranslatable, chat } = read(harmless)
    assert.deepEqual(untranslatable, [])
    assert.equal(chat.store, undefined)
    assert.equal(read({ store: false }).chat.store, false)
  })

  test('joins what the assistant said, thought and called without a break', () => {
    const { chat } = read({
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        { role: 'assistant', content: 'Wait.' },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: '1' },
      ],
    })
    assert.deepEqual(
      chat.messages.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)]),
      [
        ['system', ['text']],
        ['user', ['text']],
        ['assistant', ['reasoning', 'text', 'tool_call']],
        ['tool', ['tool_result']],
      ],
    )
  })

  test('may say nothing where the provider keeps the conversation', () => {
    const { input: _, ...body } = { model: 'm', input: undefined, previous_response_id: 'resp_1' }
    assert.deepEqual(openaiResponses.readRequest(body, { operation: 'chat' }).chat.messages, [])
    assert.throws(() => openaiResponses.readRequest({ model: 'm' }, { operation: 'chat' }), { code: 'invalid_request' })
  })

  test('is refused with the place of what is wrong', () => {
    assert.match(refusalOf({ input: [{ role: 'king', content: 'x' }] }), /^input\[0\]\.role: /)
    assert.match(
      refusalOf({ input: [{ role: 'user', content: [{ type: 'input_image' }] }] }),
      /^input\[0\]\.content\[0\]\.image_url/,
    )
    assert.match(refusalOf({ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }), /^input\[0\]\.call_id/)
    assert.match(refusalOf({ tools: [{ type: 'function', name: 'a b' }] }), /^tools\[0\]\.name/)
    assert.match(refusalOf({ text: { format: { type: 'json_schema', name: 'a' } } }), /^text\.format\.schema/)
    assert.match(refusalOf({ max_output_tokens: 0 }), /^max_output_tokens/)
    assert.match(refusalOf({ api_key: 'sk-1' }), /^api_key: is not accepted/)
  })

  test('may fill the window where it stands for a conversation that is kept', () => {
    const facts: ModelFacts = { contextWindow: 400_000, lacks: [] }
    const target: Target = { ...plainTarget(), facts }
    const most = (fields: JsonObject): number => mostTokensOf(read(fields), target).input
    assert.ok(most({}) < 10_000)
    assert.equal(most({ previous_response_id: 'resp_1' }), 400_000)
    assert.equal(most({ input: [{ type: 'item_reference', id: 'msg_1' }] }), 400_000)
    const searching = mostTokensOf(read({ tools: [{ type: 'web_search' }] }), target)
    assert.match(searching.unbounded ?? '', /web_search/)
    assert.equal(mostTokensOf(read({ tools: [{ type: 'local_shell' }] }), target).unbounded, undefined)
  })
})

describe('a request of another language', () => {
  const write = (chat: Partial<Chat>, target: Target = plainTarget(), more: Partial<Request> = {}): JsonObject => {
    const request = plainRequest('openai-chat')
    return JSON.parse(openaiResponses.writeRequest({ ...request, ...more, chat: { ...request.chat, ...chat } }, target))
  }
  const facts = (lacks: ModelFacts['lacks']): Target => ({ ...plainTarget(), facts: { lacks } })

  test('is kept by nobody, as its caller cannot know that it would be', () => {
    assert.equal(write({}).store, false)
    assert.equal(write({ store: true }).store, true)
  })

  test('has functions that are not strict unless it says so', () => {
    const { tools } = write({ tools: [{ name: 'f' }, { name: 'g', strict: true, parameters: { type: 'object' } }] })
    assert.deepEqual(tools, [
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'g', parameters: { type: 'object' }, strict: true },
    ])
  })

  test('asks for encrypted thinking of models that think', () => {
    const include = ['reasoning.encrypted_content']
    assert.deepEqual(write({}, facts([])).include, include)
    assert.equal(write({}, facts(['reasoning'])).include, undefined)
    assert.equal(write({}).include, undefined)
    assert.deepEqual(write({ reasoning: { effort: 'low' } }).include, include)
  })

  test('tells how much to think as effort, and shows what languages show that ask for it', () => {
    assert.deepEqual(write({ reasoning: { effort: 'high' } }).reasoning, { effort: 'high' })
    assert.deepEqual(write({ reasoning: { mode: 'on', budget: 2048 } }).reasoning, { effort: 'low', summary: 'auto' })
    assert.deepEqual(write({ reasoning: { mode: 'on', budget: 9000, show: false } }).reasoning, { effort: 'high' })
    assert.deepEqual(write({ reasoning: { mode: 'off' } }).reasoning, { effort: 'none' })
    assert.equal(write({ reasoning: { mode: 'off' } }, facts(['reasoning'])).reasoning, undefined)
  })

  test('gives thinking back that is encrypted, and not what has only a name', () => {
    const thought = (signature: string) =>
      ({ kind: 'reasoning', text: 'Hm.', signature, origin: openaiResponses.name }) as const
    const ask = { role: 'user', parts: [{ kind: 'text', text: 'x' }] } as const
    const { input } = write({
      messages: [
        ask,
        { role: 'assistant', parts: [thought('rs_1.'), thought('rs_2.enc'), { kind: 'text', text: 'y' }] },
        ask,
      ],
    })
    assert.deepEqual((input as JsonObject[])[1], {
      ...{ type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'enc' },
    })
    assert.equal((input as JsonObject[]).length, 4)
  })

  test('asks nothing of thinking where the target cannot be asked', () => {
    const target = plainTarget({ reasoningRequest: 'none' })
    assert.equal(write({ reasoning: { mode: 'off' } }, target).reasoning, undefined)
    assert.throws(() => write({ reasoning: { effort: 'low' } }, target), { code: 'invalid_request' })
  })

  test('is refused for what this language has no words for, by its name', () => {
    const refused: [Partial<Chat>, RegExp][] = [
      [{ stop: ['x'] }, /^stop /],
      [{ choices: 2 }, /^n /],
      [{ seed: 1 }, /^seed /],
      [{ topK: 3 }, /^top_k /],
      [{ frequencyPenalty: 1 }, /^frequency_penalty /],
      [{ presencePenalty: 1 }, /^presence_penalty /],
      [{ logitBias: { 1: 2 } }, /^logit_bias /],
      [{ modalities: ['audio'] }, /^modalities /],
      [
        { messages: [{ role: 'user', parts: [{ kind: 'file', source: { kind: 'id', id: 'file-1' } }] }] },
        /^the file file-1 /,
      ],
      [{ messages: [{ role: 'user', name: 'Bob', parts: [{ kind: 'text', text: 'x' }] }] }, /^messages\.name /],
    ]
    for (const [chat, words] of refused) assert.throws(() => write(chat), { code: 'invalid_request', message: words })
    assert.deepEqual(Object.keys(write({ choices: 1, frequencyPenalty: 0, logitBias: {}, modalities: ['text'] })), [
      ...['model', 'input', 'stream', 'store'],
    ])
  })

  test('does not exceed what is held for its answer, and takes the fields of its target', () => {
    const target = plainTarget({ adds: { provider: { sort: 'price' } }, refuses: ['user', 'top_logprobs'] })
    const written = write({ maxOutput: 900, user: 'u' }, target, { outputCap: 50 })
    assert.equal(written.max_output_tokens, 50)
    assert.deepEqual(written.provider, { sort: 'price' })
    assert.equal(written.user, undefined)
    assert.throws(() => write({ logProbs: { top: 2 } }, target), /top_logprobs/)
  })
})

describe('the caller’s own body', () => {
  const pass = (fields: JsonObject, more: Partial<Request> = {}): JsonObject =>
    JSON.parse(openaiResponses.writeRequest({ ...read(fields), ...more }, plainTarget()))

  test('passes with another model and with fields of tomorrow', () => {
    const body = { input: 'Hi', previous_response_id: 'resp_1', tomorrow: { a: 1 }, store: true }
    assert.deepEqual(pass(body), { model: 'model-1', ...body })
  })

  test('is capped, loses what was meant for the gateway, and streams as the gateway says', () => {
    const body = { max_output_tokens: 900, metadata: { a: '1', tollgate: '{}' }, stream: true }
    const passed = pass(body, { outputCap: 20, stream: false })
    assert.deepEqual(passed, {
      model: 'model-1',
      input: 'Hi',
      max_output_tokens: 20,
      metadata: { a: '1' },
      stream: false,
    })
  })
})
