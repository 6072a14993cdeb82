import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Caller } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { deliver } from '../deliver.ts'
import { adminWords } from './admin/words.ts'
import { type Arrival, arrivalOf } from './arrival.ts'
import { type BodyBudget, checkBodyHead, createBodyBudget, dropSmallBody, readBody } from './body.ts'
import { Connections } from './connections.ts'
import { createKeptDoors, type KeptDoors } from './kept-doors.ts'
import { createListener } from './listener.ts'
import { outletOf } from './outlet.ts'
import { dialectOf, healthPage, modelPage, modelsPage, type Page, readyPage } from './pages.ts'
import { providerKeyOf } from './provider-key.ts'
import { serveRaw } from './raw-door.ts'
import { readQuestion } from './reading.ts'
import { type RefusalWords, refuse } from './refusal.ts'
import {
  findDoor,
  type InferenceDoor,
  type KeptDoor,
  nothingAt,
  type PageDoor,
  type RawDoor,
  throughDoor,
  wireOfStranger,
} from './routes.ts'
import type { ServerOptions } from './server-options.ts'
import { checkLoopbackHost, checkStrictly, credentialOf, isLocalPeer, pathOf } from './strict.ts'

export type { ServerOptions }

export interface GatewayServer {
  readonly server: Server
  /** From now on `/readyz` says no, while everything is still served. */
  drain(): void
}

export const createGatewayServer = (options: ServerOptions): GatewayServer => {
  const doorkeeper = new Doorkeeper(options)
  const server = createListener(options, doorkeeper)
  return { server, drain: () => doorkeeper.drain() }
}

class Doorkeeper {
  readonly connections = new Connections()
  readonly #options: ServerOptions
  readonly #bodies: BodyBudget
  readonly #keepAliveMs: number
  readonly #kept: KeptDoors
  readonly #draining = new AbortController()

  constructor(options: ServerOptions) {
    this.#options = options
    this.#bodies = createBodyBudget(options.maxBodiesBytes ?? 1024 * 1024 * 1024)
    this.#keepAliveMs = options.keepAliveMs ?? 10_000
    this.#kept = createKeptDoors(options)
  }

  drain(): void {
    this.#draining.abort()
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.connections.take(response)) return
    let words: RefusalWords = wireOfStranger(request.url ?? '', request.headers)
    try {
      checkStrictly(request)
      const path = pathOf(request.url ?? '')
      const { door, model } = findDoor(request.method ?? '', path, request.url)
      if (door.kind === 'inference') words = door.wire
      else if (door.kind === 'admin') words = adminWords
      if (this.#options.open && door.access !== 'open') checkLoopbackHost(request)
      if (door.kind !== 'page' && door.kind !== 'admin') this.#letIn(response)
      if (door.kind === 'inference') await this.#infer(request, response, door)
      else if (door.kind === 'raw') await this.#pass(request, response, door)
      else if (door.kind === 'admin') await this.#administer(request, response, path)
      else if (door.kind !== 'page') await this.#keep(request, response, door)
      else this.#show(response, await this.#page(door, request, model))
    } catch (thrown) {
      const error = asGatewayError(thrown)
      this.#options.refused(error, words.name)
      if (!request.complete) this.connections.endWith(response)
      refuse(response, error, words)
    }
  }

  /** What is turned away is turned away before its body is read, and before anybody is looked up. */
  #letIn(response: ServerResponse): void {
    const { overload } = this.#options
    if (!overload) return
    if (overload.isBusy) {
      response.shouldKeepAlive = false
      this.connections.endWith(response)
    }
    overload.admit()
  }

  async #infer(request: IncomingMessage, response: ServerResponse, door: InferenceDoor): Promise<void> {
    const caller = throughDoor(this.#options.authenticate(credentialOf(request.headers)), door)
    this.#options.overload?.admitCaller(caller, request.headers)
    const { prefer } = request.headers
    if (prefer !== undefined && this.#kept.isPostponed(door, prefer))
      return this.#kept.postpone(this.#arrival(request, response), { door, caller })
    checkBodyHead(request.headers, this.#options.maxBodyBytes)
    const providerKey = providerKeyOf(request.headers, this.#options.clientKeys ?? none)
    // A budget that is used up is no reason to turn away who pays itself, or who may have paid already: what else binds
    // it is asked later.
    const mayPass = providerKey || request.headers['idempotency-key'] !== undefined
    const denial = mayPass ? undefined : this.#options.gateway.admit(caller, door.operation)
    if (denial) {
      await dropSmallBody(request)
      throw denial
    }
    if (request.headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue()
    const bytes = await readBody(request, this.#options.maxBodyBytes, this.#bodies)
    // While bodies were read, calls may have begun that were let in before this one.
    this.#options.overload?.admit()
    const question = readQuestion(door, bytes, { caller, headers: request.headers })
    const opened = this.#options.gateway.open(providerKey ? { ...question, providerKey } : question)
    const onClose = (): void => {
      if (!response.writableFinished) opened.cancel(callerLeft())
    }
    response.on('close', onClose)
    const outlet = outletOf(response, this.#options.writeStallMs)
    await deliver(opened, { wire: door.wire, outlet, keepAliveMs: this.#keepAliveMs })
    // A response lives longer than its call; it must not keep the call with it.
    response.off('close', onClose)
  }

  async #pass(request: IncomingMessage, response: ServerResponse, door: RawDoor): Promise<void> {
    const caller = throughDoor(this.#options.authenticate(credentialOf(request.headers)), door)
    this.#options.overload?.admitCaller(caller, request.headers)
    const { prefer } = request.headers
    if (prefer !== undefined && this.#kept.isPostponed(door, prefer))
      return this.#kept.postpone(this.#arrival(request, response), { door, caller })
    const wire = wireOfStranger(request.url ?? '', request.headers)
    const { clientKeys = none } = this.#options
    await serveRaw({ request, response, door }, caller, { ...this.#options, clientKeys, bodies: this.#bodies, wire })
  }

  async #keep(request: IncomingMessage, response: ServerResponse, door: KeptDoor): Promise<void> {
    const caller = throughDoor(this.#options.authenticate(credentialOf(request.headers)), door)
    await this.#kept.serve(this.#arrival(request, response), door, caller)
  }

  #arrival(request: IncomingMessage, response: ServerResponse): Arrival {
    const { writeStallMs } = this.#options
    return arrivalOf(request, response, { bodies: this.#bodies, writeStallMs, stopping: this.#draining.signal })
  }

  async #administer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (!this.#options.admin) throw nothingAt(path)
    await this.#options.admin.handle(request, response)
  }

  async #page(door: PageDoor, request: IncomingMessage, model: string): Promise<Page> {
    const caller = this.#admit(door, request)
    switch (door.page) {
      case 'health':
        return healthPage()
      case 'ready':
        return readyPage(this.#draining.signal.aborted)
      case 'models':
        return modelsPage(this.#options.plan(), caller, dialectOf(door.path, request.headers))
      case 'model':
        return modelPage(this.#options.plan(), caller, model, dialectOf(door.path, request.headers))
      case 'metrics': {
        const { type, text } = await this.#options.metrics()
        return { status: 200, type, body: text }
      }
    }
  }

  #admit(door: PageDoor, request: IncomingMessage): Caller {
    if (door.access === 'caller') return throughDoor(this.#options.authenticate(credentialOf(request.headers)), door)
    if (door.access === 'operator' && !isLocalPeer(request)) {
      if (!this.#options.admit) throw new GatewayError('forbidden', 'This is shown to the machine itself only.')
      this.#options.admit(request)
    }
    return { key: 'anonymous' }
  }

  #show(response: ServerResponse, { status, type, body }: Page): void {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
  }
}

const none: ReadonlySet<string> = new Set()

const callerLeft = (): GatewayError => new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })
