import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from './self-signed.ts'

/** What a receiver was sent. */
export interface HeardWebhook {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Unix milliseconds. */
  readonly at: number
}

/** How a receiver answers: well, or in one of the ways in which receivers are bad. */
export type Reception =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** No answer at all. */
  | 'silence'
  /** The connection is closed instead of an answer. */
  | 'hang-up'
  /** 200, then a byte every 20 ms for ever. */
  | 'drip'
  /** 200, then a gigabyte as fast as it is taken. */
  | 'flood'
  /** 200, part of the body, then a reset. */
  | 'reset-after-head'

/** A receiver of webhooks that answers as it is told, and remembers what it was sent. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly heard: readonly HeardWebhook[]
  /** Messages that waited for their answer at one time, at most. */
  readonly mostAtOnce: number
  /** Bytes of bodies that were written, whether they were taken or not. */
  readonly bytesSaid: number
  /** The next messages get these answers, one each. */
  script(...answers: readonly Reception[]): void
  /** What messages get for which there is no script. At first: 204. */
  always(answer: Reception): void
  /** Fulfilled once it was sent so many messages. */
  until(count: number): Promise<readonly HeardWebhook[]>
}

export interface ReceiverOptions {
  /** Behind a certificate that nobody vouches for? Default false. */
  readonly isTls?: boolean | undefined
}

/** Starts a receiver on a free port of 127.0.0.1. */
export const startWebhookReceiver = async ({ isTls = false }: ReceiverOptions = {}): Promise<WebhookReceiver> => {
  const heard: HeardWebhook[] = []
  const answers: Reception[] = []
  const waiters = new Set<() => void>()
  let usual: Reception = { status: 204 }
  let bytesSaid = 0
  let atOnce = 0
  let mostAtOnce = 0
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      response.once('close', () => atOnce--)
      heard.push({ path: request.url ?? '', headers: request.headers, body, at: Date.now() })
      for (const look of waiters) look()
      receive(response, answers.shift() ?? usual, (size) => {
        bytesSaid += size
      })
    })
  }
  const server = isTls ? createTlsServer(selfSigned(), listener) : createServer(listener)
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  return {
    url: `http${isTls ? 's' : ''}://127.0.0.1:${port}/hook?token=not-for-logs`,
    port,
    heard,
    get mostAtOnce() {
      return mostAtOnce
    },
    get bytesSaid() {
      return bytesSaid
    },
    script: (...more) => void answers.push(...more),
    always: (answer) => {
      usual = answer
    },
    until: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (heard.length < count) return
          waiters.delete(look)
          resolve(heard)
        }
        waiters.add(look)
        look()
      }),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

const gigabyte = 1024 ** 3

const receive = (response: ServerResponse, answer: Reception, said: (size: number) => void): void => {
  if (answer === 'silence') return
  if (answer === 'hang-up') response.destroy()
  else if (typeof answer === 'object') response.writeHead(answer.status, answer.headers).end(answer.body)
  else {
    response.writeHead(200, answer === 'flood' ? { 'content-length': gigabyte } : {})
    if (answer === 'drip') drip(response)
    else if (answer === 'flood') flood(response, said)
    else response.write('half of ', () => response.socket?.resetAndDestroy())
  }
}

const drip = (response: ServerResponse): void => {
  const timer = setInterval(() => response.write('.'), 20)
  response.once('close', () => clearInterval(timer))
}

const flood = (response: ServerResponse, said: (size: number) => void): void => {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let left = gigabyte
  const go = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      said(chunk.length)
      if (!response.write(chunk)) return
    }
  }
  response.on('drain', go)
  go()
}
