import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { startFakeUpstream } from '../../testing/index.ts'
import { readRequests } from '../../testing/samples.ts'
import { forgetful, startGateway } from '../faults/harness.ts'
import { changed, spoilt } from '../hostile/mutations.ts'
import { post } from '../hostile/post.ts'
import { eventsIn } from './aws-client.ts'
import { saying } from './say.ts'

const bodies = readRequests(new URL('../../wire/bedrock-converse/fixtures/requests/', import.meta.url)).map(
  ({ body }) => body,
)
const valid = fc.constantFrom(...bodies)
const near = changed(valid as fc.Arbitrary<Record<string, unknown>>)
const hostile = fc.oneof(
  { arbitrary: near, weight: 4 },
  { arbitrary: spoilt(near), weight: 2 },
  { arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' })), weight: 1 },
)

const start = async () => {
  const bedrock = await startFakeUpstream()
  const openai = await startFakeUpstream()
  const {
    bedrock: [byBedrock],
    openai: [byOpenai],
  } = saying({ text: 'Well.' })
  bedrock.always(byBedrock ?? {})
  openai.always(byOpenai ?? {})
  const gateway = await startGateway(
    {
      providers: {
        own: { kind: 'bedrock', baseUrl: bedrock.url, apiKey: 'ABSKupstream' },
        other: { kind: 'openai-compatible', baseUrl: `${openai.url}/v1`, apiKey: 'sk-upstream' },
      },
      models: { own: 'own/anthropic.claude-haiku-4-5', other: 'other/any' },
      retry: { attempts: 1 },
      // What is answered is prose, whatever was asked for.
      output: false,
    },
    forgetful,
  )
  const close = async () => {
    await gateway[Symbol.asyncDispose]()
    await Promise.all([bedrock.close(), openai.close()])
  }
  return { port: gateway.port, bedrock, close }
}

describe('whatever is sent to the doors of Bedrock’s language', () => {
  let rig: Awaited<ReturnType<typeof start>>
  before(async () => {
    rig = await start()
  })
  after(() => rig?.close())

  for (const model of ['own', 'other'] as const) {
    test(`is answered, or refused as the caller’s mistake in Amazon’s words, by a model that is ${model}`, async () => {
      await fc.assert(
        fc.asyncProperty(hostile, async (body) => {
          const { status, text, headers } = await post({ port: rig.port, path: `/model/${model}/converse`, body })
          const told = JSON.parse(text)
          if (status === 200) return assert.deepEqual(told.output.message.content, [{ text: 'Well.' }])
          assert.equal(status, 400, text)
          assert.equal(headers['x-amzn-errortype'], 'ValidationException')
          assert.equal(told.__type, 'ValidationException')
          assert.equal(typeof told.message, 'string')
          assert.ok(text.length < 4_096)
        }),
        { numRuns: 400 },
      )
    })
  }

  test('passes untouched to Bedrock where it is a question', async () => {
    for (const body of bodies) {
      const sent = JSON.stringify(body)
      const { status, text: told } = await post({ port: rig.port, path: '/model/own%2Fany.model/converse', body: sent })
      assert.equal(status, 200, `${sent}: ${told}`)
      assert.equal(rig.bedrock.journal.at(-1)?.body, sent)
    }
  })

  test('by a path that is none of theirs is told so in Amazon’s words', async () => {
    for (const path of [
      '/model/own/invoke',
      '/model//converse',
      '/model/own/converse/more',
      '/model/..%2f../converse',
      '/model/%zz/converse',
    ]) {
      const { status, headers } = await post({ port: rig.port, path, body: '{}' })
      assert.deepEqual([status, headers['x-amzn-errortype']], [404, 'ResourceNotFoundException'], path)
    }
  })

  test('streams as events that Amazon’s decoder takes', async () => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] })
    const response = await fetch(`http://127.0.0.1:${rig.port}/model/other%2Fany/converse-stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const { events, rest } = eventsIn(Buffer.from(await response.arrayBuffer()))
    assert.equal(rest, 0)
    assert.deepEqual(
      events.map(({ name }) => name).filter((name) => name !== 'tollgateRemark'),
      ['messageStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop', 'metadata'],
    )
  })
})
