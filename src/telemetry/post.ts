import { createId } from '../core/call.ts'
import { postWebhook, type Receiver } from '../transport/webhook-post.ts'

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
  send(to: Receiver, message: Message): void
  /** Waits up to two seconds for what is under way, then ends it. */
  close(): Promise<void>
}

const patienceMs = 2_000

export const createPost = (options: PostOptions): Post => {
  const { pausesMs = [1_000, 10_000], timeoutMs = 10_000, most = 100, failed } = options
  const stop = new AbortController()
  const underWay = new Set<Promise<void>>()

  const deliver = async (to: Receiver, message: Message): Promise<void> => {
    const envelope = {
      id: createId(),
      body: JSON.stringify({ type: message.type, timestamp: new Date().toISOString(), data: message.data }),
    }
    let problem = ''
    for (const pauseMs of [0, ...pausesMs]) {
      if (pauseMs > 0) await pause(pauseMs, stop.signal)
      if (stop.signal.aborted) break
      problem = (await postWebhook(to, envelope, { timeoutMs, signal: stop.signal })).problem ?? ''
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
