import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import OpenAI from 'openai'
import { GatewayError } from '../../core/errors.ts'
import { readStreams } from '../../testing/samples.ts'
import { plainRequest } from '../../testing/wire-suite.ts'
import { openaiChat } from './index.ts'

/** OpenAI's own client, to which every request is answered with this. */
const clientOf = (body: string, type: string, status = 200): OpenAI =>
  new OpenAI({
    apiKey: 'sk-test',
    maxRetries: 0,
    baseURL: 'http://127.0.0.1:1/v1',
    fetch: async () => new Response(body, { status, headers: { 'content-type': type } }),
  })

const rewrite = (bytes: Buffer, form: 'events' | 'whole'): string => {
  const writer = openaiChat.writer(form, plainRequest('openai-chat'))
  const pieces = openaiChat
    .reader('events')(bytes)
    .map((delta) => writer.write(delta))
  return pieces.join('') + writer.end()
}

const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
const essence = (completion: OpenAI.ChatCompletion) => ({
  usage: completion.usage,
  choices: completion.choices.map(({ index, finish_reason, message, logprobs }) => ({
    index,
    finish_reason,
    content: message.content || null,
    refusal: message.refusal || null,
    calls: (message.tool_calls ?? []).map((call) =>
      JSON.parse(JSON.stringify({ ...call, index: undefined, parsed: undefined })),
    ),
    logprobs: logprobs?.content ?? null,
  })),
})

describe('OpenAI’s own client', () => {
  for (const { name, bytes } of readStreams(new URL('./fixtures/streams/', import.meta.url))) {
    test(`understands ${name} the same as a stream and as a whole answer`, async () => {
      const streamed = clientOf(rewrite(bytes, 'events'), 'text/event-stream').chat.completions.stream(question)
      const answered = await clientOf(rewrite(bytes, 'whole'), 'application/json').chat.completions.create(question)
      assert.deepEqual(essence(await streamed.finalChatCompletion()), essence(answered))
      assert.ok((answered.usage?.total_tokens ?? 0) > 0)
    })
  }

  test('throws an error that comes inside a stream', async () => {
    const text = openaiChat.writeError(new GatewayError('upstream_timeout', 'Too slow.'), 'events')
    const stream = await clientOf(text, 'text/event-stream').chat.completions.create({ ...question, stream: true })
    const read = async () => {
      for await (const _chunk of stream) assert.fail('a chunk came')
    }
    await assert.rejects(read, { code: 'upstream_timeout' })
  })

  test('throws its own class for an error with a status', async () => {
    const text = openaiChat.writeError(new GatewayError('rate_limited', 'Slow down.'), 'whole')
    const asked = clientOf(text, 'application/json', 429).chat.completions.create(question)
    await assert.rejects(asked, (thrown) => {
      assert.ok(thrown instanceof OpenAI.RateLimitError)
      assert.equal(thrown.code, 'rate_limited')
      return true
    })
  })
})
