import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Attempt } from '../core/call.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import type { Chat, Message, Tool } from '../core/request.ts'
import { countChat, countTokens } from '../core/tokens.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { createSimulated, simulatedFacts } from './simulated.ts'
import { ask, attemptOf, chatOf, instant, say } from './simulated-asking.ts'

const weather: Tool = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const time: Tool = { name: 'get_time', parameters: { type: 'object', properties: {} } }

describe('createSimulated', () => {
  test('offers small, large and embed beside the names it is given, and has no address', () => {
    const { provider, facts } = createSimulated({ name: 'mock', models: ['tiny', 'small'] })
    assert.equal(provider.name, 'mock')
    assert.deepEqual(provider.models, ['small', 'large', 'embed', 'tiny'])
    assert.equal(facts('tiny'), simulatedFacts('small'))
    assert.equal(facts('nonesuch'), undefined)
    assert.equal(provider.url('small', 'chat', false), undefined)
    assert.equal(provider.url('small', 'count_tokens', false), undefined)
  })

  test('refuses a model that it has not, as a real one does', async () => {
    const attempt = attemptOf(chatOf('Hello'), { model: 'nonesuch' })
    await assert.rejects(createSimulated(instant).answer(attempt), {
      code: 'unknown_model',
      details: { outcome: 'not_found' },
    })
    assert.equal(attempt.line.status, 404)
  })

  test('answers to a name from its options', async () => {
    assert.match((await ask(chatOf('Hello'), { model: 'tiny' }, { models: ['tiny'] })).text, /Hello/)
  })

  test('does not count tokens', async () => {
    const attempt = attemptOf(chatOf('Hello'))
    const counting: Attempt = { ...attempt, request: { ...attempt.request, operation: 'count_tokens' } }
    await assert.rejects(createSimulated(instant).answer(counting), {
      details: { outcome: 'incapable', param: 'count_tokens' },
    })
  })

  test('refuses a prompt that is longer than it reads', async () => {
    const chat = chatOf('one two three four five six seven eight '.repeat(20_000))
    await assert.rejects(ask(chat), { code: 'upstream_rejected', details: { outcome: 'context' } })
    assert.match((await ask(chat, { model: 'large' })).text, /one two three/)
  })

  test('says that it cannot speak aloud', async () => {
    await assert.rejects(ask(chatOf('Sing', { modalities: ['text', 'audio'] })), {
      details: { outcome: 'incapable', param: 'modalities.audio' },
    })
  })
})

describe('simulatedFacts', () => {
  test('are prices in nano-dollars per million tokens', () => {
    assert.equal(simulatedFacts('small').price?.rates.input, 100_000_000n)
    assert.equal(simulatedFacts('small').price?.rates.output, 400_000_000n)
    assert.equal(simulatedFacts('large').price?.rates.cacheRead, 200_000_000n)
    assert.equal(simulatedFacts('large').contextWindow, 1_000_000)
    assert.equal(simulatedFacts('tiny'), simulatedFacts('small'))
  })
})

describe('what a simulated model says', () => {
  test('mentions the question', async () => {
    const { text, finishes } = await ask(chatOf('What is the capital of France?'))
    assert.match(text, /^You asked: “What is the capital of France\?” [A-Z]/)
    assert.deepEqual(finishes, ['stop'])
  })

  test('is the same for the same question and seed, whole and in a stream', async () => {
    const chat = chatOf('Tell me a story')
    const { text } = await ask(chat)
    assert.equal((await ask(chat)).text, text)
    assert.equal((await ask(chat, { stream: true })).text, text)
  })

  test('is other for another question, another seed and another model', async () => {
    const { text } = await ask(chatOf('Tell me a story'))
    assert.notEqual((await ask(chatOf('Tell me a story'), {}, { seed: 2 })).text, text)
    assert.notEqual((await ask(chatOf('Tell me a story'), { model: 'large' })).text, text)
    assert.notEqual((await ask(chatOf('Tell me a story', { seed: 3 }))).text, text)
    assert.notEqual((await ask(chatOf('Tell me another story'))).text.slice(30), text.slice(30))
  })

  test('is counted by the tokenizer, and so is what was asked', async () => {
    const chat = chatOf('How do tokens work — in 日本語?')
    const { text, usage } = await ask(chat)
    assert.equal(usage?.output, await countTokens(text))
    assert.equal(usage?.input, await countChat(chat))
    assert.equal(usage?.source, 'measured')
  })

  test('ends at the wanted length, with the beginning of the longer answer', async () => {
    const { text } = await ask(chatOf('Tell me a story'))
    const short = await ask(chatOf('Tell me a story', { maxOutput: 12 }), { stream: true })
    assert.deepEqual(short.finishes, ['length'])
    assert.equal(short.usage?.output, 12)
    assert.ok(short.text !== '' && text.startsWith(short.text))
  })

  test('ends before a stop sequence', async () => {
    const { text } = await ask(chatOf('Tell me a story'))
    const stopped = await ask(chatOf('Tell me a story', { stop: ['nonesuch', ', '] }))
    assert.equal(stopped.text, text.slice(0, text.indexOf(', ')))
    assert.deepEqual(stopped.finishes, ['stop_sequence'])
  })

  test('comes in as many choices as are wanted, all of them counted', async () => {
    const { deltas, usage, finishes } = await ask(chatOf('Hello', { choices: 3 }), { stream: true })
    const texts = [0, 1, 2].map((choice) =>
      deltas.map((delta) => (delta.kind === 'text' && delta.choice === choice ? delta.text : '')).join(''),
    )
    assert.equal(new Set(texts).size, 3)
    assert.equal(finishes.length, 3)
    const counts = await Promise.all(texts.map(countTokens))
    assert.equal(
      usage?.output,
      counts.reduce((sum, count) => sum + count, 0),
    )
  })

  test('tells which images, files and recordings came with the question', async () => {
    const source = { kind: 'data', data: 'AAAA', mediaType: 'image/png' } as const
    const parts = [
      { kind: 'text', text: 'Look' },
      { kind: 'image', source },
      { kind: 'image', source },
      { kind: 'file', source },
    ] as const
    const chat: Chat = { ...chatOf(''), messages: [{ role: 'user', parts }] }
    const { text, usage } = await ask(chat)
    assert.match(text, /With it came 2 images and 1 file\./)
    assert.equal(usage?.input, await countChat(chat))
  })

  test('is thought about first when thinking is asked for', async () => {
    const heard = await ask(chatOf('Why?', { reasoning: { effort: 'high' } }), { stream: true })
    assert.match(heard.thought, /^The question is “Why\?”/)
    assert.equal(heard.usage?.reasoning, await countTokens(heard.thought))
    assert.equal(heard.usage?.output, await countTokens(heard.text))
    assert.ok(
      heard.deltas.findIndex(({ kind }) => kind === 'reasoning') <
        heard.deltas.findIndex(({ kind }) => kind === 'text'),
    )
    assert.ok(heard.deltas.every((delta) => delta.kind !== 'reasoning' || delta.origin === openaiChat.name))
  })

  test('hides its thinking when that is not wanted, and counts it all the same', async () => {
    const heard = await ask(chatOf('Why?', { reasoning: { effort: 'low', show: false } }), { stream: true })
    assert.equal(heard.thought, '')
    assert.ok((heard.usage?.reasoning ?? 0) > 0)
  })

  test('is not thought about when thinking is off', async () => {
    for (const reasoning of [{ mode: 'off' }, { effort: 'none' }] as const) {
      assert.equal((await ask(chatOf('Why?', { reasoning }))).usage?.reasoning, 0)
    }
  })

  test('comes with the likelihood of each token when that is asked for', async () => {
    const { deltas, text } = await ask(chatOf('Hello', { logProbs: { top: 3 }, maxOutput: 20 }), { stream: true })
    const tokens = deltas.flatMap((delta) => (delta.kind === 'logprobs' ? delta.content : []))
    assert.equal(tokens.map(({ token }) => token).join(''), text)
    assert.ok(tokens.every(({ top, token, logProb }) => logProb <= 0 && top.length === 3 && top[0]?.token === token))
  })
})

describe('formats of a simulated model', () => {
  test('is an object when JSON is wanted', async () => {
    const value: unknown = JSON.parse((await ask(chatOf('Hello', { format: { kind: 'json' } }))).text)
    assert.ok(isObject(value))
  })

  test('is a value of the schema, in a stream as well', async () => {
    const schema: JsonObject = {
      type: 'object',
      properties: {
        total: { type: 'integer', minimum: 1, maximum: 3 },
        tags: { type: 'array', items: { enum: ['a', 'b'] }, minItems: 1 },
      },
      required: ['total', 'tags'],
    }
    for (const stream of [false, true]) {
      const { text, usage } = await ask(chatOf('Invoice', { format: { kind: 'schema', name: 'invoice', schema } }), {
        stream,
      })
      const value = JSON.parse(text) as { total: number; tags: string[] }
      assert.ok([1, 2, 3].includes(value.total))
      assert.ok(value.tags.length > 0 && value.tags.every((tag) => tag === 'a' || tag === 'b'))
      assert.equal(usage?.output, await countTokens(text))
    }
  })
})

describe('tools of a simulated model', () => {
  const named = async (text: string, more: Partial<Chat> = {}, stream = false) => {
    const heard = await ask(chatOf(text, { tools: [weather, time], ...more }), { stream })
    return heard.calls.map(({ name }) => name)
  }

  test('calls a tool that is mentioned, with arguments of its schema', async () => {
    for (const stream of [false, true]) {
      const heard = await ask(chatOf('Please call get_weather', { tools: [time, weather] }), { stream })
      assert.deepEqual(heard.finishes, ['tool_calls'])
      assert.equal(heard.calls.length, 1)
      assert.equal(heard.calls[0]?.name, 'get_weather')
      assert.equal(typeof (JSON.parse(heard.calls[0]?.arguments ?? '') as { city: unknown }).city, 'string')
      assert.equal(heard.text, '')
    }
  })

  test('calls two tools at once when both are mentioned, and one when that is all it may', async () => {
    assert.deepEqual(await named('get_time and GET_WEATHER', {}, true), ['get_weather', 'get_time'])
    assert.deepEqual(await named('get_time and get_weather', { parallelTools: false }), ['get_weather'])
  })

  test('calls the first one when it is told to use the tool', async () => {
    assert.deepEqual(await named('Use the tool!'), ['get_weather'])
  })

  test('calls none when none is mentioned, or none may be called', async () => {
    assert.deepEqual(await named('Hello'), [])
    assert.deepEqual(await named('I forget_weather_often'), [])
    assert.deepEqual(await named('get_time', { toolChoice: { kind: 'none' } }), [])
  })

  test('calls what it must', async () => {
    assert.equal((await named('Hello', { toolChoice: { kind: 'required' } })).length, 1)
    assert.deepEqual(await named('Hello', { toolChoice: { kind: 'tool', name: 'get_time' } }), ['get_time'])
    const allowed = { kind: 'allowed', mode: 'required', names: ['get_time'] } as const
    assert.deepEqual(await named('get_weather', { toolChoice: allowed }), ['get_time'])
  })

  test('answers in words after a result', async () => {
    const messages: Message[] = [
      say('get_weather'),
      { role: 'assistant', parts: [{ kind: 'tool_call', id: 'a', name: 'get_weather', arguments: '{}' }] },
      { role: 'tool', parts: [{ kind: 'tool_result', id: 'a', parts: [{ kind: 'text', text: 'sunny, 21 degrees' }] }] },
    ]
    const { text, calls } = await ask(chatOf('', { messages, tools: [weather] }))
    assert.deepEqual(calls, [])
    assert.match(text, /^The tool answered: sunny, 21 degrees\./)
  })

  test('gives each call an id of its own', async () => {
    const { deltas } = await ask(chatOf('get_time get_weather', { tools: [weather, time] }))
    const ids = deltas.flatMap((delta) => (delta.kind === 'tool_call' && delta.id !== undefined ? [delta.id] : []))
    assert.equal(new Set(ids).size, 2)
  })

  test('leaves out a call that does not fit', async () => {
    const { calls, finishes, usage } = await ask(chatOf('get_weather', { tools: [weather], maxOutput: 3 }))
    assert.deepEqual(calls, [])
    assert.deepEqual(finishes, ['length'])
    assert.equal(usage?.output, 0)
  })

  test('writes plain text for a tool that takes text', async () => {
    const { calls } = await ask(chatOf('run_code', { tools: [{ name: 'run_code', custom: {} }] }), { stream: true })
    assert.match(calls[0]?.arguments ?? '', /^You asked/)
  })
})
