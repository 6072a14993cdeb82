import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { generateText } from 'ai'
import { parseConfig } from '../../config/load.ts'
import { type Running, startServer } from '../../server/start.ts'
import { openaiText, startFakeUpstream } from '../../testing/index.ts'
import { clientNames } from './cell.ts'
import { countFeatures } from './count-features.ts'
import { testMatrix } from './matrix.ts'
import { failureOf } from './refusal.ts'
import { retryFeatures } from './retry-features.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { openaiClient } from './talk-openai.ts'

testMatrix('counting and retries', [...countFeatures, ...retryFeatures])

describe('official clients: keys and models', async () => {
  const upstream = await startFakeUpstream()
  let gateway: Running
  before(async () => {
    upstream.always(openaiText('Hello.'))
    const config = await parseConfig(
      {
        server: { port: 0 },
        discover: false,
        telemetry: { log: 'silent' },
        providers: { up: { kind: 'openai', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-up', models: ['gpt-5-mini'] } },
        models: { chat: 'up/gpt-5-mini', 'claude-haiku-4-5': 'up/gpt-5-mini' },
        keys: [
          { name: 'all', key: 'sk-everything' },
          { name: 'some', key: 'sk-only-chat', models: ['chat'] },
        ],
      },
      {},
    )
    gateway = await startServer(config)
  })
  after(async () => {
    await gateway?.stop(AbortSignal.abort())
    await upstream.close()
  })

  const ask = (client: (typeof clientNames)[number], apiKey: string, model: string): Promise<unknown> => {
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const { url } = gateway
    if (client === 'openai') return openaiClient(url, { apiKey }).chat.completions.create({ model, messages })
    if (client === 'anthropic')
      return anthropicClient(url, { apiKey }).messages.create({ model, messages, max_tokens: 9 })
    return generateText({ model: aiModel(client, url, model, apiKey), messages, maxRetries: 0 })
  }

  for (const client of clientNames) {
    const isAi = client.startsWith('ai-')

    test(`${client} with a key is served`, async () => {
      await ask(client, 'sk-everything', 'chat')
      assert.equal(upstream.journal.at(-1)?.headers.authorization, 'Bearer sk-up')
    })

    test(`${client} with a wrong key is told so, and nobody is asked`, async () => {
      const before = upstream.journal.length
      const { name, status, body } = await failureOf(client, () => ask(client, 'sk-wrong', 'chat'))
      assert.deepEqual([name, status], [isAi ? 'APICallError' : 'AuthenticationError', 401])
      assert.match(body, /unauthenticated/)
      assert.doesNotMatch(body, /sk-wrong/)
      assert.equal(upstream.journal.length, before)
    })

    test(`${client} does not find a model that its key may not use`, async () => {
      const before = upstream.journal.length
      const { name, status } = await failureOf(client, () => ask(client, 'sk-only-chat', 'claude-haiku-4-5'))
      assert.deepEqual([name, status], [isAi ? 'APICallError' : 'NotFoundError', 404])
      assert.equal(upstream.journal.length, before)
    })
  }

  test('OpenAI’s client lists the models of its key, and finds one', async () => {
    const names: string[] = []
    for await (const { id } of openaiClient(gateway.url, { apiKey: 'sk-everything' }).models.list()) names.push(id)
    assert.deepEqual(names.sort(), ['chat', 'claude-haiku-4-5', 'up/gpt-5-mini'])
    const { models } = openaiClient(gateway.url, { apiKey: 'sk-only-chat' })
    assert.deepEqual(
      (await models.list()).data.map(({ id }) => id),
      ['chat'],
    )
    assert.deepEqual(await models.retrieve('chat'), { id: 'chat', object: 'model', created: 0, owned_by: 'up' })
    assert.equal((await failureOf('openai', () => models.retrieve('up/gpt-5-mini'))).name, 'NotFoundError')
  })

  test('Anthropic’s client lists the models of its key, and finds one', async () => {
    const names: string[] = []
    for await (const { id, type } of anthropicClient(gateway.url, { apiKey: 'sk-everything' }).models.list())
      names.push(`${type} ${id}`)
    assert.deepEqual(names.sort(), ['model chat', 'model claude-haiku-4-5', 'model up/gpt-5-mini'])
    const { models } = anthropicClient(gateway.url, { apiKey: 'sk-only-chat' })
    const { data } = await models.list({ limit: 5 })
    assert.deepEqual(
      data.map(({ id }) => id),
      ['chat'],
    )
    assert.equal((await models.retrieve('chat')).display_name, 'chat')
    assert.equal((await failureOf('anthropic', () => models.retrieve('claude-haiku-4-5'))).name, 'NotFoundError')
  })
})
