import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { noUsage } from '../../core/usage.ts'
import { plainRequest } from '../../testing/wire-suite.ts'
import { anthropicMessages } from './index.ts'

const deltas: readonly Delta[] = [
  { kind: 'start', id: 'resp_1', model: 'gpt-5' },
  { kind: 'reasoning', choice: 0, block: 0, text: 'Hm.', origin: 'openai-chat' },
  { kind: 'text', choice: 0, block: 1, text: 'Grüße\n\u2028' },
  { kind: 'text', choice: 0, block: 1, text: 'data: [DONE]\n\n' },
  { kind: 'tool_call', choice: 0, block: 2, id: 'call_1', name: 'f', arguments: '' },
  { kind: 'tool_call', choice: 0, block: 3, id: 'call.2', name: 'g', arguments: '{"b":' },
  { kind: 'tool_call', choice: 0, block: 2, arguments: '{"a":"x"}' },
  { kind: 'tool_call', choice: 0, block: 3, arguments: '[1]}' },
  { kind: 'finish', choice: 0, reason: 'tool_calls' },
  { kind: 'usage', usage: { ...noUsage, input: 12, cacheRead: 30, output: 7, reasoning: 5 } },
]

const write = (form: 'events' | 'whole'): string => {
  const writer = anthropicMessages.writer(form, plainRequest('anthropic-messages'))
  return deltas.map((delta) => writer.write(delta)).join('') + writer.end()
}

const clientOf = (status: number, type: string, body: string): Anthropic =>
  new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(body, { status, headers: { 'content-type': type } }),
  })

const question = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] }

describe('Anthropic’s own client', () => {
  test('reads the same message from a stream and from a whole body', async () => {
    const whole = await clientOf(200, 'application/json', write('whole')).messages.create(question)
    const stream = clientOf(200, 'text/event-stream', anthropicMessages.keepAlive + write('events'))
    const streamed = await stream.messages.stream(question).finalMessage()
    assert.deepEqual(JSON.parse(JSON.stringify(streamed.content)), whole.content)
    assert.equal(streamed.stop_reason, 'tool_use')
    assert.equal(whole.stop_reason, 'tool_use')
    assert.deepEqual(
      [whole.usage.input_tokens, whole.usage.cache_read_input_tokens, whole.usage.output_tokens],
      [12, 30, 12],
    )
    assert.equal(streamed.usage.output_tokens, 12)
    assert.equal(streamed.usage.input_tokens, 12)
  })

  test('knows the kind of our errors', async () => {
    const error = new GatewayError('upstream_overloaded', 'Try again.')
    const body = anthropicMessages.writeError(error, 'whole')
    await assert.rejects(clientOf(503, 'application/json', body).messages.create(question), {
      type: 'overloaded_error',
      status: 503,
    })
    const events =
      write('events')
        .slice(0, 300)
        .replace(/[^\n]*$/, '') + anthropicMessages.writeError(error, 'events')
    const cut = clientOf(200, 'text/event-stream', events).messages.stream(question)
    await assert.rejects(cut.finalMessage(), { type: 'overloaded_error' })
  })
})
