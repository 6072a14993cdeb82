import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { noChat, type Request } from '../../core/request.ts'
import { base64Of } from '../../core/vector.ts'
import { mutantsOf } from '../../testing/mutants.ts'
import { plainTarget } from '../../testing/wire-suite.ts'
import { geminiBatchEmbedContents, geminiEmbedContent, geminiVectorsFor } from '../gemini-vectors.ts'

const door = { operation: 'embed', model: 'm' } as const
const content = (...texts: readonly string[]): JsonObject => ({ parts: texts.map((text) => ({ text })) })
const one = (more: JsonObject = {}): Request =>
  geminiEmbedContent.readRequest({ content: content('Hello'), ...more }, door)
const several = (requests: readonly JsonObject[]): Request => geminiBatchEmbedContents.readRequest({ requests }, door)
const target = plainTarget()

const refused: readonly (readonly [string, () => Request, string])[] = [
  ['no content', () => one({ content: null }), 'content'],
  ['no parts', () => one({ content: {} }), 'content.parts'],
  ['a part that is a string', () => one({ content: { parts: ['x'] } }), 'content.parts[0]'],
  ['a text that is a number', () => one({ content: { parts: [{ text: 1 }] } }), 'content.parts[0].text'],
  ['dimensions of nought', () => one({ outputDimensionality: 0 }), 'outputDimensionality'],
  ['a task that is a number', () => one({ task_type: 4 }), 'taskType'],
  ['a field in both spellings', () => one({ taskType: 'A', task_type: 'B' }), 'task_type'],
  ['no requests', () => several([]), 'requests'],
  ['a request without content', () => several([{ content: content('a') }, {}]), 'requests[1].content'],
  ['the override base_url', () => one({ base_url: 'http://169.254.169.254' }), 'base_url'],
]

describe("a request in Gemini's words is refused, with the place of the mistake, for", () => {
  for (const [what, read, param] of refused) {
    test(what, () => {
      assert.throws(read, (thrown) => thrown instanceof GatewayError && thrown.details.param === param)
    })
  }
})

describe("a request for vectors in Gemini's words", () => {
  test('passes as it came but for the name of the model, where the body has it too', () => {
    const body = { model: 'models/public', content: content('a'), taskType: 'CLUSTERING', futureField: 1 }
    const sent = JSON.parse(geminiEmbedContent.writeRequest(one(body), target))
    assert.deepEqual(sent, { ...body, model: 'models/model-1' })
    const batch = JSON.parse(geminiBatchEmbedContents.writeRequest(several([body, { content: content('b') }]), target))
    assert.deepEqual(batch, { requests: [sent, { content: content('b') }] })
  })

  test('asks the same when it is written from neutral words', () => {
    const asked = fc.record(
      {
        content: fc.string().map((text) => content(text)),
        taskType: fc.constantFrom('RETRIEVAL_QUERY', 'CLUSTERING'),
        title: fc.string({ minLength: 1 }),
        outputDimensionality: fc.integer({ min: 1, max: 3_072 }),
      },
      { requiredKeys: ['content'] },
    )
    fc.assert(
      fc.property(asked, fc.array(fc.string(), { minLength: 1 }), (first, texts) => {
        const requests = texts.map((text): JsonObject => ({ ...first, content: content(text) }))
        const request = several(requests)
        const sent = geminiBatchEmbedContents.writeRequest({ ...request, body: undefined, wire: 'another' }, target)
        assert.deepEqual(geminiBatchEmbedContents.readRequest(JSON.parse(sent), door).embed, request.embed)
      }),
    )
  })

  test('takes both spellings, and a task that is none for no task', () => {
    const { embed } = one({ task_type: 'CLUSTERING', output_dimensionality: 8 })
    assert.deepEqual([embed?.task, embed?.dimensions], ['CLUSTERING', 8])
    assert.equal(one({ taskType: 'TASK_TYPE_UNSPECIFIED' }).embed?.task, undefined)
  })

  test('names what only this language can say', () => {
    assert.deepEqual(one({ content: content('a', 'b') }).untranslatable, ['content.parts[1]'])
    assert.deepEqual(one({ embedContentConfig: {} }).untranslatable, ['embedContentConfig'])
    const differing = several([{ content: content('a'), taskType: 'CLUSTERING' }, { content: content('b') }])
    assert.deepEqual(differing.untranslatable, ['requests[1].taskType'])
    const picture = one({ content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }] } })
    assert.deepEqual([picture.untranslatable, picture.embed?.unsized], [['content.parts[0]'], 'content.parts[0]'])
  })

  test('cannot be sent where it asks for tokens to be embedded, and says so', () => {
    const request: Request = {
      ...one(),
      wire: 'openai-embeddings',
      chat: noChat,
      embed: { inputs: [{ kind: 'tokens', tokens: [1] }] },
    }
    assert.throws(() => geminiVectorsFor(request).writeRequest(request, target), {
      details: { outcome: 'incapable', param: 'input as tokens' },
    })
  })

  test('goes to the same verb, and from other languages to the one that fits', () => {
    const foreign = (request: Request): Request => ({ ...request, wire: 'openai-embeddings' })
    const both = several([{ content: content('a') }, { content: content('b') }])
    assert.equal(geminiVectorsFor(one()), geminiEmbedContent)
    assert.equal(geminiVectorsFor(several([{ content: content('a') }])), geminiBatchEmbedContents)
    assert.equal(geminiVectorsFor(foreign(one())), geminiEmbedContent)
    assert.equal(geminiVectorsFor(foreign(both)), geminiBatchEmbedContents)
  })

  test('with any one place changed is taken or refused as invalid, and what is taken can be written', () => {
    const body = { requests: [{ model: 'models/a', content: content('a'), outputDimensionality: 2 }] }
    for (const mutant of mutantsOf(body)) {
      let taken: Request
      try {
        taken = geminiBatchEmbedContents.readRequest(mutant as JsonObject, door)
      } catch (thrown) {
        assert.ok(thrown instanceof GatewayError && thrown.code === 'invalid_request', String(thrown))
        continue
      }
      JSON.parse(geminiBatchEmbedContents.writeRequest(taken, target))
    }
  })
})

const answer = {
  embeddings: [{ values: [1, 0] }, { values: [0.25, -0.5] }],
  usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
}
const batchRequest = several([{ content: content('a') }, { content: content('b') }])
const read = (value: unknown): readonly Delta[] =>
  geminiBatchEmbedContents.reader('whole')(Buffer.from(JSON.stringify(value)))
const written = (deltas: readonly Delta[], request = batchRequest): JsonObject => {
  const writer = geminiBatchEmbedContents.writer('whole', request)
  return JSON.parse(deltas.map((delta) => writer.write(delta)).join('') + writer.end())
}

describe("an answer of vectors in Gemini's words", () => {
  test('means the same after it was read and written', () => {
    assert.deepEqual(written(read(answer)), answer)
    const single = { embedding: { values: [1, 2] } }
    const writer = geminiEmbedContent.writer('whole', one())
    for (const delta of geminiEmbedContent.reader('whole')(Buffer.from(JSON.stringify(single)))) writer.write(delta)
    assert.deepEqual(JSON.parse(writer.end()), single)
  })

  test('has numbers even where they came in base64', () => {
    const packed: Delta = { kind: 'vector', index: 0, vector: base64Of([0.5]) }
    assert.deepEqual(written([packed], several([{ content: content('a') }])), { embeddings: [{ values: [0.5] }] })
  })

  test('tells sound apart, and knows nothing of what pictures cost', () => {
    const usageOf = (modality: string) => {
      const promptTokensDetails = [{ modality, tokenCount: 4 }]
      const found = read({ ...answer, usageMetadata: { promptTokenCount: 5, promptTokensDetails } })
      return found.find((delta) => delta.kind === 'usage')?.usage
    }
    assert.equal(usageOf('TEXT')?.input, 5)
    assert.deepEqual([usageOf('AUDIO')?.input, usageOf('AUDIO')?.audioInput], [1, 4])
    assert.equal(usageOf('IMAGE'), undefined)
    assert.equal(
      read({ ...answer, usageMetadata: undefined }).some(({ kind }) => kind === 'usage'),
      false,
    )
  })

  test('is no success when a vector is missing', () => {
    assert.throws(() => written(read({ embeddings: [{ values: [1] }] })), { code: 'upstream_garbled' })
  })

  test('tells a failure that came with a status of success', () => {
    const failing = read({ error: { code: 429, message: 'Too much.', status: 'RESOURCE_EXHAUSTED' } })
    assert.deepEqual(
      failing.map(({ kind }) => kind),
      ['failure'],
    )
  })

  test('is malformed when it is cut at any byte, and never breaks its reader otherwise', () => {
    const bytes = Buffer.from(JSON.stringify(answer))
    for (let cut = 0; cut < bytes.length; cut++) {
      assert.throws(() => geminiBatchEmbedContents.reader('whole')(bytes.subarray(0, cut)), {
        code: 'upstream_garbled',
      })
    }
    for (const mutant of mutantsOf(answer)) {
      try {
        read(mutant)
      } catch (thrown) {
        assert.ok(thrown instanceof GatewayError && thrown.details.outcome === 'malformed', String(thrown))
      }
    }
  })
})
