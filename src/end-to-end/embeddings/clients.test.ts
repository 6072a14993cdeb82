import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import OpenAI from 'openai'
import { clients, type Rig, startRig, upstreamKinds, vectorOf } from './rig.ts'

const texts = ['a fox', 'another fox', 'a bank']

describe('vectors by official clients', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  for (const [name, embed] of Object.entries(clients)) {
    for (const kind of upstreamKinds) {
      test(`${name} gets a vector for each text from ${kind}`, async () => {
        assert.deepEqual(await embed(rig.url, `${kind}/one`, texts), texts.map(vectorOf))
        assert.deepEqual(rig.last().texts, texts)
        assert.equal(rig.last().model, 'one')
      })

      test(`${name} gets one vector from ${kind}, of as many numbers as it asks for`, async () => {
        assert.deepEqual(await embed(rig.url, `${kind}/one`, ['x'], 3), [vectorOf('x')])
        assert.equal(rig.last().dimensions, 3)
      })
    }

    test(`${name} is told that a provider makes no vectors`, async () => {
      await assert.rejects(embed(rig.url, 'claude/one', texts), (thrown: { status?: number; statusCode?: number }) => {
        assert.equal(thrown.status ?? thrown.statusCode, 400)
        assert.match(String(thrown), /embed cannot be expressed/)
        return true
      })
    })
  }

  test('base64 passes untouched where the provider gives it, and is made where it gives numbers alone', async () => {
    const client = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: 'sk-tg' })
    const ask = async (model: string) => {
      const { data } = await client.embeddings.create({ model, input: 'x', encoding_format: 'base64' })
      return [data[0]?.embedding, rig.last().encoding]
    }
    const [packed, encoding] = await ask('openai/one')
    assert.deepEqual([typeof packed, encoding], ['string', 'base64'])
    assert.deepEqual(await ask('numbers/one'), [packed, undefined])
  })

  test('tokens in place of a text go where they are understood, and are refused where not', async () => {
    const client = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: 'sk-tg', maxRetries: 0 })
    const input = [[1, 2, 3], [4]]
    const { data } = await client.embeddings.create({ model: 'openai/one', input })
    assert.equal(data.length, 2)
    assert.deepEqual(rig.last().texts, input)
    await assert.rejects(client.embeddings.create({ model: 'gemini/one', input }), {
      status: 400,
      param: 'input as tokens',
    })
  })
})
