import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { openaiResponses } from './index.ts'

const word = fc.string({ unit: 'grapheme', maxLength: 10 })
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'))

const textPart = fc.record({ type: fc.constant('input_text'), text: word })
const imagePart = fc.record(
  {
    type: fc.constant('input_image'),
    image_url: fc.oneof(
      fc.webUrl({ validSchemes: ['http', 'https'] }),
      base64.map((data) => `data:image/png;base64,${data}`),
    ),
    detail: fc.constantFrom('auto', 'low', 'high', 'original'),
  },
  { requiredKeys: ['type', 'image_url'] },
)
const filePart = fc.oneof(
  fc.record({ type: fc.constant('input_file'), file_id: filled }),
  fc.record({ type: fc.constant('input_file'), file_url: fc.webUrl({ validSchemes: ['http', 'https'] }) }),
  fc.record({
    type: fc.constant('input_file'),
    filename: filled,
    file_data: base64.map((data) => `data:application/pdf;base64,${data}`),
  }),
)
const content = fc.oneof(word, fc.array(fc.oneof(textPart, imagePart, filePart), { minLength: 1, maxLength: 3 }))

const item = fc.oneof(
  fc.record({
    role: fc.constantFrom('system', 'developer'),
    content: fc.oneof(word, fc.array(textPart, { minLength: 1, maxLength: 2 })),
  }),
  fc.record({ type: fc.constant('message'), role: fc.constant('user'), content }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('output_text'), text: word }),
        fc.record({ type: fc.constant('refusal'), refusal: word }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({ type: fc.constant('function_call'), call_id: filled, name, arguments: fc.json() }),
  fc.record({ type: fc.constant('custom_tool_call'), call_id: filled, name, input: word }),
  fc.record({ type: fc.constant('function_call_output'), call_id: filled, output: content }),
  fc.record({
    type: fc.constant('reasoning'),
    id: name,
    summary: fc.array(fc.record({ type: fc.constant('summary_text'), text: word }), { maxLength: 2 }),
    encrypted_content: fc.oneof(fc.constant(null), base64),
  }),
)

const tool = fc.oneof(
  fc.record(
    {
      type: fc.constant('function'),
      name,
      description: word,
      parameters: fc.constantFrom({ type: 'object', properties: { a: { type: 'string' } } }, {}),
      strict: fc.boolean(),
    },
    { requiredKeys: ['type', 'name'] },
  ),
  fc.record({ type: fc.constant('custom'), name, description: word }),
)

const body = fc.record(
  {
    model: filled,
    instructions: word,
    input: fc.oneof(word, fc.array(item, { minLength: 1, maxLength: 5 })),
    tools: fc.uniqueArray(tool, { maxLength: 3, selector: (each) => each.name }),
    tool_choice: fc.constantFrom('auto', 'none', 'required'),
    parallel_tool_calls: fc.boolean(),
    max_output_tokens: fc.integer({ min: 1, max: 1e6 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    top_logprobs: fc.integer({ min: 0, max: 20 }),
    include: fc.subarray(['message.output_text.logprobs', 'reasoning.encrypted_content']),
    reasoning: fc.record({ effort: fc.constantFrom('none', 'low', 'xhigh'), summary: fc.constantFrom('auto', null) }),
    text: fc.record({ format: fc.constantFrom({ type: 'text' }, { type: 'json_object' }) }),
    store: fc.boolean(),
    stream: fc.boolean(),
    user: word,
    metadata: fc.dictionary(name, word, { maxKeys: 2 }),
    service_tier: fc.constantFrom('auto', 'flex'),
    prompt_cache_key: word,
  },
  { requiredKeys: ['model', 'input'] },
)

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const read = (text: string): Request =>
  openaiResponses.readRequest(JSON.parse(text) as JsonObject, { operation: 'chat' })

describe('requests of this language', () => {
  test('ask the same after they were written, untouched or from neutral words', () => {
    fc.assert(
      fc.property(body, (given) => {
        const request = read(JSON.stringify(given))
        assert.deepEqual(request.untranslatable, [])
        const target = plainTarget()
        const passed = read(openaiResponses.writeRequest(request, target))
        const written = read(openaiResponses.writeRequest({ ...request, body: undefined }, target))
        assert.deepEqual(plain(passed.chat), plain(request.chat))
        assert.deepEqual(plain(written.chat), plain(request.chat))
        assert.deepEqual([passed.stream, written.stream], [request.stream, request.stream])
      }),
      { numRuns: 300 },
    )
  })
})

type Spoken = readonly Delta[]

const encrypted = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'))

const said = (block: number): fc.Arbitrary<Spoken> => {
  const place = { choice: 0, block }
  const pieces = fc.array(filled, { minLength: 1, maxLength: 3 })
  return fc.oneof(
    pieces.map((texts) => texts.map((text): Delta => ({ kind: 'text', ...place, text }))),
    pieces.map((texts) => texts.map((text): Delta => ({ kind: 'refusal', ...place, text }))),
    fc.tuple(fc.array(filled, { maxLength: 2 }), name, encrypted).map(
      ([texts, id, proof]): Spoken => [
        ...texts.map(
          (text, index): Delta => ({
            kind: 'reasoning',
            ...place,
            text,
            id: index === 0 ? id : undefined,
            origin: openaiResponses.name,
          }),
        ),
        {
          kind: 'reasoning',
          ...place,
          text: '',
          signature: `${id}.${proof}`,
          id: texts.length === 0 ? id : undefined,
          origin: openaiResponses.name,
        },
      ],
    ),
    fc.tuple(filled, name, fc.json(), fc.nat(9)).map(
      ([id, called, input, at]): Spoken => [
        { kind: 'tool_call', ...place, id, name: called, arguments: input.slice(0, at) },
        { kind: 'tool_call', ...place, arguments: input.slice(at) },
      ],
    ),
    fc.tuple(filled, name, filled).map(
      ([id, called, input]): Spoken => [
        { kind: 'tool_call', ...place, id, name: called, arguments: '', custom: true },
        { kind: 'tool_call', ...place, arguments: input, custom: true },
      ],
    ),
  )
}

const answer = fc
  .nat(4)
  .chain((last) => fc.tuple(...Array.from({ length: last + 1 }, (_, block) => said(block))))
  .map((blocks): Delta[] => {
    const spoken = blocks.flat()
    const calls = spoken.some(({ kind }) => kind === 'tool_call')
    const refuses = spoken.some(({ kind }) => kind === 'refusal')
    return [
      { kind: 'start', id: 'resp_1', model: 'gpt-6-luna', created: 1_795_000_000 },
      ...spoken,
      { kind: 'finish', choice: 0, reason: calls ? 'tool_calls' : refuses ? 'refusal' : 'stop' },
      { kind: 'end' },
    ]
  })

/** What is repeated of the request is no part of what was said. */
const meant = (deltas: readonly Delta[]): unknown => plain({ ...meaningOf(deltas), opaque: [] })

describe('answers in this language', () => {
  const write = (deltas: readonly Delta[], form: 'events' | 'whole'): Buffer => {
    const writer = openaiResponses.writer(form, plainRequest(openaiResponses.name, { stream: form === 'events' }))
    return Buffer.from(deltas.map((delta) => writer.write(delta)).join('') + writer.end())
  }

  test('mean the same after they were written, as events or whole', () => {
    fc.assert(
      fc.property(answer, (deltas) => {
        for (const form of ['events', 'whole'] as const)
          assert.deepEqual(meant(openaiResponses.reader(form)(write(deltas, form))), meant(deltas))
      }),
      { numRuns: 300 },
    )
  })

  test('mean the same when the pieces of their tool calls come by turns', () => {
    const call = (block: number, piece: string, named = false): Delta => ({
      kind: 'tool_call',
      choice: 0,
      block,
      arguments: piece,
      ...(named ? { id: `call_${block}`, name: 'f' } : {}),
    })
    const deltas: Delta[] = [
      { kind: 'start', id: 'resp_1', model: 'm' },
      call(0, '{"a":', true),
      call(1, '{"b"', true),
      call(0, '1}'),
      { kind: 'text', choice: 0, block: 2, text: 'Both.' },
      call(1, ':2}'),
      { kind: 'finish', choice: 0, reason: 'tool_calls' },
      { kind: 'end' },
    ]
    for (const form of ['events', 'whole'] as const)
      assert.deepEqual(meant(openaiResponses.reader(form)(write(deltas, form))), meant(deltas))
  })
})
