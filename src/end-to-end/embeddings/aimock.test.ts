import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { LLMock } from '@copilotkit/aimock'
import { type GatewayUnderTest, startGateway } from '../faults/harness.ts'
import { clients } from './rig.ts'

const vector = [0.5, -0.25, 0.125]

describe('vectors by official clients from upstreams that others made', () => {
  let mock: LLMock
  let gateway: GatewayUnderTest
  before(async () => {
    mock = new LLMock({ host: '127.0.0.1', port: 0 })
    await mock.start()
    mock.onEmbedding(/./, { embedding: vector })
    const apiKey = 'sk-upstream'
    gateway = await startGateway({
      providers: {
        compatible: { kind: 'openai-compatible', apiKey, baseUrl: `${mock.url}/v1` },
        gemini: { kind: 'gemini', apiKey, baseUrl: `${mock.url}/v1beta` },
      },
      retry: { attempts: 1 },
    })
  })
  after(async () => {
    await gateway[Symbol.asyncDispose]()
    await mock.stop()
  })

  for (const [name, embed] of Object.entries(clients)) {
    const at = () => `http://127.0.0.1:${gateway.port}`
    test(`${name} gets two of them from one that speaks OpenAI's language`, async () => {
      assert.deepEqual(await embed(at(), 'compatible/m', ['a', 'b']), [vector, vector])
    })
    // The one for several at once is not known there, and Google's own client uses nothing else.
    if (name === '@google/genai') continue
    test(`${name} gets one from one that speaks Gemini's language`, async () => {
      assert.deepEqual(await embed(at(), 'gemini/m', ['a']), [vector])
    })
  }
})
