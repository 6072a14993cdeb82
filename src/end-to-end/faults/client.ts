import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { readEvents } from '../../wire/sse.ts'

/** The two languages in which callers ask here. */
export type Language = 'openai' | 'anthropic'

export interface Asking {
  readonly language?: Language | undefined
  readonly stream?: boolean | undefined
  readonly model?: string | undefined
  readonly prompt?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Fields added to the body. */
  readonly more?: object | undefined
  /** The call's id; default: a new one. */
  readonly id?: string | undefined
  readonly agent?: Agent | undefined
}

/** All that a client saw of one call. */
export interface Transcript {
  readonly id: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** False when the connection broke before the HTTP answer was complete. */
  readonly complete: boolean
  /** From sending to the head, and to the end. */
  readonly headMs: number
  readonly totalMs: number
}

let asked = 0
/** An id that no other call of this process has. */
export const newId = (): string => `fault-${process.pid}-${String(++asked).padStart(6, '0')}`

export const pathOf = (language: Language): string => (language === 'openai' ? '/v1/chat/completions' : '/v1/messages')

/** The body of a small question. */
export const bodyOf = ({ language = 'openai', stream = false, model = 'chat', prompt = 'hi', more }: Asking): string =>
  JSON.stringify({
    model,
    stream,
    messages: [{ role: 'user', content: prompt }],
    ...(language === 'anthropic' ? { max_tokens: 100 } : {}),
    ...(language === 'openai' && stream ? { stream_options: { include_usage: true } } : {}),
    ...more,
  })

/** The bytes of a whole HTTP request, for clients that write them by hand. */
export const requestBytes = (asking: Asking & { readonly id: string }): string => {
  const body = bodyOf(asking)
  const lines = [
    `POST ${pathOf(asking.language ?? 'openai')} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `x-request-id: ${asking.id}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(asking.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

const shared = new Agent({ keepAlive: true, maxSockets: 256 })
/** Lets the process end: idle connections to gateways are closed. */
export const closeIdle = (): void => shared.destroy()

/** Asks a gateway and reads its answer to the end, however that comes. */
export const ask = (port: number, asking: Asking = {}): Promise<Transcript> =>
  new Promise((resolve, reject) => {
    const { language = 'openai', id = newId(), agent = shared } = asking
    const body = bodyOf(asking)
    const began = performance.now()
    const outgoing = request({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: pathOf(language),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-request-id': id,
        ...asking.headers,
      },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const headMs = performance.now() - began
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('error', () => {})
      incoming.on('close', () => {
        const { statusCode: status = 0, headers, complete } = incoming
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ id, status, headers, text, complete, headMs, totalMs: performance.now() - began })
      })
    })
    outgoing.end(body)
  })

/** What a stream said to its client. */
export interface Said {
  /** Everything the model said: text, thinking and arguments of tools, in the order of arrival. */
  readonly words: string
  /** How often the language's mark of the end came. */
  readonly ends: number
  /** Finish reasons. */
  readonly finishes: readonly string[]
  /** The gateway's codes of errors told in the stream. */
  readonly errors: readonly string[]
  /** True when nothing came after the first error. */
  readonly errorIsLast: boolean
}

type Json = Record<string, unknown>
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])
const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

const thinkingIn = (delta: Json): string =>
  textOf(delta.reasoning_content) || textOf(delta.reasoning) || textOf(objectOf(delta.audio).data)

const openaiWords = (choice: Json): string => {
  const delta = objectOf(choice.delta)
  const content = textOf(delta.content) || (Array.isArray(delta.content) ? JSON.stringify(delta.content) : '')
  const calls = listOf(delta.tool_calls).map(
    (call) => textOf(objectOf(call.function).arguments) || textOf(objectOf(call.custom).input),
  )
  return content + textOf(delta.refusal) + thinkingIn(delta) + calls.join('')
}

const anthropicWords = ({ delta: raw }: Json): string => {
  const delta = objectOf(raw)
  return textOf(delta.text) + textOf(delta.thinking) + textOf(delta.partial_json)
}

/** Reads a stream as a client would: every event must be JSON. Throws what JSON.parse throws. */
export const saidIn = (text: string): Said => {
  let words = ''
  let ends = 0
  let errorIsLast = true
  const finishes: string[] = []
  const errors: string[] = []
  for (const { data } of readEvents(Buffer.from(text))) {
    if (errors.length > 0) errorIsLast = false
    if (data === '[DONE]') {
      ends++
      continue
    }
    const event = JSON.parse(data) as Json
    if (event.error) errors.push(textOf(objectOf(objectOf(event.error).tollgate ?? event.tollgate).code))
    if (event.type === 'message_stop') ends++
    const stop = textOf(objectOf(event.delta).stop_reason)
    if (stop) finishes.push(stop)
    words += anthropicWords(event)
    for (const choice of listOf(event.choices)) {
      words += openaiWords(choice)
      if (choice.finish_reason) finishes.push(textOf(choice.finish_reason))
    }
  }
  return { words, ends, finishes, errors, errorIsLast }
}

/** The gateway's own facts of an error answer, in either language. */
export const errorIn = (text: string): { code: string; message: string; type: string; tollgate: Json } => {
  const body = JSON.parse(text) as Json
  const error = objectOf(body.error)
  const tollgate = objectOf(error.tollgate ?? body.tollgate)
  return { code: textOf(tollgate.code), message: textOf(error.message), type: textOf(error.type), tollgate }
}
