import { createHmac } from 'node:crypto'
import { request } from 'undici'
import { createId } from '../core/call.ts'

/** Who is told of something. */
export interface Endpoint {
  readonly url: string
  /** `whsec_` and base64, or any text; undefined: what is sent is not signed. */
  readonly secret?: string | undefined
}

export interface Message {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface PostOptions {
  /** How long to wait before each further try, in milliseconds. Default: 1 000, 10 000. */
  readonly pausesMs?: readonly number[] | undefined
  /** For one try. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** Messages that may be under way; more are not sent. Default 100. */
  readonly most?: number | undefined
  /** Told when a message is given up: nothing of the address is in it. */
  failed(problem: string, data: Message['data']): void
}

/** Sends messages by HTTP POST, as Standard Webhooks has it, without anybody waiting. */
export interface Post {
  send(to: Endpoint, message: Message): void
  /** Waits up to two seconds for what is under way, then ends it. */
  close(): Promise<void>
}

const patienceMs = 2_000

export const createPost = (options: PostOptions): Post => {
  const { pausesMs = [1_000, 10_000], timeoutMs = 10_000, most = 100, failed } = options
  const stop = new AbortController()
  const underWay = new Set<Promise<void>>()

  const deliver = async (to: Endpoint, message: Message): Promise<void> => {
    const id = createId()
    let problem = ''
    for (const pauseMs of [0, ...pausesMs]) {
      if (pauseMs > 0) await pause(pauseMs, stop.signal)
      if (stop.signal.aborted) break
      problem = await attempt(to, message, {
        id,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(timeoutMs)]),
      })
      if (problem === '') return
    }
    failed(problem || 'the gateway stopped', message.data)
  }

  return {
    send: (to, message) => {
      if (underWay.size >= most) return failed(`${most} messages are under way already`, message.data)
      const sending = deliver(to, message).finally(() => underWay.delete(sending))
      underWay.add(sending)
    },
    close: async () => {
      const timer = setTimeout(() => stop.abort(), patienceMs)
      await Promise.all(underWay)
      clearTimeout(timer)
    },
  }
}

/** Empty when it was taken, else what went wrong. */
const attempt = async (
  { url, secret }: Endpoint,
  { type, data }: Message,
  { id, signal }: { readonly id: string; readonly signal: AbortSignal },
): Promise<string> => {
  const now = new Date()
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const body = JSON.stringify({ type, timestamp: now.toISOString(), data })
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
  }
  if (secret !== undefined) headers['webhook-signature'] = signatureOf(`${id}.${timestamp}.${body}`, secret)
  try {
    const answer = await request(url, { method: 'POST', headers, body, signal })
    await answer.body.dump()
    return answer.statusCode >= 200 && answer.statusCode < 300 ? '' : `it answered ${answer.statusCode}`
  } catch (thrown) {
    return signal.aborted ? 'it did not answer in time' : `it was not reached (${codeOf(thrown)})`
  }
}

const signatureOf = (signed: string, secret: string): string => {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown cause'

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    timer.unref()
    signal.addEventListener('abort', end, { once: true })
  })
