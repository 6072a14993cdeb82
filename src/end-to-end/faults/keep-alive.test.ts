import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import {
  anthropicText,
  type FakeUpstream,
  openaiError,
  openaiText,
  type ReceivedRequest,
  type Step,
  silence,
  startFakeUpstream,
} from '../../testing/index.ts'
import { ask, closeIdle, errorIn, type Language, saidIn } from './client.ts'
import { anthropicAt, type GatewayUnderTest, openaiAt, startGateway } from './harness.ts'

const signs = { openai: /^: keep-alive\n\n/gm, anthropic: /^event: ping\ndata: \{"type": ?"ping"\}\n\n/gm }
const languages: readonly Language[] = ['openai', 'anthropic']
const story = 'At last.'

const says = (request: ReceivedRequest, text: string): Step =>
  (request.path.endsWith('/messages') ? anthropicText : openaiText)(text, { stream: true })

describe('a stream whose upstream is silent for long', () => {
  let upstream: FakeUpstream
  let second: FakeUpstream
  let gateway: GatewayUnderTest
  beforeEach(async () => {
    upstream = await startFakeUpstream()
    second = await startFakeUpstream()
    second.always((request) => says(request, 'The other one.'))
    gateway = await startGateway(
      {
        providers: {
          openai: openaiAt(upstream.url),
          anthropic: anthropicAt(upstream.url),
          other: openaiAt(second.url),
        },
        models: {
          openai: 'openai/one',
          anthropic: 'anthropic/one',
          chain: { targets: ['openai/one', 'other/two'], timeouts: { firstToken: '350ms' }, retry: { sameTarget: 0 } },
          alone: { targets: ['openai/one'], timeouts: { firstToken: '350ms' }, retry: { sameTarget: 0 } },
        },
      },
      { keepAliveMs: 100 },
    )
  })
  afterEach(async () => {
    await gateway[Symbol.asyncDispose]()
    await Promise.all([upstream.close(), second.close()])
  })
  after(closeIdle)

  const signsIn = (text: string, language: Language): number => text.match(signs[language])?.length ?? 0

  for (const language of languages) {
    for (const model of languages) {
      test(`gets signs of life in the language of ${language}, from a target of ${model}, before it and in it`, async () => {
        upstream.always((request) => ({ ...says(request, story), firstEventDelayMs: 350, eventDelayMs: 120 }))
        const answer = await ask(gateway.port, { language, model, stream: true })
        const said = saidIn(answer.text)
        assert.ok(answer.headMs > 80 && answer.headMs < 250, `the head came after ${answer.headMs} ms`)
        assert.deepEqual([said.words, said.ends, said.errors], [story, 1, []])
        const before = answer.text.slice(0, answer.text.indexOf(model === language ? 'data: {"id"' : 'At'))
        assert.ok(signsIn(answer.text, language) >= 4, answer.text)
        assert.ok(signsIn(before, language) >= 1, before)
      })
    }

    test(`fails in the stream of ${language} when nobody answers after a sign of life`, async () => {
      upstream.always(silence())
      const answer = await ask(gateway.port, { language, model: 'alone', stream: true })
      const said = saidIn(answer.text)
      assert.deepEqual([answer.status, said.errors, said.ends, said.words], [200, ['upstream_timeout'], 0, ''])
      assert.ok(said.errorIsLast && signsIn(answer.text, language) >= 2)
    })

    test(`is answered by another target after signs of life in the language of ${language}`, async () => {
      upstream.always(silence())
      const answer = await ask(gateway.port, { language, model: 'chain', stream: true })
      const said = saidIn(answer.text)
      assert.deepEqual([answer.status, said.words, said.ends, said.errors], [200, 'The other one.', 1, []])
      assert.ok(signsIn(answer.text, language) >= 2)
      const record = await gateway.recordOf(answer.id)
      assert.deepEqual([record.outcome, record.target, record.attempts.length], ['ok', 'other/two', 2])
    })
  }

  test('a failure before the first sign of life still has its own status', async () => {
    upstream.always({ ...openaiError(400, null, 'No.'), headDelayMs: 50 })
    const answer = await ask(gateway.port, { model: 'openai', stream: true })
    assert.deepEqual([answer.status, errorIn(answer.text).code], [400, 'upstream_rejected'])
  })

  test('whole answers get none', async () => {
    upstream.always({ ...openaiText(story), headDelayMs: 350 })
    const answer = await ask(gateway.port, { model: 'openai' })
    assert.equal(JSON.parse(answer.text).choices[0].message.content, story)
  })

  test("OpenAI's own client passes over them, and throws what comes after them", async () => {
    const baseURL = `http://127.0.0.1:${gateway.port}/v1`
    const client = new OpenAI({ baseURL, apiKey: 'unused', maxRetries: 0 })
    const read = async (model: string): Promise<string> => {
      let words = ''
      const messages = [{ role: 'user' as const, content: 'hi' }]
      const stream = await client.chat.completions.create({ model, stream: true, messages })
      for await (const chunk of stream) words += chunk.choices[0]?.delta.content ?? ''
      return words
    }
    upstream.always((request) => ({ ...says(request, story), firstEventDelayMs: 250, eventDelayMs: 110 }))
    assert.equal(await read('openai'), story)
    assert.equal(await read('anthropic'), story)
    upstream.always(silence())
    await assert.rejects(read('alone'), /did not begin within 350 ms/)
  })

  test("Anthropic's own client passes over them, and throws what comes after them", async () => {
    const client = new Anthropic({ baseURL: `http://127.0.0.1:${gateway.port}`, apiKey: 'unused', maxRetries: 0 })
    const read = (model: string): Promise<string> =>
      client.messages.stream({ model, max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }).finalText()
    upstream.always((request) => ({ ...says(request, story), firstEventDelayMs: 250, eventDelayMs: 110 }))
    assert.equal(await read('anthropic'), story)
    assert.equal(await read('openai'), story)
    upstream.always(silence())
    await assert.rejects(read('alone'), /did not begin within 350 ms/)
  })
})
