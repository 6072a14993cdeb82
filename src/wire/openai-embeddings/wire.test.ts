import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { base64Of, numbersOf } from '../../core/vector.ts'
import { mutantsOf } from '../../testing/mutants.ts'
import { plainTarget } from '../../testing/wire-suite.ts'
import { openaiEmbeddings, openaiEmbeddingsInNumbers } from './index.ts'

const read = (more: JsonObject): Request =>
  openaiEmbeddings.readRequest({ model: 'm', input: 'Hello', ...more }, { operation: 'embed' })
const target = plainTarget()
const written = (request: Request): JsonObject => JSON.parse(openaiEmbeddings.writeRequest(request, target))
const fromWords = (request: Request): JsonObject => written({ ...request, body: undefined, wire: 'another' })

const body = {
  object: 'list',
  data: [
    { object: 'embedding', index: 1, embedding: [0.25, -0.5] },
    { object: 'embedding', index: 0, embedding: [1, 0] },
  ],
  model: 'text-embedding-3-small',
  usage: { prompt_tokens: 5, total_tokens: 5 },
}
const deltasOf = (value: unknown): readonly Delta[] =>
  openaiEmbeddings.reader('whole')(Buffer.from(JSON.stringify(value)))
const rewritten = (deltas: readonly Delta[], request: Request): JsonObject => {
  const writer = openaiEmbeddings.writer('whole', request)
  return JSON.parse(deltas.map((delta) => writer.write(delta)).join('') + writer.end())
}

const refused: readonly (readonly [string, JsonObject, string])[] = [
  ['no model', { model: null }, 'model'],
  ['a model name of 257 characters', { model: 'x'.repeat(257) }, 'model'],
  ['no input', { input: null }, 'input'],
  ['an empty list', { input: [] }, 'input'],
  ['an input that is an object', { input: {} }, 'input'],
  ['an input in the list that is a number', { input: ['a', 4] }, 'input[1]'],
  ['a token that is not whole', { input: [1, 0.5] }, 'input[1]'],
  ['a token below nought', { input: [[1], [-1]] }, 'input[1][0]'],
  ['an empty list of tokens', { input: [[1], []] }, 'input[1]'],
  ['more than 2,048 inputs', { input: Array.from({ length: 2_049 }, () => 'a') }, 'input'],
  ['no dimensions at all', { dimensions: 0 }, 'dimensions'],
  ['another encoding', { encoding_format: 'int8' }, 'encoding_format'],
  ['a user that is a number', { user: 4 }, 'user'],
  ['the override api_base', { api_base: 'http://169.254.169.254' }, 'api_base'],
]

describe('a request for vectors is refused, with the place of the mistake, for', () => {
  for (const [what, more, param] of refused) {
    test(what, () => {
      assert.throws(
        () => read(more),
        (thrown) => thrown instanceof GatewayError && thrown.status === 400 && thrown.details.param === param,
      )
    })
  }
})

describe('a request for vectors', () => {
  test('passes as it came but for the name of the model, with fields that are not known', () => {
    const given = { input: [[1, 2], [3]], encoding_format: 'base64', dimensions: 8, user: 'u', truncate: 'END' }
    assert.deepEqual(written(read(given)), { model: target.model, ...given })
    assert.deepEqual(read(given).untranslatable, ['truncate'])
  })

  test('asks the same when it is written from neutral words', () => {
    const anyInput = fc.oneof(
      fc.string(),
      fc.array(fc.nat(100_000), { minLength: 1 }),
      fc.array(fc.string(), { minLength: 2 }),
      fc.array(fc.array(fc.nat(), { minLength: 1 }), { minLength: 2 }),
    )
    const extras = fc.record(
      {
        dimensions: fc.integer({ min: 1, max: 4_096 }),
        encoding_format: fc.constantFrom('float', 'base64'),
        user: fc.string(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anyInput, extras, (input, more) => {
        const given = { input, ...more }
        assert.deepEqual(fromWords(read(given)), { model: target.model, ...given })
      }),
    )
  })

  test('goes to no target that cannot say what it asks, and says what that is', () => {
    const incapable = (request: Request, quirks = {}) => {
      let error: unknown
      assert.throws(
        () => openaiEmbeddings.writeRequest(request, plainTarget(quirks)),
        (thrown) => {
          error = thrown
          return thrown instanceof GatewayError && thrown.details.outcome === 'incapable'
        },
      )
      return (error as GatewayError).details.param
    }
    const plain = read({})
    const task = { ...plain, body: undefined, embed: { inputs: [], task: 'CLUSTERING' } }
    assert.equal(incapable(task), 'taskType')
    assert.equal(incapable({ ...task, embed: { inputs: [], title: 'A book' } }), 'title')
    assert.equal(incapable({ ...plain, wire: 'another', untranslatable: ['content.parts[1]'] }), 'content.parts[1]')
    assert.equal(incapable(read({ dimensions: 8 }), { refuses: ['dimensions', 'user'] }), 'dimensions')
  })

  test('leaves a hint out where a target does not take it', () => {
    const sent = openaiEmbeddings.writeRequest(read({ user: 'u' }), plainTarget({ refuses: ['user'] }))
    assert.deepEqual(JSON.parse(sent), { model: target.model, input: 'Hello' })
  })

  test('does not ask for an encoding where a provider answers in numbers alone', () => {
    const sent = openaiEmbeddingsInNumbers.writeRequest(read({ encoding_format: 'base64' }), target)
    assert.deepEqual(JSON.parse(sent), { model: target.model, input: 'Hello' })
  })

  test('with any one place changed is taken or refused as invalid, and what is taken can be written', () => {
    for (const mutant of mutantsOf({ model: 'm', input: ['a', [1]], dimensions: 2, encoding_format: 'float' })) {
      let taken: Request
      try {
        taken = openaiEmbeddings.readRequest(mutant as JsonObject, { operation: 'embed' })
      } catch (thrown) {
        assert.ok(thrown instanceof GatewayError && thrown.code === 'invalid_request', String(thrown))
        continue
      }
      JSON.parse(openaiEmbeddings.writeRequest(taken, target))
    }
  })
})

describe('an answer of vectors', () => {
  test('is written in the order of the inputs, with its usage', () => {
    assert.deepEqual(rewritten(deltasOf(body), read({ input: ['a', 'b'] })), {
      ...body,
      data: [...body.data].reverse(),
    })
  })

  test('is written in base64 for whoever asks for it, and read from it', () => {
    const request = read({ input: ['a', 'b'], encoding_format: 'base64' })
    const packed = rewritten(deltasOf(body), request)
    assert.deepEqual(
      (packed.data as readonly JsonObject[]).map(({ embedding }) => embedding),
      [base64Of([1, 0]), base64Of([0.25, -0.5])],
    )
    assert.deepEqual(rewritten(deltasOf(packed), read({ input: ['a', 'b'] })).data, [...body.data].reverse())
    const [, first] = deltasOf(packed)
    assert.ok(first?.kind === 'vector')
    assert.deepEqual(numbersOf(first.vector), [1, 0])
  })

  test('takes the total for the usage where nothing else is told, and says nothing where nothing is', () => {
    const usageOf = (usage: JsonValue) => deltasOf({ ...body, usage }).find((delta) => delta.kind === 'usage')?.usage
    assert.equal(usageOf({ total_tokens: 7 })?.input, 7)
    assert.equal(usageOf({ prompt_tokens: 7, total_tokens: 7, cost: 0.5 })?.statedNanos, 500_000_000)
    for (const nothing of [null, {}, { prompt_tokens: -1 }, { prompt_tokens: '4' }])
      assert.equal(usageOf(nothing), undefined)
    assert.equal('usage' in rewritten(deltasOf({ ...body, usage: null }), read({ input: ['a', 'b'] })), false)
  })

  test('is no success when a vector is missing, doubled or of another input', () => {
    for (const data of [
      body.data.slice(1),
      [body.data[0], body.data[0]],
      [...body.data, { index: 2, embedding: [1] }],
    ]) {
      assert.throws(() => rewritten(deltasOf({ ...body, data }), read({ input: ['a', 'b'] })), {
        code: 'upstream_garbled',
      })
    }
  })

  test('tells a failure that came with a status of success', () => {
    for (const error of [{ message: 'Too much.', code: 429 }, 'Too much.']) {
      assert.deepEqual(
        deltasOf({ error }).map(({ kind }) => kind),
        ['failure'],
      )
    }
  })

  test('is malformed when it is cut at any byte', () => {
    const bytes = Buffer.from(JSON.stringify(body))
    for (let cut = 0; cut < bytes.length; cut++) {
      assert.throws(() => openaiEmbeddings.reader('whole')(bytes.subarray(0, cut)), { code: 'upstream_garbled' })
    }
  })

  test('never breaks its reader in another way than malformed', () => {
    for (const mutant of mutantsOf(body)) {
      try {
        deltasOf(mutant)
      } catch (thrown) {
        assert.ok(thrown instanceof GatewayError && thrown.details.outcome === 'malformed', String(thrown))
      }
    }
  })
})
