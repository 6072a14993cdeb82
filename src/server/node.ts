import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Authenticate } from '../control/directory.ts'
import type { Caller } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { deliver } from '../deliver.ts'
import type { Gateway } from '../gateway.ts'
import type { Plan } from '../routing/plan.ts'
import type { Admin } from './admin/index.ts'
import { adminWords } from './admin/words.ts'
import { type BodyBudget, checkBodyHead, createBodyBudget, dropSmallBody, readBody } from './body.ts'
import { Connections } from './connections.ts'
import { jsonLimitsOf } from './json-limits.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { outletOf } from './outlet.ts'
import type { Overload } from './overload.ts'
import { dialectOf, healthPage, modelPage, modelsPage, type Page, readyPage } from './pages.ts'
import { providerKeyOf } from './provider-key.ts'
import { questionOf, withHeaders } from './question.ts'
import { serveRaw } from './raw-door.ts'
import { type RefusalWords, refuse } from './refusal.ts'
import {
  findDoor,
  type InferenceDoor,
  nothingAt,
  type PageDoor,
  type RawDoor,
  throughDoor,
  wireOfStranger,
} from './routes.ts'
import { checkLoopbackHost, checkStrictly, credentialOf, isLocalPeer, pathOf } from './strict.ts'

export interface ServerOptions extends ListenerOptions {
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  /** True while nobody ever had a key: then only this machine is served. Read with every request. */
  readonly open: boolean
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Told of every refusal that happened before there was a call. */
  refused(error: GatewayError, wire: string): void
  readonly maxBodyBytes: number
  /** Turns calls away where there are too many; undefined: none is. */
  readonly overload?: Overload | undefined
  /** Providers that take keys of callers. Default: none. */
  readonly clientKeys?: ReadonlySet<string> | undefined
  /** Bytes of bodies in memory at once. Default 1 GiB. */
  readonly maxBodiesBytes?: number | undefined
  /** What is under `/admin/`; undefined: nothing is there, at this address. */
  readonly admin?: Pick<Admin, 'handle'> | undefined
  /** Lets an operator from another machine in, or throws. Undefined: only this machine is let in. */
  admit?(request: IncomingMessage): unknown
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
  const server = createListener(options, doorkeeper)
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
    let words: RefusalWords = wireOfStranger(request.url ?? '', request.headers)
    try {
      checkStrictly(request)
      const path = pathOf(request.url ?? '')
      const { door, model } = findDoor(request.method ?? '', path, request.url)
      if (door.kind === 'inference') words = door.wire
      else if (door.kind === 'admin') words = adminWords
      if (this.#options.open && door.access !== 'open') checkLoopbackHost(request)
      if (door.kind === 'inference' || door.kind === 'raw') this.#letIn(response)
      if (door.kind === 'inference') await this.#infer(request, response, door)
      else if (door.kind === 'raw') await this.#pass(request, response, door)
      else if (door.kind === 'admin') await this.#administer(request, response, path)
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
    const asked = door.wire.readRequest(parseJson(bytes, jsonLimitsOf(door.operation)), door)
    const question = questionOf(withHeaders(asked, door.wire, request.headers), caller, request.headers)
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
    const wire = wireOfStranger(request.url ?? '', request.headers)
    const { clientKeys = none } = this.#options
    await serveRaw({ request, response, door }, caller, { ...this.#options, clientKeys, bodies: this.#bodies, wire })
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
        return readyPage(this.#draining)
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
