import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import process from 'node:process'
import type { Connections } from './connections.ts'

// Importing a name from it reads every other one too, `WebSocket` for one, and that loads a second HTTP client: 80 ms, 16 MiB.
const { createServer } = process.getBuiltinModule('node:http')

export interface ListenerOptions {
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly idleConnectionMs: number
}

/** Whoever answers requests, and knows what each connection was asked. */
export interface Listening {
  readonly connections: Connections
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** An HTTP/1.1 server that takes nothing for granted: sizes and times bounded, odd requests answered by a refusal. */
export const createListener = (options: ListenerOptions, listening: Listening): Server => {
  const server = createServer(
    {
      headersTimeout: options.headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      keepAliveTimeout: options.idleConnectionMs,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
      // Looked at with the rest, so that its absence is told in the caller's language.
      requireHostHeader: false,
      insecureHTTPParser: false,
      noDelay: true,
    },
    (request, response) => void listening.handle(request, response),
  )
  server.maxHeadersCount = 0
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => listening.connections.refuse(error.code, socket))
  // Whoever asks before it sends a body is answered when it is known that the body is wanted.
  server.on('checkContinue', (request, response) => void listening.handle(request, response))
  server.on('checkExpectation', (_request, response) => response.writeHead(417, { connection: 'close' }).end())
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n'))
  return server
}
