import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Completion } from '../../core/completion.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { anthropicMessages } from './index.ts'

const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `${text}.`)
const name = fc.stringMatching(/^[a-z_]{1,12}$/)
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const cache = maybe(
  fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '5m' }, { type: 'ephemeral', ttl: '1h' }),
)
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)))
const object = fc.dictionary(name, json).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)

const block = (type: string, fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ type: fc.constant(type), cache_control: cache, ...fields })

const text = block('text', { text: words })
const reference = fc.oneof(
  fc.record({ type: fc.constant('url'), url: fc.webUrl() }),
  fc.record({ type: fc.constant('file'), file_id: name }),
)
const data = (type: string) =>
  fc.record({ type: fc.constant('base64'), media_type: fc.constant(type), data: fc.base64String({ minLength: 4 }) })
const image = block('image', { source: fc.oneof(reference, data('image/png'), data('image/webp')) })
const plainText = fc.record({ type: fc.constant('text'), media_type: fc.constant('text/plain'), data: words })
const document = block('document', {
  source: fc.oneof(reference, data('application/pdf'), plainText),
  title: maybe(words),
  context: maybe(words),
  citations: maybe(fc.record({ enabled: fc.boolean() })),
})
const toolId = fc.stringMatching(/^toolu_[A-Za-z0-9]{4,8}$/)
const toolUse = block('tool_use', { id: toolId, name, input: object })
const toolResult = block('tool_result', {
  tool_use_id: toolId,
  is_error: maybe(fc.boolean()),
  content: maybe(fc.oneof(words, fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 3 }))),
})
const thinking = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: fc.string(), signature: fc.base64String({ minLength: 4 }) }),
  fc.record({ type: fc.constant('redacted_thinking'), data: fc.base64String({ minLength: 4 }) }),
)

const userContent = fc.oneof(
  words,
  fc
    .tuple(
      fc.array(toolResult, { maxLength: 2 }),
      fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 3 }),
    )
    .map(([results, said]) => [...results, ...said]),
)
const assistantContent = fc.oneof(
  words,
  fc
    .tuple(fc.array(thinking, { maxLength: 2 }), fc.array(fc.oneof(text, toolUse), { minLength: 1, maxLength: 3 }))
    .map((parts) => parts.flat()),
)
const messages = fc
  .tuple(userContent, fc.array(fc.tuple(assistantContent, userContent), { maxLength: 3 }))
  .map(([first, turns]) => [
    { role: 'user', content: first },
    ...turns.flatMap(([answer, next]) => [
      { role: 'assistant', content: answer },
      { role: 'user', content: next },
    ]),
  ])

const tools = fc.uniqueArray(
  fc.record({
    name,
    description: maybe(words),
    input_schema: object.map((more) => ({ ...more, type: 'object' })),
    strict: maybe(fc.boolean()),
    cache_control: cache,
  }),
  { minLength: 1, maxLength: 3, selector: (tool) => tool.name },
)
const toolChoice = fc.oneof(
  fc.record({ type: fc.constantFrom('auto', 'any'), disable_parallel_tool_use: maybe(fc.boolean()) }),
  fc.record({ type: fc.constant('tool'), name, disable_parallel_tool_use: maybe(fc.boolean()) }),
  fc.constant({ type: 'none' }),
)
const howToThink = fc.oneof(
  fc.record({ type: fc.constant('adaptive'), display: maybe(fc.constantFrom('summarized', 'omitted')) }),
  fc.record({ type: fc.constant('disabled') }),
)

const bodies = fc
  .record({
    model: name,
    max_tokens: fc.integer({ min: 1, max: 100_000 }),
    messages,
    system: maybe(fc.oneof(words, fc.array(text, { minLength: 1, maxLength: 3 }))),
    using: maybe(fc.record({ tools, tool_choice: maybe(toolChoice) })),
    thinking: maybe(howToThink),
    output_config: maybe(
      fc.record({
        effort: maybe(fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max')),
        format: maybe(fc.record({ type: fc.constant('json_schema'), schema: object })),
      }),
    ),
    temperature: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
    top_p: maybe(fc.double({ min: 0, max: 0.99, noNaN: true })),
    top_k: maybe(fc.nat(500)),
    stop_sequences: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
    stream: maybe(fc.boolean()),
    metadata: maybe(fc.record({ user_id: words })),
    service_tier: maybe(fc.constantFrom('auto', 'standard_only')),
    cache_control: cache,
  })
  .map(({ using, ...body }) => JSON.parse(JSON.stringify({ ...body, ...using })) as JsonObject)

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const target = plainTarget()

describe('any request', () => {
  test('asks the same after it was written from neutral words', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const request = anthropicMessages.readRequest(body, { operation: 'chat' })
        assert.deepEqual(request.untranslatable, [])
        const written = JSON.parse(anthropicMessages.writeRequest({ ...request, body: undefined }, target))
        const again = anthropicMessages.readRequest(written, { operation: 'chat' })
        assert.deepEqual(plain(again.chat), plain(request.chat))
        assert.equal(again.stream, request.stream)
      }),
      { numRuns: 300 },
    )
  })

  test('passes with nothing but its model changed', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const request = anthropicMessages.readRequest(body, { operation: 'chat' })
        assert.deepEqual(JSON.parse(anthropicMessages.writeRequest(request, target)), { ...body, model: target.model })
      }),
      { numRuns: 100 },
    )
  })
})

/** Tool calls and texts whose pieces come in any order, as long as each has its own in order. */
const interleaved = fc
  .array(fc.oneof(fc.record({ text: words }), fc.record({ input: object })), { minLength: 1, maxLength: 5 })
  .chain((parts) => {
    const pieces = parts.map((part, number): Delta[] => {
      if ('text' in part)
        return [...part.text].map((piece) => ({ kind: 'text', choice: 0, block: number, text: piece }))
      const input = JSON.stringify(part.input)
      const call = { kind: 'tool_call', choice: 0, block: number } as const
      const [first, ...rest] = input.match(/.{1,5}/gsu) ?? []
      return [
        { ...call, id: `toolu_${number}`, name: 'f', arguments: first ?? '' },
        ...rest.map((piece) => ({ ...call, arguments: piece })),
      ]
    })
    return fc.infiniteStream(fc.nat()).map((order) => ({ parts, deltas: shuffle(pieces, order) }))
  })

const shuffle = (pieces: readonly (readonly Delta[])[], order: Iterator<number>): Delta[] => {
  const rest = pieces.map((list) => [...list])
  const shuffled: Delta[] = []
  while (rest.some((list) => list.length > 0)) {
    const filled = rest.filter((list) => list.length > 0)
    const next = filled[order.next().value % filled.length]?.shift()
    if (next) shuffled.push(next)
  }
  return shuffled
}

describe('any answer of another language', () => {
  test('is told as one whose texts and tool calls are all there, whatever the order of their pieces', () => {
    fc.assert(
      fc.property(interleaved, ({ parts, deltas }) => {
        const writer = anthropicMessages.writer('events', plainRequest('anthropic-messages'))
        const all: Delta[] = [
          { kind: 'start', id: 'x', model: 'y' },
          ...deltas,
          { kind: 'finish', choice: 0, reason: 'stop' },
        ]
        const told = all.map((delta) => writer.write(delta)).join('') + writer.end()
        const inputs = new Map<string, string>()
        const completion = new Completion()
        let said = ''
        let current = ''
        for (const delta of anthropicMessages.reader('events')(Buffer.from(told))) {
          completion.see(delta)
          if (delta.kind === 'text') said += delta.text
          if (delta.kind !== 'tool_call') continue
          current = delta.id ?? current
          inputs.set(current, (inputs.get(current) ?? '') + delta.arguments)
        }
        assert.equal(completion.missing(true), undefined)
        const calls = parts.flatMap((part, number) => ('input' in part ? [[`toolu_${number}`, part.input]] : []))
        assert.deepEqual(
          Object.fromEntries([...inputs].map(([id, input]) => [id, JSON.parse(input)])),
          Object.fromEntries(calls),
        )
        const texts = deltas.map((delta) => (delta.kind === 'text' ? delta.text : '')).join('')
        assert.deepEqual([...said].sort(), [...texts].sort())
      }),
      { numRuns: 300 },
    )
  })
})
