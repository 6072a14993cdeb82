import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Completion } from '../../core/completion.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { readStreams } from '../../testing/samples.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { EventSplitter } from '../sse.ts'
import { gemini } from './index.ts'

const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `${text}.`)
const name = fc.stringMatching(/^[a-z_]{1,12}$/)
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)))
const object = fc.dictionary(name, json).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)
const base64 = fc.base64String({ minLength: 4 })

const text = fc.record({ text: words })
const media = fc.constantFrom('image/png', 'image/webp', 'application/pdf', 'audio/mp3', 'text/plain')
const inline = fc.record({ mimeType: media, data: base64 }).map((inlineData) => ({ inlineData }))
const kept = fc.constantFrom('https://generativelanguage.googleapis.com/v1beta/files/a1', 'gs://bucket/a.pdf')
const file = fc.record({ fileUri: fc.oneof(kept, fc.webUrl()), mimeType: media }).map((fileData) => ({ fileData }))
const result = fc.record({
  name,
  response: fc.oneof(
    object,
    words.map((output) => ({ output })),
    words.map((error) => ({ error })),
  ),
})

const thought = fc.record({ text: words, thought: fc.constant(true), thoughtSignature: maybe(base64) })
/** A proof stands on calls, as Gemini gives it: on the first of several. */
const calls = fc
  .tuple(maybe(base64), fc.array(fc.record({ name, args: object, id: maybe(name) }), { minLength: 1, maxLength: 3 }))
  .map(([proof, made]) =>
    made.map((functionCall, index) => ({
      functionCall,
      ...(index === 0 && proof !== undefined && { thoughtSignature: proof }),
    })),
  )

/** An answer with calls, and the results of all of them. */
const step = fc
  .tuple(
    fc.array(thought, { maxLength: 1 }),
    fc.array(text, { maxLength: 1 }),
    calls,
    fc.array(result, { minLength: 3, maxLength: 3 }),
  )
  .map(([thoughts, texts, made, given]) => [
    { role: 'model', parts: [...thoughts, ...texts, ...made] },
    {
      role: 'user',
      parts: made.map(({ functionCall }, index) => ({
        functionResponse: {
          ...given[index],
          name: functionCall.name,
          ...(functionCall.id !== undefined && { id: functionCall.id }),
        },
      })),
    },
  ])
const said = fc.tuple(fc.array(thought, { maxLength: 1 }), text, maybe(base64)).map(([thoughts, part, proof]) => [
  { role: 'model', parts: [...thoughts, proof === undefined ? part : { ...part, thoughtSignature: proof }] },
  { role: 'user', parts: [{ text: 'Go on.' }] },
])
const asked = fc
  .array(fc.oneof(text, inline, file), { minLength: 1, maxLength: 3 })
  .map((parts) => ({ role: 'user', parts }))
const contents = fc
  .tuple(asked, fc.array(fc.oneof(step, said), { maxLength: 3 }))
  .map(([first, turns]) => [first, ...turns.flat()])
  // Two calls of one id would be one.
  .filter((turns) => {
    const ids = JSON.stringify(turns).match(/"functionCall":\{[^{]*\{.*?\},"id":"(\w+)"/g) ?? []
    return new Set(ids).size === ids.length
  })

const declaration = fc.record({ name, description: maybe(words), parametersJsonSchema: maybe(object) })
const tools = fc
  .uniqueArray(declaration, { minLength: 1, maxLength: 3, selector: (tool) => tool.name })
  .map((functionDeclarations) => [{ functionDeclarations }])
const calling = fc.oneof(
  fc.record({ mode: fc.constantFrom('AUTO', 'NONE', 'ANY', 'VALIDATED') }),
  fc.record({
    mode: fc.constantFrom('ANY', 'VALIDATED'),
    allowedFunctionNames: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  }),
)
const thinking = fc.oneof(
  fc.record({ thinkingBudget: fc.constantFrom(-1, 0, 512), includeThoughts: maybe(fc.boolean()) }),
  fc.record({
    thinkingLevel: fc.constantFrom('MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'XHIGH'),
    includeThoughts: maybe(fc.boolean()),
  }),
)
const format = fc.oneof(
  fc.record({ responseMimeType: fc.constantFrom('application/json', 'text/plain') }),
  fc.record({ responseMimeType: fc.constant('application/json'), responseJsonSchema: object }),
)
const config = fc
  .tuple(
    fc.record({
      temperature: maybe(fc.double({ min: 0, max: 2, noNaN: true })),
      topP: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
      topK: maybe(fc.nat(500)),
      candidateCount: maybe(fc.integer({ min: 1, max: 8 })),
      maxOutputTokens: maybe(fc.integer({ min: 1, max: 100_000 })),
      stopSequences: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
      presencePenalty: maybe(fc.double({ min: -2, max: 2, noNaN: true })),
      seed: maybe(fc.integer()),
      responseModalities: maybe(fc.constantFrom(['TEXT'], ['TEXT', 'IMAGE'], ['AUDIO'])),
      thinkingConfig: maybe(thinking),
    }),
    maybe(format),
  )
  .map(([settings, more]) => ({ ...settings, ...more }))

const bodies = fc
  .record({
    contents,
    systemInstruction: maybe(fc.array(text, { minLength: 1, maxLength: 2 }).map((parts) => ({ parts }))),
    using: maybe(
      fc.record({ tools, toolConfig: maybe(calling.map((functionCallingConfig) => ({ functionCallingConfig }))) }),
    ),
    generationConfig: maybe(config),
    serviceTier: maybe(fc.constantFrom('standard', 'flex', 'priority')),
  })
  .map(({ using, ...body }) => JSON.parse(JSON.stringify({ ...body, ...using })) as JsonObject)

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const target = plainTarget()
const door = { operation: 'chat', model: 'm', stream: true } as const

describe('any request', () => {
  test('asks the same after it was written from neutral words', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const request = gemini.readRequest(body, door)
        assert.deepEqual(request.untranslatable, [])
        const written = JSON.parse(gemini.writeRequest({ ...request, body: undefined }, target))
        assert.deepEqual(plain(gemini.readRequest(written, door).chat), plain(request.chat))
      }),
      { numRuns: 300 },
    )
  })

  test('passes as it came', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        assert.deepEqual(JSON.parse(gemini.writeRequest(gemini.readRequest(body, door), target)), body)
      }),
      { numRuns: 100 },
    )
  })
})

/** Texts and calls whose pieces come in any order, as long as each has its own in order. */
const interleaved = fc
  .array(fc.oneof(fc.record({ text: words }), fc.record({ input: object })), { minLength: 1, maxLength: 5 })
  .chain((parts) => {
    const pieces = parts.map((part, block): Delta[] => {
      if ('text' in part) return [{ kind: 'text', choice: 0, block, text: part.text }]
      const call = { kind: 'tool_call', choice: 0, block } as const
      const [first, ...rest] = JSON.stringify(part.input).match(/.{1,5}/gsu) ?? []
      return [
        { ...call, id: `call_${block}`, name: 'f', arguments: first ?? '' },
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
  for (const form of ['events', 'whole'] as const) {
    test(`is told in ${form} whose texts and calls are all there, whatever the order of their pieces`, () => {
      fc.assert(
        fc.property(interleaved, ({ parts, deltas }) => {
          const writer = gemini.writer(form, plainRequest('gemini'))
          const all: Delta[] = [
            { kind: 'start', id: 'x', model: 'y' },
            ...deltas,
            { kind: 'finish', choice: 0, reason: 'stop' },
          ]
          const told = all.map((delta) => writer.write(delta)).join('') + writer.end()
          const completion = new Completion()
          const inputs: Record<string, unknown> = {}
          let heard = ''
          for (const delta of gemini.reader(form)(Buffer.from(told))) {
            completion.see(delta)
            if (delta.kind === 'text') heard += delta.text
            if (delta.kind === 'tool_call') inputs[delta.id ?? ''] = JSON.parse(delta.arguments)
          }
          assert.equal(completion.missing(false), undefined)
          const made = parts.flatMap((part, block) => ('input' in part ? [[`call_${block}`, part.input]] : []))
          assert.deepEqual(inputs, Object.fromEntries(made))
          const texts = parts.map((part) => ('text' in part ? part.text : '')).join('')
          assert.deepEqual([...heard].sort(), [...texts].sort())
        }),
        { numRuns: 200 },
      )
    })
  }
})

describe('any stream', () => {
  for (const { name: sample, bytes } of readStreams(new URL('./fixtures/streams/', import.meta.url))) {
    test(`${sample} means the same split at every byte`, () => {
      const whole = meaningOf(gemini.reader('events')(bytes))
      for (let at = 1; at < bytes.length; at++) {
        const splitter = new EventSplitter()
        const pieces = [bytes.subarray(0, at), bytes.subarray(at)].map((part) => splitter.push(part))
        const reader = gemini.reader('events')
        const deltas = pieces.flatMap((piece) => (piece ? [...reader(piece)] : []))
        const again = meaningOf(deltas)
        assert.deepEqual(plain(again), plain(whole), `split at ${at}`)
        assert.equal(splitter.waiting, 0)
      }
    })
  }
})
