import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { CacheNote, CacheWish } from '../../core/call.ts'
import { base64Of } from '../../core/vector.ts'
import type { ReceivedRequest, Step } from '../../testing/index.ts'
import { openaiEmbeddings } from '../../wire/openai-embeddings/index.ts'
import { asked, vectorOf } from '../embeddings/rig.ts'
import { type CachingRig, startCaching } from './rig.ts'

/** A vector for each input, ten tokens for each; a model of 3 numbers unless another is named. */
const vectors = (received: ReceivedRequest): Step => {
  const { texts, encoding, path } = asked(received)
  const made = texts.map(vectorOf)
  if (path.endsWith(':embedContent')) return { body: JSON.stringify({ embedding: { values: made[0] } }) }
  if (path.endsWith(':batchEmbedContents'))
    return { body: JSON.stringify({ embeddings: made.map((values) => ({ values })) }) }
  const data = made.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: encoding === 'base64' ? base64Of(vector) : vector,
  }))
  const tokens = 10 * texts.length
  const usage = { prompt_tokens: tokens, total_tokens: tokens }
  return { body: JSON.stringify({ object: 'list', data, model: 'text-embedding-3-small', usage }) }
}

const start = async (more: Parameters<typeof startCaching>[0] = {}): Promise<CachingRig> => {
  const rig = await startCaching(more)
  rig.upstream.always(vectors)
  return rig
}

const client = (rig: CachingRig): OpenAI => new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: 'sk-caller', maxRetries: 0 })

const embed = async (rig: CachingRig, input: string[], more: object = {}) => {
  const answer = await client(rig).embeddings.create({ model: 'vectors', input, ...more })
  return { vectors: answer.data.map(({ embedding }) => embedding), tokens: answer.usage?.prompt_tokens }
}

/** Asks within the process, with a wish, and gives what is noted of it. */
const open = async (rig: CachingRig, cacheWish?: CacheWish): Promise<CacheNote | undefined> => {
  const request = openaiEmbeddings.readRequest({ model: 'vectors', input: 'wished' }, { operation: 'embed' })
  const { answer, call } = rig.gateway.open({ request, caller: { key: 'anonymous' }, cacheWish })
  for await (const _ of await answer);
  return call.notes.cache
}

const sent = (rig: CachingRig): (readonly unknown[])[] => rig.upstream.journal.map((received) => asked(received).texts)

const noteOf = (rig: CachingRig) => rig.records.at(-1)?.notes.cache

describe('vectors from memory', () => {
  test('each input is known by itself: only the missing ones are asked for, in one request', async () => {
    await using rig = await start()
    await embed(rig, ['aaaa', 'bbbbb'])
    const mixed = await embed(rig, ['cccccc', 'bbbbb', 'ddddddd', 'aaaa', 'cccccc'])
    assert.deepEqual(mixed.vectors, ['cccccc', 'bbbbb', 'ddddddd', 'aaaa', 'cccccc'].map(vectorOf))
    assert.deepEqual(sent(rig), [
      ['aaaa', 'bbbbb'],
      ['cccccc', 'ddddddd'],
    ])
    assert.equal(mixed.tokens, 50)
    assert.deepEqual([noteOf(rig)?.outcome, noteOf(rig)?.items], ['miss', { known: 2, all: 5 }])
    const { usage, costNanos, notes } = rig.records.at(-1) ?? {}
    assert.deepEqual([usage?.input, costNanos, notes?.cache?.savedNanos], [20, 400n, 400n])
  })

  test('a request of which everything is known costs nothing, and tells the tokens that it always tells', async () => {
    await using rig = await start()
    const first = await embed(rig, ['aaaa', 'bbbbb', 'cccccc'])
    const again = await embed(rig, ['cccccc', 'aaaa', 'bbbbb'])
    assert.deepEqual(again.vectors, ['cccccc', 'aaaa', 'bbbbb'].map(vectorOf))
    assert.deepEqual([first.tokens, again.tokens], [30, 30])
    assert.equal(rig.upstream.journal.length, 1)
    const record = rig.records.at(-1)
    assert.deepEqual([record?.costNanos, record?.attempts.length, record?.notes.cache?.outcome], [0n, 0, 'hit'])
    assert.deepEqual([noteOf(rig)?.savedNanos, noteOf(rig)?.items], [600n, { known: 3, all: 3 }])
    assert.equal(noteOf(rig)?.target, 'vectors/text-embedding-3-small')
  })

  test('a request of which nothing is known passes as it came, and so does its answer', async () => {
    await using rig = await start()
    const body = { model: 'vectors', input: ['x', 'x'], encoding_format: 'float', user: 'u' }
    const post = () =>
      fetch(`${rig.url}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const first = await (await post()).text()
    assert.equal(first, vectors(rig.upstream.journal[0] as ReceivedRequest).body)
    assert.deepEqual(JSON.parse(rig.upstream.journal[0]?.body ?? ''), { ...body, model: 'text-embedding-3-small' })
    assert.deepEqual(JSON.parse(await (await post()).text()), JSON.parse(first))
    assert.equal(rig.upstream.journal.length, 1)
  })

  test('are written as they are asked for, however they were kept', async () => {
    await using rig = await start()
    for (const [kept, wanted] of [
      ['float', 'base64'],
      ['base64', 'float'],
    ] as const) {
      await rig.answers.purge({})
      await embed(rig, [`in ${kept}`], { encoding_format: kept })
      const { vectors: given } = await embed(rig, [`in ${kept}`], { encoding_format: wanted })
      const expected = vectorOf(`in ${kept}`)
      assert.deepEqual(given, wanted === 'base64' ? [base64Of(expected)] : [expected])
    }
    assert.equal(rig.upstream.journal.length, 2)
  })

  test('numbers are as fine as they came', async () => {
    await using rig = await start()
    const fine = [0.1, -0.0023064255371689, 1e-300, 123456789.123]
    const answer = { data: [{ index: 0, embedding: fine }], model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 } }
    rig.upstream.script({ body: JSON.stringify(answer) })
    for (const _ of [1, 2]) assert.deepEqual((await embed(rig, ['f'], { encoding_format: 'float' })).vectors, [fine])
    assert.equal(rig.upstream.journal.length, 1)
  })

  test('are shared by clients of different languages, as far as they ask the same', async () => {
    await using rig = await start()
    await embed(rig, ['a', 'bb'], { encoding_format: 'float' })
    const google = new GoogleGenAI({ apiKey: 'sk-caller', httpOptions: { baseUrl: rig.url } })
    const { embeddings = [] } = await google.models.embedContent({ model: 'vectors', contents: ['bb', 'ccc'] })
    assert.deepEqual(
      embeddings.map(({ values }) => values),
      ['bb', 'ccc'].map(vectorOf),
    )
    assert.deepEqual(sent(rig), [['a', 'bb'], ['ccc']])
  })

  test('of other dimensions are others', async () => {
    await using rig = await start()
    await embed(rig, ['a'])
    await embed(rig, ['a'], { dimensions: 3 })
    assert.equal(rig.upstream.journal.length, 2)
  })

  test('of two models are never given together', async () => {
    let model = 'text-embedding-3-small'
    await using rig = await start({
      routeOf: (route) => {
        const [target] = route.targets
        return target ? { ...route, targets: [{ ...target, id: `vectors/${model}`, model }] } : route
      },
    })
    await embed(rig, ['a', 'bb'])
    model = 'text-embedding-3-large'
    assert.deepEqual((await embed(rig, ['a', 'ccc'])).vectors, ['a', 'ccc'].map(vectorOf))
    assert.deepEqual(sent(rig), [['a', 'bb'], ['ccc'], ['a', 'ccc']])
    assert.deepEqual(noteOf(rig), { outcome: 'miss', items: { known: 0, all: 2 } })
    assert.deepEqual((await embed(rig, ['a', 'bb', 'ccc'])).vectors, ['a', 'bb', 'ccc'].map(vectorOf))
  })

  test('are not given when they are too old', async () => {
    await using rig = await start()
    await embed(rig, ['a'])
    for (const entry of rig.put)
      rig.answers.put({ ...entry, freshUntil: Date.now() - 1, expiresAt: Date.now() + 60_000 })
    await embed(rig, ['a'])
    assert.equal(rig.upstream.journal.length, 2)
  })

  test('are neither read nor kept where that is not wished', async () => {
    await using rig = await start()
    await open(rig, { keep: false })
    assert.equal(rig.put.length, 0)
    assert.equal((await open(rig))?.outcome, 'miss')
    assert.equal((await open(rig))?.outcome, 'hit')
    assert.equal((await open(rig, { maxAgeMs: 0 }))?.outcome, 'miss')
    assert.deepEqual(await open(rig, { read: false }), { outcome: 'off' })
    assert.equal(rig.upstream.journal.length, 4)
    assert.equal(rig.put.length, 3)
  })

  test('of an answer that lacks one are not kept', async () => {
    await using rig = await start()
    rig.upstream.script({ body: JSON.stringify({ data: [{ index: 0, embedding: [1] }], model: 'm' }) })
    await embed(rig, ['a', 'bb'], { encoding_format: 'float' })
    assert.equal(rig.put.length, 0)
    await embed(rig, ['a'])
    rig.upstream.script({ body: JSON.stringify({ data: [{ index: 0, embedding: [1] }], model: 'm' }) })
    await assert.rejects(embed(rig, ['a', 'bb', 'ccc']))
    assert.equal(rig.put.length, 1)
  })

  test('whose tokens nobody told are told without any', async () => {
    await using rig = await start()
    const body = JSON.stringify({ data: [{ index: 0, embedding: [1, 2] }], model: 'm' })
    rig.upstream.script({ body })
    await embed(rig, ['a'])
    assert.deepEqual(await embed(rig, ['a', 'bb']), { vectors: [[1, 2], vectorOf('bb')], tokens: undefined })
    assert.equal(noteOf(rig)?.savedNanos, undefined)
  })
})
