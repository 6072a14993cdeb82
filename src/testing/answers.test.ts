import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { anthropicError, anthropicErrorEvent, anthropicText, anthropicToolCalls } from './anthropic-answers.ts'
import { startFakeUpstream } from './fake-upstream.ts'
import { openaiError, openaiErrorEvent, openaiText, openaiToolCalls } from './openai-answers.ts'

const upstream = await startFakeUpstream()
after(() => upstream.close())
const openai = new OpenAI({ apiKey: 'k', baseURL: `${upstream.url}/v1`, maxRetries: 0 })
const anthropic = new Anthropic({ apiKey: 'k', baseURL: upstream.url, maxRetries: 0 })
const calls = [
  { name: 'weather', arguments: '{"city":"Zürich","days":3}' },
  { name: 'time', arguments: '{}', id: 'own-id' },
]
const usage = { input: 100, output: 20, cached: 60, reasoning: 5 }
const text = 'Hello, wörld!\n  How are you? '

describe('ready-made answers in OpenAI’s language', () => {
  const question = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] }
  const whole = () => openai.chat.completions.create(question)
  const streamed = () => openai.chat.completions.stream({ ...question, stream_options: { include_usage: true } })

  test('say a text', async () => {
    upstream.script(openaiText(text, { usage, model: 'gpt-x', finish: 'length' }))
    const answer = await whole()
    assert.deepEqual([answer.model, answer.choices[0]?.message.content], ['gpt-x', text])
    assert.equal(answer.choices[0]?.finish_reason, 'length')
    assert.deepEqual([answer.usage?.prompt_tokens, answer.usage?.total_tokens], [100, 120])
    assert.equal(answer.usage?.prompt_tokens_details?.cached_tokens, 60)
    assert.equal(answer.usage?.completion_tokens_details?.reasoning_tokens, 5)
    assert.match(answer._request_id ?? '', /^req_/)
  })

  test('stream the same text', async () => {
    const step = openaiText(text, { stream: true, usage })
    assert.equal(step.events?.at(-1), 'data: [DONE]\n\n')
    upstream.script(step)
    const answer = await streamed().finalChatCompletion()
    assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finish_reason], [text, 'stop'])
    assert.equal(answer.usage?.total_tokens, 120)
  })

  test('leave usage out when they are told', async () => {
    upstream.script(openaiText(text, { usage: false }))
    assert.equal((await whole()).usage, undefined)
    const step = openaiText(text, { stream: true, usage: false })
    assert.ok(step.events?.every((event) => !String(event).includes('usage')))
  })

  test('call tools, whole and streamed alike', async () => {
    upstream.script(openaiToolCalls(calls), openaiToolCalls(calls, { stream: true }))
    for (const answer of [await whole(), await streamed().finalChatCompletion()]) {
      assert.equal(answer.choices[0]?.finish_reason, 'tool_calls')
      const said = answer.choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function)
      assert.deepEqual(
        said?.map((call) => call && [call.name, call.arguments]),
        calls.map((call) => [call.name, call.arguments]),
      )
      assert.equal(answer.choices[0]?.message.tool_calls?.[1]?.id, 'own-id')
    }
  })

  test('fail as OpenAI fails', async () => {
    upstream.script(openaiError(429, 'rate_limit_exceeded', 'Slow down.', { 'retry-after': '7' }))
    await assert.rejects(whole(), (error) => {
      assert.ok(error instanceof OpenAI.RateLimitError)
      assert.deepEqual(
        [error.code, error.type, error.headers?.get('retry-after')],
        ['rate_limit_exceeded', 'requests', '7'],
      )
      return true
    })
    upstream.script(openaiError(429, 'insufficient_quota', 'No credit.'), openaiError(500, null, 'Oh.'))
    await assert.rejects(whole(), { code: 'insufficient_quota', type: 'insufficient_quota' })
    await assert.rejects(whole(), { status: 500, type: 'server_error' })
  })

  test('fail in the middle of a stream', async () => {
    const { events = [] } = openaiText(text, { stream: true })
    upstream.script({ events: [...events.slice(0, 3), openaiErrorEvent('server_error', 'Broken.')] })
    await assert.rejects(streamed().finalChatCompletion(), /Broken/)
  })
})

describe('ready-made answers in Anthropic’s language', () => {
  const question = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'x' }] }
  const whole = () => anthropic.messages.create(question)
  const streamed = () => anthropic.messages.stream(question)

  test('say a text', async () => {
    upstream.script(anthropicText(text, { usage, model: 'claude-x', finish: 'max_tokens' }))
    const answer = await whole()
    assert.deepEqual([answer.model, answer.stop_reason], ['claude-x', 'max_tokens'])
    assert.deepEqual(answer.content, [{ type: 'text', text }])
    assert.deepEqual([answer.usage.input_tokens, answer.usage.cache_read_input_tokens], [40, 60])
    assert.deepEqual([answer.usage.output_tokens, answer.usage.output_tokens_details?.thinking_tokens], [20, 5])
    assert.match(answer._request_id ?? '', /^req_/)
  })

  test('stream the same text', async () => {
    upstream.script(anthropicText(text, { stream: true, usage }))
    const answer = await streamed().finalMessage()
    assert.deepEqual(
      [answer.content[0]?.type === 'text' && answer.content[0].text, answer.stop_reason],
      [text, 'end_turn'],
    )
    assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [40, 20])
  })

  test('call tools, whole and streamed alike', async () => {
    upstream.script(anthropicToolCalls(calls), anthropicToolCalls(calls, { stream: true }))
    for (const answer of [await whole(), await streamed().finalMessage()]) {
      assert.equal(answer.stop_reason, 'tool_use')
      const said = answer.content.map((block) => block.type === 'tool_use' && [block.name, block.input])
      assert.deepEqual(
        said,
        calls.map((call) => [call.name, JSON.parse(call.arguments)]),
      )
      assert.equal(answer.content[1]?.type === 'tool_use' && answer.content[1].id, 'own-id')
    }
  })

  test('fail as Anthropic fails', async () => {
    upstream.script(anthropicError(529, 'overloaded_error', 'Overloaded', { 'x-should-retry': 'true' }))
    await assert.rejects(whole(), (error) => {
      assert.ok(error instanceof Anthropic.InternalServerError)
      assert.deepEqual([error.status, error.headers?.get('x-should-retry')], [529, 'true'])
      assert.match(error.message, /overloaded_error/)
      return true
    })
  })

  test('fail in the middle of a stream', async () => {
    const { events = [] } = anthropicText(text, { stream: true })
    upstream.script({ events: [...events.slice(0, 4), anthropicErrorEvent('overloaded_error', 'Overloaded')] })
    await assert.rejects(streamed().finalMessage(), /Overloaded/)
  })
})
