/**
 * An upstream that streams: EVENTS pieces of text, one each TICK_MS for every stream at once, in OpenAI's chunks of about
 * 300 bytes, then the finish, the usage when it was asked for, and `[DONE]`. `GET /written` tells the events so far.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const { PORT = '9999', HOST = '127.0.0.1', EVENTS = '500', TICK_MS = '10' } = process.env

const text = 'Water slowly in the morning, let the soil dry between two rounds, and mulch what the sun reaches. '
const words = text.match(/\S+ /g) ?? []

const frame = (choices: readonly unknown[], usage: unknown): Buffer => {
  const chunk = {
    id: 'chatcmpl-Dq4vT8ZrXw1LbN6sYkE3uPfHc90Ga',
    object: 'chat.completion.chunk',
    created: 1793000000,
    model: 'gpt-4o-mini-2024-07-18',
    service_tier: 'default',
    system_fingerprint: 'fp_1f2e3d4c5b',
    choices,
    ...(usage === undefined ? {} : { usage }),
    obfuscation: 'h2Kd93',
  }
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
}

const piece = (delta: object, finish: string | null = null): readonly unknown[] => [
  { index: 0, delta, logprobs: null, finish_reason: finish },
]

/** All events of a stream. One with usage says `null` for it in every chunk but the last. */
const framesOf = (count: number, tellsUsage: boolean): readonly Buffer[] => {
  const none = tellsUsage ? null : undefined
  const usage = { prompt_tokens: 212, completion_tokens: count, total_tokens: 212 + count }
  return [
    frame(piece({ role: 'assistant', content: '', refusal: null }), none),
    ...Array.from({ length: count }, (_, index) => frame(piece({ content: words[index % words.length] }), none)),
    frame(piece({}, 'stop'), none),
    ...(tellsUsage ? [frame([], usage)] : []),
    Buffer.from('data: [DONE]\n\n'),
  ]
}

const plain = framesOf(Number(EVENTS), false)
const withUsage = framesOf(Number(EVENTS), true)

interface Stream {
  readonly response: ServerResponse
  readonly frames: readonly Buffer[]
  next: number
}

const streams = new Set<Stream>()
let written = 0

const tick = (): void => {
  for (const stream of streams) {
    const { response, frames } = stream
    if (response.writableNeedDrain) continue
    response.write(frames[stream.next++])
    written++
    if (stream.next < frames.length) continue
    response.end()
    streams.delete(stream)
  }
}

const begin = (response: ServerResponse, body: string): void => {
  const asked: { stream_options?: { include_usage?: boolean } } = JSON.parse(body)
  const stream = { response, frames: asked.stream_options?.include_usage ? withUsage : plain, next: 0 }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.on('close', () => streams.delete(stream))
  streams.add(stream)
}

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.url === '/written') return void response.end(String(written))
  if (request.method !== 'POST') return void response.writeHead(404).end()
  let body = ''
  request.setEncoding('utf8').on('data', (part: string) => {
    body += part
  })
  request.on('end', () => begin(response, body))
}

createServer(answer).listen(Number(PORT), HOST)
setInterval(tick, Number(TICK_MS))
