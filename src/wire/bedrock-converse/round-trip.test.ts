import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Completion } from '../../core/completion.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { bedrockConverse } from './index.ts'

const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `${text}.`)
const name = fc.stringMatching(/^[a-z_]{1,12}$/)
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)))
const object = fc.dictionary(name, json).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)
const base64 = fc.base64String({ minLength: 4 })

/** A block, and perhaps the mark behind it. */
const marked = (block: fc.Arbitrary<JsonObject>) =>
  fc
    .tuple(
      block,
      fc.constantFrom(
        undefined,
        undefined,
        { type: 'default' },
        { type: 'default', ttl: '5m' },
        { type: 'default', ttl: '1h' },
      ),
    )
    .map(([given, cachePoint]): JsonObject[] => (cachePoint ? [given, { cachePoint }] : [given]))

const text = words.map((said): JsonObject => ({ text: said }))
const image = fc
  .record({ format: fc.constantFrom('png', 'jpeg', 'gif', 'webp'), source: fc.record({ bytes: base64 }) })
  .map((given): JsonObject => ({ image: given }))
const document = fc
  .record({
    format: fc.constantFrom('pdf', 'csv', 'docx', 'md'),
    source: fc.oneof(fc.record({ bytes: base64 }), fc.record({ text: words })),
    context: maybe(words),
    citations: maybe(fc.record({ enabled: fc.boolean() })),
  })
  .map((given): JsonObject => ({ document: given }))
const audio = fc
  .record({ format: fc.constantFrom('mp3', 'wav', 'flac'), source: fc.record({ bytes: base64 }) })
  .map((given): JsonObject => ({ audio: given }))
const toolId = fc.stringMatching(/^tooluse_[A-Za-z0-9]{4,8}$/)
const toolUse = fc.record({ toolUseId: toolId, name, input: object }).map((given): JsonObject => ({ toolUse: given }))
const toolResult = fc
  .record({
    toolUseId: toolId,
    status: maybe(fc.constantFrom('success', 'error')),
    content: fc.array(
      fc.oneof(
        text,
        image,
        object.map((value): JsonObject => ({ json: value })),
      ),
      { maxLength: 3 },
    ),
  })
  .map((given): JsonObject => ({ toolResult: given }))
const reasoning = fc
  .oneof(
    fc.record({ reasoningText: fc.record({ text: fc.string(), signature: base64 }) }),
    fc.record({ redactedContent: base64 }),
  )
  .map((given): JsonObject => ({ reasoningContent: given }))

/** Documents of one request have names that differ. */
const numbered = (messages: { role: string; content: JsonObject[] }[]): JsonObject[] => {
  let count = 0
  const named = (block: JsonObject): JsonObject =>
    block.document ? { document: { ...(block.document as JsonObject), name: `Document ${++count}` } } : block
  return messages.map(({ role, content }) => ({ role, content: content.map(named) }))
}

const userContent = fc
  .tuple(
    fc.array(marked(toolResult), { maxLength: 2 }),
    fc.array(marked(fc.oneof(text, image, document, audio)), { minLength: 1, maxLength: 3 }),
  )
  .map((parts) => parts.flat(2))
const assistantContent = fc
  .tuple(
    fc.array(reasoning, { maxLength: 2 }),
    fc.array(marked(fc.oneof(text, toolUse)), { minLength: 1, maxLength: 3 }),
  )
  .map(([thoughts, said]) => [...thoughts, ...said.flat()])
const messages = fc
  .tuple(userContent, fc.array(fc.tuple(assistantContent, userContent), { maxLength: 3 }))
  .map(([first, turns]) =>
    numbered([
      { role: 'user', content: first },
      ...turns.flatMap(([answer, next]) => [
        { role: 'assistant', content: answer },
        { role: 'user', content: next },
      ]),
    ]),
  )

const tools = fc
  .uniqueArray(
    fc.record({
      name,
      description: maybe(words),
      inputSchema: object.map((more) => ({ json: { ...more, type: 'object' } })),
      strict: maybe(fc.boolean()),
    }),
    { minLength: 1, maxLength: 3, selector: (tool) => tool.name },
  )
  .chain((specs) => fc.tuple(...specs.map((toolSpec) => marked(fc.constant({ toolSpec } as unknown as JsonObject)))))
  .map((entries) => entries.flat())
const toolChoice = fc.oneof(
  fc.constant({ auto: {} }),
  fc.constant({ any: {} }),
  fc.record({ tool: fc.record({ name }) }),
)
/** Numbers that lose digits are refused in a schema as in a body. */
const safe = fc.dictionary(name, fc.oneof(words, fc.maxSafeInteger(), fc.boolean()))
const schema = safe.map((value) => ({
  type: 'json_schema',
  structure: { jsonSchema: { schema: JSON.stringify(value), name: 'answer', description: 'What is said.' } },
}))
const thinking = fc.oneof(
  fc.record({ type: fc.constant('enabled'), budget_tokens: fc.integer({ min: 1024, max: 2048 }) }),
  fc.record({ type: fc.constant('adaptive'), display: maybe(fc.constantFrom('summarized', 'omitted')) }),
  fc.record({ type: fc.constant('disabled') }),
)

const bodies = fc
  .record({
    messages,
    system: maybe(fc.array(marked(text), { minLength: 1, maxLength: 3 }).map((blocks) => blocks.flat())),
    inferenceConfig: maybe(
      fc.record({
        maxTokens: maybe(fc.integer({ min: 4096, max: 100_000 })),
        temperature: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
        topP: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
        stopSequences: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
      }),
    ),
    // A conversation with calls of tools must offer some.
    toolConfig: fc.record({ tools, toolChoice: maybe(toolChoice) }),
    outputConfig: maybe(
      fc.record({ effort: maybe(fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max')), textFormat: maybe(schema) }),
    ),
    additionalModelRequestFields: maybe(fc.record({ thinking: maybe(thinking), top_k: maybe(fc.nat(500)) })),
    serviceTier: maybe(fc.constantFrom('default', 'priority', 'flex', 'reserved').map((type) => ({ type }))),
    requestMetadata: maybe(fc.dictionary(name, fc.stringMatching(/^[a-z ]{1,20}$/), { minKeys: 1, maxKeys: 4 })),
  })
  .map((body) => JSON.parse(JSON.stringify(body)) as JsonObject)

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const target = plainTarget()
const door = { operation: 'chat', model: 'm', stream: true } as const

describe('any request to Bedrock', () => {
  test('asks the same after it was written from neutral words', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const request = bedrockConverse.readRequest(body, door)
        assert.deepEqual(request.untranslatable, [])
        const written = JSON.parse(bedrockConverse.writeRequest({ ...request, body: undefined }, target))
        assert.deepEqual(plain(bedrockConverse.readRequest(written, door).chat), plain(request.chat))
      }),
      { numRuns: 300 },
    )
  })

  test('passes with nothing changed', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const request = bedrockConverse.readRequest(body, door)
        assert.deepEqual(JSON.parse(bedrockConverse.writeRequest(request, target)), body)
      }),
      { numRuns: 100 },
    )
  })
})

const piecesOf = (said: string): string[] => [...said]

/** Texts, thoughts and tool calls whose pieces come in any order, as long as each has its own in order. */
const interleaved = fc
  .array(fc.oneof(fc.record({ text: words }), fc.record({ input: object }), fc.record({ thought: words })), {
    minLength: 1,
    maxLength: 5,
  })
  .chain((parts) => {
    const pieces = parts.map((part, block): Delta[] => {
      const at = { choice: 0, block } as const
      if ('text' in part) return piecesOf(part.text).map((piece) => ({ kind: 'text', ...at, text: piece }))
      if ('thought' in part)
        return piecesOf(part.thought).map((piece) => ({ kind: 'reasoning', ...at, text: piece, origin: 'other' }))
      const [first = '', ...rest] = JSON.stringify(part.input).match(/.{1,5}/gsu) ?? []
      const call = { kind: 'tool_call', ...at } as const
      return [
        { ...call, id: `call_${block}`, name: 'f', arguments: first },
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

const sorted = (said: string): string[] => [...said].sort()

describe('any answer of another language', () => {
  for (const form of ['events', 'whole'] as const) {
    test(`is told as one (${form}) whose texts, thoughts and tool calls are all there, whatever the order of their pieces`, () => {
      fc.assert(
        fc.property(interleaved, ({ parts, deltas }) => {
          const writer = bedrockConverse.writer(form, plainRequest('openai-chat'))
          const all: Delta[] = [
            { kind: 'start', id: 'x', model: 'y' },
            ...deltas,
            { kind: 'finish', choice: 0, reason: 'stop' },
          ]
          const told = all.map((delta) => writer.write(delta)).join('') + writer.end()
          const read = bedrockConverse.reader(form)(Buffer.from(told, form === 'events' ? 'latin1' : 'utf8'))
          const completion = new Completion()
          for (const delta of read) completion.see(delta)
          assert.equal(completion.missing(form === 'events'), undefined)
          const blocks = meaningOf(read).choices[0]?.blocks ?? []
          const of = (kind: string): string => blocks.map((block) => (block.kind === kind ? block.text : '')).join('')
          const calls = blocks
            .filter(({ kind }) => kind === 'tool_call')
            .map((each) => [each.facts.id, JSON.parse(each.text)])
          const asked = parts.flatMap((part, block) => ('input' in part ? [[`call_${block}`, part.input]] : []))
          assert.deepEqual(Object.fromEntries(calls), Object.fromEntries(asked))
          const said = (kind: Delta['kind']): string =>
            deltas.map((delta) => (delta.kind === kind && 'text' in delta ? delta.text : '')).join('')
          assert.deepEqual(sorted(of('text')), sorted(said('text')))
          assert.deepEqual(sorted(of('reasoning')), sorted(said('reasoning')))
        }),
        { numRuns: 200 },
      )
    })
  }
})
