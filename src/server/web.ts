import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticate } from '../control/directory.ts'
import type { Caller } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { deliver } from '../deliver.ts'
import { deliverRaw } from '../deliver-raw.ts'
import { refusalHeaders } from '../error-headers.ts'
import type { Gateway } from '../gateway.ts'
import type { Plan } from '../routing/plan.ts'
import type { Wire } from '../wire/wire.ts'
import { checkBodyHead } from './body.ts'
import { createKeptDoors, type KeptDoors, type KeptDoorsOptions } from './kept-doors.ts'
import { dialectOf, healthPage, modelPage, modelsPage, type Page, readyPage } from './pages.ts'
import { passedTo, throughTo } from './passthrough.ts'
import { providerKeyOf } from './provider-key.ts'
import { rawQuestion, readQuestion } from './reading.ts'
import {
  findDoor,
  type InferenceDoor,
  nothingAt,
  type PageDoor,
  type RawDoor,
  type ServerDoor,
  throughDoor,
  wireOfStranger,
} from './routes.ts'
import { credentialOf, pathOf } from './strict.ts'
import { answeredThrough, readAll } from './web-arrival.ts'
import { webOutlet } from './web-outlet.ts'

export interface WebOptions extends KeptDoorsOptions {
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Providers that take keys of callers. */
  readonly clientKeys: ReadonlySet<string>
}

/** A web-standard handler: the same doors as the server, for runtimes and frameworks that speak `Request` and `Response`. */
export const createFetch = (options: WebOptions): ((request: Request) => Promise<Response>) => {
  const kept = createKeptDoors(options)
  return async (request) => {
    const { pathname: path, search } = new URL(request.url)
    const headers: IncomingHttpHeaders = Object.fromEntries(request.headers)
    let wire = wireOfStranger(path, headers)
    try {
      const { door, model } = findDoor(request.method, pathOf(path + search), path + search)
      if (door.kind === 'page') return show(await page(options, door, { headers, model }))
      if (door.kind === 'admin') throw nothingAt(path)
      if (door.kind === 'inference') wire = door.wire
      const postponed = keep(kept, request, { door, headers, options })
      if (postponed) return await postponed
      if (door.kind === 'raw') return await pass(options, request, { door, headers, wire })
      if (door.kind === 'inference') return await infer(options, request, { door, headers })
      throw nothingAt(path)
    } catch (thrown) {
      return refuse(asGatewayError(thrown), wire)
    }
  }
}

/** What is kept here, and what is to be done later; undefined: it is to be done now. */
const keep = (
  kept: KeptDoors,
  request: Request,
  {
    door,
    headers,
    options,
  }: { door: Exclude<ServerDoor, PageDoor>; headers: IncomingHttpHeaders; options: WebOptions },
): Promise<Response> | undefined => {
  const caller = (): Caller => throughDoor(options.authenticate(credentialOf(headers)), door)
  if (door.kind !== 'inference' && door.kind !== 'raw')
    return answeredThrough(request, headers, (arrival) => kept.serve(arrival, door, caller()))
  if (headers.prefer === undefined || !kept.isPostponed(door, headers.prefer)) return undefined
  return answeredThrough(request, headers, (arrival) => kept.postpone(arrival, { door, caller: caller() }))
}

const infer = async (
  options: WebOptions,
  request: Request,
  { door, headers }: { door: InferenceDoor; headers: IncomingHttpHeaders },
): Promise<Response> => {
  const caller = throughDoor(options.authenticate(credentialOf(headers)), door)
  checkBodyHead(headers, options.maxBodyBytes)
  const providerKey = providerKeyOf(headers, options.clientKeys)
  const mayPass = providerKey || headers['idempotency-key'] !== undefined
  const denial = mayPass ? undefined : options.gateway.admit(caller, door.operation)
  if (denial) throw denial
  const bytes = await readAll(request, options.maxBodyBytes)
  const question = readQuestion(door, bytes, { caller, headers })
  const opened = options.gateway.open(providerKey ? { ...question, providerKey } : question)
  const leave = (): void =>
    opened.cancel(new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' }))
  request.signal.addEventListener('abort', leave, { once: true })
  return new Promise((resolve) => {
    const outlet = webOutlet(resolve, leave)
    void deliver(opened, { wire: door.wire, outlet, keepAliveMs: 10_000 }).finally(() =>
      request.signal.removeEventListener('abort', leave),
    )
  })
}

/** A request that passes unread; its body is read whole first. */
const pass = async (
  options: WebOptions,
  request: Request,
  { door, headers, wire }: { door: RawDoor; headers: IncomingHttpHeaders; wire: Wire },
): Promise<Response> => {
  const caller = throughDoor(options.authenticate(credentialOf(headers)), door)
  const target = targetOf(request.url)
  if (door.operation === 'passthrough') throughTo(caller, passedTo(target).provider)
  const providerKey = providerKeyOf(headers, options.clientKeys)
  const denial = providerKey ? undefined : options.gateway.admit(caller, door.operation)
  if (denial) throw denial
  const body = await readAll(request, options.maxBodyBytes)
  const question = rawQuestion(door, { method: request.method, target, body }, { caller, headers })
  const opened = options.gateway.open(providerKey ? { ...question, providerKey } : question)
  const leave = (): void =>
    opened.cancel(new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' }))
  request.signal.addEventListener('abort', leave, { once: true })
  return new Promise((resolve) => {
    void deliverRaw(opened, { outlet: webOutlet(resolve, leave), wire }).finally(() =>
      request.signal.removeEventListener('abort', leave),
    )
  })
}

const targetOf = (url: string): string => {
  const { pathname, search } = new URL(url)
  return pathname + search
}

const page = async (
  options: WebOptions,
  door: PageDoor,
  { headers, model }: { headers: IncomingHttpHeaders; model: string },
): Promise<Page> => {
  if (door.page === 'health') return healthPage()
  if (door.page === 'ready') return readyPage(false)
  // Whoever mounts the handler decides who reaches it; the figures are for those who hold a key.
  const caller = options.authenticate(credentialOf(headers))
  if (door.access === 'caller') throughDoor(caller, door)
  if (door.page === 'models') return modelsPage(options.plan(), caller, dialectOf(door.path, headers))
  if (door.page === 'model') return modelPage(options.plan(), caller, model, dialectOf(door.path, headers))
  const { type, text } = await options.metrics()
  return { status: 200, type, body: text }
}

const show = ({ status, type, body }: Page): Response =>
  new Response(body, { status, headers: { 'content-type': type, 'cache-control': 'no-store' } })

const refuse = (error: GatewayError, wire: Wire): Response =>
  new Response(wire.writeError(error, 'whole'), {
    status: error.status === 499 ? 400 : error.status,
    headers: refusalHeaders(error, wire),
  })
