import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { noUsage } from '../../core/usage.ts'
import { plainRequest } from '../../testing/wire-suite.ts'
import { gemini } from './index.ts'

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
  const writer = gemini.writer(form, plainRequest('gemini'))
  return deltas.map((delta) => writer.write(delta)).join('') + writer.end()
}

/** Runs with a client whose server answers so. */
const answering = async <Result>(
  status: number,
  type: string,
  body: string,
  run: (client: GoogleGenAI) => Promise<Result>,
): Promise<Result> => {
  const server = createServer((_, response) => response.writeHead(status, { 'content-type': type }).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    return await run(new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl } }))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const question = { model: 'm', contents: 'Hi' }

const piecesOf = async (client: GoogleGenAI): Promise<GenerateContentResponse[]> => {
  const pieces: GenerateContentResponse[] = []
  for await (const piece of await client.models.generateContentStream(question)) pieces.push(piece)
  return pieces
}

describe('Google’s own client', () => {
  test('reads the same answer from a stream and from a whole body', async () => {
    const whole = await answering(200, 'application/json', write('whole'), (client) =>
      client.models.generateContent(question),
    )
    const pieces = await answering(200, 'text/event-stream', gemini.keepAlive + write('events'), piecesOf)
    const calls = [
      { id: 'call_1', name: 'f', args: { a: 'x' } },
      { id: 'call.2', name: 'g', args: { b: [1] } },
    ]
    assert.deepEqual(whole.functionCalls, calls)
    assert.deepEqual(
      pieces.flatMap((piece) => piece.functionCalls ?? []),
      calls,
    )
    assert.equal(
      whole.candidates?.[0]?.content?.parts?.find(({ thought, text }) => text && !thought)?.text,
      'Grüße\n\u2028data: [DONE]\n\n',
    )
    const last = pieces.at(-1)
    assert.equal(last?.candidates?.[0]?.finishReason, 'STOP')
    for (const usage of [whole.usageMetadata, last?.usageMetadata])
      assert.deepEqual(
        [
          usage?.promptTokenCount,
          usage?.cachedContentTokenCount,
          usage?.candidatesTokenCount,
          usage?.thoughtsTokenCount,
        ],
        [42, 30, 7, 5],
      )
    assert.equal(whole.responseId, 'resp_1')
  })

  test('keeps every turn of its chats, and gives them back as it got them', async () => {
    await answering(200, 'text/event-stream', write('events'), async (client) => {
      const chat = client.chats.create({ model: 'm' })
      for await (const _ of await chat.sendMessageStream({ message: 'Hi' }));
      const history = chat.getHistory(true)
      assert.equal(history[0]?.role, 'user')
      const contents = JSON.parse(JSON.stringify([...history, { role: 'user', parts: [{ text: 'Go on.' }] }]))
      const request = gemini.readRequest({ contents }, { operation: 'chat', model: 'm' })
      const answer = request.chat.messages[1]
      assert.deepEqual(
        answer?.parts.map(({ kind }) => kind),
        ['reasoning', 'text', 'tool_call', 'tool_call'],
      )
    })
  })

  test('knows the kind of our errors, before and inside a stream', async () => {
    const error = new GatewayError('upstream_overloaded', 'Try again.')
    const whole = gemini.writeError(error, 'whole')
    await assert.rejects(
      answering(503, 'application/json', whole, (client) => client.models.generateContent(question)),
      { name: 'ApiError', status: 503 },
    )
    const begun = write('events').split('\n\n').slice(0, 2).join('\n\n')
    const cut = `${begun}\n\n${gemini.writeError(error, 'events')}`
    await assert.rejects(answering(200, 'text/event-stream', cut, piecesOf), { name: 'ApiError', status: 503 })
  })
})
