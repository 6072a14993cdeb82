import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Caller } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { deliver } from '../deliver.ts'
import { refusalHeaders } from '../error-headers.ts'
import type { Gateway } from '../gateway.ts'
import type { Plan } from '../routing/plan.ts'
import type { Authenticate } from '../stages/authenticate.ts'
import type { Wire } from '../wire/wire.ts'
import { type BodyBudget, checkBodyHead, createBodyBudget, readBody } from './body.ts'
import { Connections } from './connections.ts'
import { outletOf } from './outlet.ts'
import { healthPage, modelPage, modelsPage, type Page, readyPage } from './pages.ts'
import { questionOf, withHeaders } from './question.ts'
import { findDoor, type InferenceDoor, type PageDoor, wireOfStranger } from './routes.ts'
import { checkLoopbackHost, checkStrictly, credentialOf, isLocalPeer, pathOf } from './strict.ts'

export interface ServerOptions {
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  /** True when no key is configured: then only this machine is served. */
  readonly open: boolean
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Told of every refusal that happened before there was a call. */
  refused(error: GatewayError, wire: string): void
  readonly maxBodyBytes: number
  /** Bytes of bodies in memory at once. Default 1 GiB. */
  readonly maxBodiesBytes?: number | undefined
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly idleConnectionMs: number
  /** Default 10 000. */
  readonly keepAliveMs?: number | undefined
  /** A caller that takes nothing for this long is given up. Default 60 000. */
  readonly writeStallMs?: number | undefined
}

export interface GatewayServer {
  readonly server: Server
  /** From now on `/readyz` says no, while everything is still served. */
  drain(): void
}

export const createGatewayServer = (options: ServerOptions): GatewayServer => {
  const doorkeeper = new Doorkeeper(options)
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
    (request, response) => void doorkeeper.handle(request, response),
  )
  server.maxHeadersCount = 0
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => doorkeeper.connections.refuse(error.code, socket))
  // Whoever asks before it sends a body is answered when it is known that the body is wanted.
  server.on('checkContinue', (request, response) => void doorkeeper.handle(request, response))
  server.on('checkExpectation', (_request, response) => response.writeHead(417, { connection: 'close' }).end())
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n'))
  return { server, drain: () => doorkeeper.drain() }
}

class Doorkeeper {
  readonly connections = new Connections()
  readonly #options: ServerOptions
  readonly #bodies: BodyBudget
  readonly #keepAliveMs: number
  #draining = false

  constructor(options: ServerOptions) {
    this.#options = options
    this.#bodies = createBodyBudget(options.maxBodiesBytes ?? 1024 * 1024 * 1024)
    this.#keepAliveMs = options.keepAliveMs ?? 10_000
  }

  drain(): void {
    this.#draining = true
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.connections.take(response)) return
    let wire = wireOfStranger(request.url ?? '', request.headers)
    try {
      checkStrictly(request)
      const path = pathOf(request.url ?? '')
      const { door, model } = findDoor(request.method ?? '', path)
      if (door.kind === 'inference') wire = door.wire
      if (this.#options.open && door.access !== 'open') checkLoopbackHost(request)
      if (door.kind === 'inference') await this.#infer(request, response, door)
      else this.#show(response, await this.#page(door, request, model))
    } catch (thrown) {
      const error = asGatewayError(thrown)
      this.#options.refused(error, wire.name)
      if (!request.complete) this.connections.endWith(response)
      refuse(response, error, wire)
    }
  }

  async #infer(request: IncomingMessage, response: ServerResponse, door: InferenceDoor): Promise<void> {
    const caller = this.#options.authenticate(credentialOf(request.headers))
    checkBodyHead(request.headers, this.#options.maxBodyBytes)
    if (request.headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue()
    const bytes = await readBody(request, this.#options.maxBodyBytes, this.#bodies)
    const asked = door.wire.readRequest(parseJson(bytes), door)
    const opened = this.#options.gateway.open(
      questionOf(withHeaders(asked, door.wire, request.headers), caller, request.headers),
    )
    const onClose = (): void => {
      if (!response.writableFinished) opened.cancel(callerLeft())
    }
    response.on('close', onClose)
    const outlet = outletOf(response, this.#options.writeStallMs)
    await deliver(opened, { wire: door.wire, outlet, keepAliveMs: this.#keepAliveMs })
    // A response lives longer than its call; it must not keep the call with it.
    response.off('close', onClose)
  }

  async #page(door: PageDoor, request: IncomingMessage, model: string): Promise<Page> {
    const caller = this.#admit(door, request)
    switch (door.page) {
      case 'health':
        return healthPage()
      case 'ready':
        return readyPage(this.#draining)
      case 'models':
        return modelsPage(this.#options.plan(), caller, request.headers)
      case 'model':
        return modelPage(this.#options.plan(), caller, model, request.headers)
      case 'metrics': {
        const { type, text } = await this.#options.metrics()
        return { status: 200, type, body: text }
      }
    }
  }

  #admit(door: PageDoor, request: IncomingMessage): Caller {
    if (door.access === 'caller') return this.#options.authenticate(credentialOf(request.headers))
    if (door.access === 'operator' && !isLocalPeer(request)) {
      throw new GatewayError('forbidden', 'This is shown to the machine itself only.')
    }
    return { key: 'anonymous' }
  }

  #show(response: ServerResponse, { status, type, body }: Page): void {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
  }
}

const callerLeft = (): GatewayError => new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })

/** A refusal before there was a call. What is left of the body is not read: the connection ends with the answer. */
const refuse = (response: ServerResponse, error: GatewayError, wire: Wire): void => {
  if (response.destroyed || response.headersSent) return
  const unread = !response.req.complete
  response.writeHead(error.status, {
    ...refusalHeaders(error, wire.idHeader),
    ...(unread ? { connection: 'close' } : {}),
  })
  response.end(wire.writeError(error, 'whole'))
  if (unread) readOn(response.req)
}

const lingerBytes = 64 * 1024
const lingerMs = 1_000

/** Reads on for a moment, so that a client that is still sending gets the answer instead of a reset. */
const readOn = (request: IncomingMessage): void => {
  let left = lingerBytes
  request.on('data', (part: Buffer) => {
    left -= part.length
    if (left < 0) request.destroy()
  })
  request.resume()
  setTimeout(() => request.destroy(), lingerMs).unref()
}
