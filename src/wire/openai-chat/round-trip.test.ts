import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { plainTarget } from '../../testing/wire-suite.ts'
import { openaiChat } from './index.ts'

const word = fc.string({ unit: 'grapheme', maxLength: 10 })
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'))

const textPart = fc.record({ type: fc.constant('text'), text: word })
const imagePart = fc.record({
  type: fc.constant('image_url'),
  image_url: fc.record(
    {
      url: fc.oneof(
        fc.webUrl({ validSchemes: ['http', 'https'] }),
        base64.map((data) => `data:image/png;base64,${data}`),
      ),
      detail: fc.constantFrom('auto', 'low', 'high', 'original'),
    },
    { requiredKeys: ['url'] },
  ),
})
const filePart = fc.record({
  type: fc.constant('file'),
  file: fc.oneof(
    fc.record({ file_id: filled }),
    fc.record({ filename: filled, file_data: base64.map((data) => `data:application/pdf;base64,${data}`) }),
  ),
})
const audioPart = fc.record({
  type: fc.constant('input_audio'),
  input_audio: fc.record({ data: base64, format: fc.constantFrom('wav', 'mp3') }),
})

const instructions = fc.record({
  role: fc.constantFrom('system', 'developer'),
  content: fc.oneof(word, fc.array(textPart, { minLength: 1, maxLength: 3 })),
})
const user = fc.record(
  {
    role: fc.constant('user'),
    name,
    content: fc.oneof(
      word,
      fc.array(fc.oneof(textPart, imagePart, filePart, audioPart), { minLength: 1, maxLength: 4 }),
    ),
  },
  { requiredKeys: ['role', 'content'] },
)
const call = fc.oneof(
  fc.record({
    id: filled,
    type: fc.constant('function'),
    function: fc.record({ name, arguments: fc.json() }),
  }),
  fc.record({ id: filled, type: fc.constant('custom'), custom: fc.record({ name, input: word }) }),
)
/** What an answer said; an empty text beside other parts is not told apart from silence. */
const saidPart = fc.record({ type: fc.constant('text'), text: filled })
const answer = fc
  .record({
    role: fc.constant('assistant'),
    reasoning_content: fc.oneof(fc.constant(undefined), filled),
    content: fc.oneof(fc.constant(null), filled, fc.array(saidPart, { minLength: 1, maxLength: 2 })),
    refusal: fc.oneof(fc.constant(null), filled),
    tool_calls: fc.oneof(fc.constant(undefined), fc.array(call, { minLength: 1, maxLength: 3 })),
  })
  .filter(({ content, refusal, tool_calls }) => (content ?? refusal ?? tool_calls) !== undefined)
  .filter(({ content, refusal, tool_calls }) => content !== null || refusal !== null || tool_calls !== undefined)
const result = fc.record({
  role: fc.constant('tool'),
  tool_call_id: filled,
  content: fc.oneof(word, fc.array(textPart, { minLength: 1, maxLength: 2 })),
})

const schema = fc.constantFrom({ type: 'object', properties: { a: { type: 'string' } } }, {})
const tool = fc.oneof(
  fc.record({
    type: fc.constant('function'),
    function: fc.record(
      { name, description: word, parameters: schema, strict: fc.boolean() },
      { requiredKeys: ['name'] },
    ),
  }),
  fc.record({
    type: fc.constant('custom'),
    custom: fc.record({ name, description: word }, { requiredKeys: ['name'] }),
  }),
)
const nameOf = (given: { function?: { name: string }; custom?: { name: string } }): string =>
  given.function?.name ?? given.custom?.name ?? ''
const tools = fc.uniqueArray(tool, { selector: nameOf, minLength: 1, maxLength: 4 })

const optional = {
  stream: fc.boolean(),
  tools,
  tool_choice: fc.constantFrom('auto', 'none', 'required'),
  parallel_tool_calls: fc.boolean(),
  response_format: fc.constantFrom(
    { type: 'text' },
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: true } },
  ),
  max_tokens: fc.integer({ min: 1, max: 2 ** 31 }),
  max_completion_tokens: fc.integer({ min: 1, max: 2 ** 31 }),
  n: fc.integer({ min: 1, max: 128 }),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }),
  top_p: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.maxSafeInteger(),
  frequency_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
  stop: fc.oneof(filled, fc.array(filled, { maxLength: 4 })),
  logit_bias: fc.dictionary(fc.nat().map(String), fc.integer({ min: -100, max: 100 }), { maxKeys: 4 }),
  logprobs: fc.boolean(),
  reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
  service_tier: fc.constantFrom('auto', 'default', 'flex', 'priority'),
  user: word,
  store: fc.boolean(),
  metadata: fc.dictionary(name, word, { maxKeys: 3 }),
  prompt_cache_key: word,
}

const body = fc.record(
  {
    model: filled,
    messages: fc.array(fc.oneof(instructions, user, answer, result), { minLength: 1, maxLength: 5 }),
    ...optional,
  },
  { requiredKeys: ['model', 'messages'] },
)

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const read = (text: string): Request => openaiChat.readRequest(JSON.parse(text) as JsonObject, { operation: 'chat' })
const target = plainTarget({ reasoningField: 'reasoning_content' })

test('any conversation asks the same after its body was passed on', () => {
  fc.assert(
    fc.property(body, (given) => {
      const request = read(JSON.stringify(given))
      const again = read(openaiChat.writeRequest(request, target))
      assert.deepEqual(plain(again.chat), plain(request.chat))
      assert.equal(again.stream, request.stream)
    }),
    { numRuns: 400 },
  )
})

test('any conversation asks the same after it was written from neutral words', () => {
  fc.assert(
    fc.property(body, (given) => {
      const request = read(JSON.stringify(given))
      const again = read(openaiChat.writeRequest({ ...request, body: undefined }, target))
      assert.deepEqual(plain(again.chat), plain(request.chat))
      assert.equal(again.stream, request.stream)
    }),
    { numRuns: 400 },
  )
})
