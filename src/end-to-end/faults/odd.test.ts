import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { anthropicText, type FakeUpstream, openaiText, type Step, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle, type Language, saidIn } from './client.ts'
import { anthropicAt, type GatewayUnderTest, openaiAt, startGateway } from './harness.ts'

const story = 'Schöne Grüße, 你好, 👋🏽 done.'
const bodyOf = (step: Step): string => (step.events ?? [step.body ?? '']).join('')
const chunked = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n`

/** A whole HTTP answer written by hand: what stands before its head, more head lines, and what follows its body. */
const byHand = (step: Step, { before = '', head = '', trailer = '' }): Step => {
  const type = step.events ? 'text/event-stream' : 'application/json'
  const lines = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n${head}\r\n`
  return { raw: `${before}${lines}${chunked(bodyOf(step))}${trailer}\r\n` }
}

/** Answers that are whole, in forms that few upstreams use. */
const odd: Readonly<Record<string, (step: Step) => Step>> = {
  'one byte at a time': (step) => ({ ...step, split: 'bytes' }),
  'in one piece': (step) => (step.events ? { ...step, events: [bodyOf(step)] } : step),
  'ended by closing the connection': (step) => ({ ...step, framing: 'close' }),
  'in chunks': (step) => ({ ...step, framing: 'chunked' }),
  'after early hints': (step) => byHand(step, { before: 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n' }),
  'with trailers': (step) => byHand(step, { head: 'trailer: x-sum\r\n', trailer: 'x-sum: 1\r\n' }),
  'with its type in capitals and a parameter': (step) => ({
    ...step,
    headers: { 'content-type': step.events ? 'Text/Event-Stream;charset=UTF-8' : 'Application/JSON' },
  }),
  'with returns at the ends of lines': (step) =>
    step.events ? { ...step, events: [bodyOf(step).replaceAll('\n', '\r\n')], split: 'bytes' } : step,
  'with returns alone': (step) => (step.events ? { ...step, events: [bodyOf(step).replaceAll('\n', '\r')] } : step),
  'with comments between events': (step) =>
    step.events ? { ...step, events: step.events.map((event) => `: still here\n\n${event}`) } : step,
  'with a byte order mark': (step) =>
    step.events ? { ...step, events: [`\u{feff}${step.events[0]}`, ...step.events.slice(1)] } : step,
  'marked as identity': (step) => ({ ...step, headers: { 'content-encoding': 'identity' } }),
}

describe('answers that are odd and right', () => {
  let upstream: FakeUpstream
  let gateway: GatewayUnderTest
  beforeEach(async () => {
    upstream = await startFakeUpstream()
    gateway = await startGateway({
      providers: { openai: openaiAt(upstream.url), anthropic: anthropicAt(upstream.url) },
      models: {
        openai: { targets: ['openai/one'], timeouts: { firstToken: '2s', total: '2s' } },
        anthropic: { targets: ['anthropic/one'], timeouts: { firstToken: '2s', total: '2s' } },
      },
    })
  })
  afterEach(async () => {
    await gateway[Symbol.asyncDispose]()
    await upstream.close()
  })
  after(closeIdle)

  const answerOf = (path: string, stream: boolean): Step =>
    (path.endsWith('/messages') ? anthropicText : openaiText)(story, { stream })

  for (const [name, change] of Object.entries(odd)) {
    test(`${name}: understood at the first try, in every language`, async () => {
      upstream.always(({ path, body }) => change(answerOf(path, JSON.parse(body).stream === true)))
      let calls = 0
      for (const language of ['openai', 'anthropic'] as Language[]) {
        for (const model of ['openai', 'anthropic']) {
          const stream = await ask(gateway.port, { language, model, stream: true })
          const said = saidIn(stream.text)
          assert.deepEqual([said.words, said.ends, said.errors], [story, 1, []], `${language} asks ${model}`)
          const whole = await ask(gateway.port, { language, model })
          assert.ok(whole.status === 200 && whole.text.includes(JSON.stringify(story).slice(1, -1)), whole.text)
          calls += 2
        }
      }
      assert.equal(upstream.journal.length, calls)
    })
  }

  test('a whole body where a stream was asked for is told as a stream', async () => {
    upstream.always(({ path }) => answerOf(path, false))
    for (const language of ['openai', 'anthropic'] as Language[]) {
      for (const model of ['openai', 'anthropic']) {
        const said = saidIn((await ask(gateway.port, { language, model, stream: true })).text)
        assert.deepEqual([said.words, said.ends, said.finishes.length], [story, 1, 1])
      }
    }
  })

  test('a stream where a whole body was asked for is told as a body', async () => {
    upstream.always(({ path }) => answerOf(path, true))
    for (const language of ['openai', 'anthropic'] as Language[]) {
      for (const model of ['openai', 'anthropic']) {
        const whole = await ask(gateway.port, { language, model })
        assert.ok(whole.status === 200 && JSON.stringify(JSON.parse(whole.text)).includes(story), whole.text)
      }
    }
  })

  test('what follows an answer is never taken for the next one', async () => {
    const poison = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"poison":1}'
    const step = (stream: boolean): Step => ({ ...openaiText(story, { stream }), garbage: poison })
    upstream.always(({ body }) => step(JSON.parse(body).stream === true))
    for (let call = 0; call < 10; call++) {
      const stream = call % 2 === 0
      const answer = await ask(gateway.port, { model: 'openai', stream })
      assert.ok(answer.status === 200 && !answer.text.includes('poison'), answer.text)
      if (stream) assert.equal(saidIn(answer.text).words, story)
      else assert.equal(JSON.parse(answer.text).choices[0].message.content, story)
    }
  })
})
