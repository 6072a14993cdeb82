import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Message, Part, ReasoningRequest } from '../../core/request.ts'
import type { Quirks } from '../../core/target.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { gemini } from './index.ts'

const hello: Message = { role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }

interface Asking {
  readonly model?: string
  readonly quirks?: Quirks
  readonly outputCap?: number
}

const write = (
  chat: Partial<Chat>,
  { model = 'gemini-3.6-flash', quirks = {}, outputCap }: Asking = {},
): JsonObject => {
  const request = plainRequest('openai-chat', {
    chat: { messages: [hello], tools: [], stop: [], ...chat },
    outputCap,
  })
  return JSON.parse(gemini.writeRequest(request, { ...plainTarget(quirks), model }))
}

const config = (chat: Partial<Chat>, asking?: Asking): JsonObject => write(chat, asking).generationConfig as JsonObject

const incapable = (chat: Partial<Chat>, what: RegExp, asking?: Asking): void =>
  assert.throws(() => write(chat, asking), { code: 'invalid_request', message: what })

const saying = (...parts: Part[]): Partial<Chat> => ({ messages: [{ role: 'user', parts }] })

describe('thinking', () => {
  const cases: readonly (readonly [model: string, wish: ReasoningRequest, config: object])[] = [
    ['gemini-2.5-flash', { effort: 'low' }, { thinkingBudget: 1024 }],
    ['gemini-2.5-flash', { effort: 'xhigh' }, { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', { mode: 'off' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { mode: 'adaptive' }, { thinkingBudget: -1, includeThoughts: true }],
    ['gemini-3.6-flash', { effort: 'low' }, { thinkingLevel: 'LOW' }],
    ['gemini-3.6-flash', { effort: 'max' }, { thinkingLevel: 'HIGH' }],
    ['gemini-3.6-flash', { mode: 'on', budget: 2048 }, { thinkingLevel: 'LOW', includeThoughts: true }],
    ['gemini-3.6-flash', { mode: 'on', budget: 31_999 }, { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-2.5-flash', { mode: 'on', budget: 31_999 }, { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-2.5-pro', { mode: 'on', budget: 31_999 }, { thinkingBudget: 31_999, includeThoughts: true }],
    ['my-model', { mode: 'on', budget: 31_999 }, { thinkingBudget: 31_999, includeThoughts: true }],
    ['gemini-3.6-flash', { mode: 'adaptive', show: false }, { includeThoughts: false }],
    ['my-model', { effort: 'xhigh' }, { thinkingLevel: 'XHIGH' }],
  ]
  for (const [model, reasoning, wanted] of cases) {
    test(`${JSON.stringify(reasoning)} is ${JSON.stringify(wanted)} at ${model}`, () => {
      assert.deepEqual(config({ reasoning }, { model }).thinkingConfig, wanted)
    })
  }

  test('is not to be switched off at models that always think', () => {
    for (const model of ['gemini-3.6-flash', 'gemini-2.5-pro'])
      incapable({ reasoning: { effort: 'none' } }, /an answer without thinking/, { model })
  })
})

describe('what Gemini has no words for', () => {
  test('is refused by its name', () => {
    incapable({ logitBias: { '5': 1 } }, /logit_bias/)
    incapable({ audio: { voice: 'x', format: 'wav' } }, /audio/)
    incapable({ serviceTier: 'scale' }, /service_tier scale/)
    incapable({ parallelTools: false, tools: [{ name: 'f' }] }, /parallel_tool_calls/)
    incapable({ tools: [{ name: 'f', custom: {} }] }, /custom tool f/)
    incapable({ tools: [{ name: 's', hosted: { wire: 'openai-chat', value: {} } }] }, /the tool s of another provider/)
    incapable(saying({ kind: 'file', source: { kind: 'id', id: 'file_1' } }), /the file file_1/)
    incapable(saying({ kind: 'image', source: { kind: 'url', url: 'https://a.example/x' } }), /type of its file/)
    incapable({ messages: [hello, { role: 'system', parts: [] }] }, /a system message in the middle/)
  })

  test('is let go where it changes no answer', () => {
    assert.deepEqual(write({ user: 'ada', cacheKey: 'k', store: false, metadata: { a: 'b' }, serviceTier: 'auto' }), {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    })
  })
})

describe('a target', () => {
  test('is told no more output than is held for it, and what its quirks add', () => {
    const asking = { outputCap: 50, quirks: { adds: { generationConfig: { topK: 3 }, labels: { a: 'b' } } } }
    const sent = write({ maxOutput: 900, temperature: 1.5 }, asking)
    assert.deepEqual(sent.generationConfig, { temperature: 1.5, maxOutputTokens: 50, topK: 3 })
    assert.deepEqual(sent.labels, { a: 'b' })
  })

  test('that refuses a field is not asked with it', () => {
    incapable({ topK: 3 }, /topK/, { quirks: { refuses: ['topK'] } })
    incapable({ format: { kind: 'schema', name: 'x', schema: {} } }, /responseSchema/, {
      quirks: { schemaFormat: false },
    })
  })

  test('gets the cap in a body of its own language, however the body spells it', () => {
    const body = { contents: [{ parts: [{ text: 'Hi' }] }], generation_config: { max_output_tokens: 900, top_k: 2 } }
    const request = gemini.readRequest(body, { operation: 'chat', model: 'm' })
    assert.equal(request.chat.maxOutput, 900)
    const sent = JSON.parse(gemini.writeRequest({ ...request, outputCap: 50 }, plainTarget()))
    assert.deepEqual(sent.generationConfig, { maxOutputTokens: 50, topK: 2 })
    assert.equal(sent.generation_config, undefined)
  })

  test('counts under its own name what is counted whole', () => {
    const inner = {
      model: 'models/public',
      contents: [{ parts: [{ text: 'Hi' }] }],
      systemInstruction: { parts: [{ text: 'S' }] },
    }
    const request = gemini.readRequest(
      { generateContentRequest: inner },
      { operation: 'count_tokens', model: 'public' },
    )
    assert.equal(request.chat.messages.length, 2)
    const wanted = { ...inner, model: 'models/model-1' }
    assert.deepEqual(JSON.parse(gemini.writeRequest(request, plainTarget())), { generateContentRequest: wanted })
    const again = JSON.parse(gemini.writeRequest({ ...request, body: undefined }, plainTarget()))
    assert.deepEqual(again.generateContentRequest.contents, [{ role: 'user', parts: [{ text: 'Hi' }] }])
    assert.equal(again.generateContentRequest.model, 'models/model-1')
  })
})

describe('results of tools', () => {
  const call: Message = {
    role: 'assistant',
    parts: [{ kind: 'tool_call', id: 'a', name: 'look', arguments: '{"x":1}' }],
  }
  const answering = (part: Partial<Extract<Part, { kind: 'tool_result' }>>): unknown => {
    const result: Part = { kind: 'tool_result', id: 'a', parts: [], ...part }
    const contents = write({ messages: [hello, call, { role: 'tool', parts: [result] }] }).contents as JsonObject[]
    return (contents[2]?.parts as readonly JsonObject[] | undefined)?.[0]?.functionResponse
  }
  const text = (words: string): Part[] => [{ kind: 'text', text: words }]

  test('are told under output or error, or as the object that they are', () => {
    assert.deepEqual(answering({ parts: text('12°') }), { id: 'a', name: 'look', response: { output: '12°' } })
    assert.deepEqual(answering({ parts: text('{"t":12}') }), { id: 'a', name: 'look', response: { t: 12 } })
    assert.deepEqual(answering({ parts: text('dark'), isError: true }), {
      id: 'a',
      name: 'look',
      response: { error: 'dark' },
    })
  })

  test('have their pictures beside them', () => {
    const picture: Part = { kind: 'image', source: { kind: 'data', data: 'AAAA', mediaType: 'image/png' } }
    assert.deepEqual(answering({ parts: [...text('See.'), picture] }), {
      id: 'a',
      name: 'look',
      response: { output: 'See.' },
      parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
    })
  })

  test('that answer nothing are the caller’s mistake', () => {
    assert.throws(() => answering({ id: 'nobody' }), { code: 'invalid_request', message: /answers no call/ })
  })
})
