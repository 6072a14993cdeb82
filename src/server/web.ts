import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticate } from '../control/directory.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { deliver, type Outlet } from '../deliver.ts'
import { deliverRaw } from '../deliver-raw.ts'
import { refusalHeaders } from '../error-headers.ts'
import type { Gateway } from '../gateway.ts'
import type { Plan } from '../routing/plan.ts'
import type { Wire } from '../wire/wire.ts'
import { checkBodyHead, tooLarge } from './body.ts'
import { jsonLimitsOf } from './json-limits.ts'
import { dialectOf, healthPage, modelPage, modelsPage, type Page, readyPage } from './pages.ts'
import { passedTo, throughTo } from './passthrough.ts'
import { providerKeyOf } from './provider-key.ts'
import { questionOf, withHeaders } from './question.ts'
import { modelRequest, passedRequest } from './raw-request.ts'
import {
  findDoor,
  type InferenceDoor,
  nothingAt,
  type PageDoor,
  type RawDoor,
  throughDoor,
  wireOfStranger,
} from './routes.ts'
import { credentialOf, pathOf } from './strict.ts'

export interface WebOptions {
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  readonly maxBodyBytes: number
  /** Providers that take keys of callers. */
  readonly clientKeys: ReadonlySet<string>
}

/** A web-standard handler: the same doors as the server, for runtimes and frameworks that speak `Request` and `Response`. */
export const createFetch =
  (options: WebOptions): ((request: Request) => Promise<Response>) =>
  async (request) => {
    const { pathname: path, search } = new URL(request.url)
    const headers: IncomingHttpHeaders = Object.fromEntries(request.headers)
    let wire = wireOfStranger(path, headers)
    try {
      const { door, model } = findDoor(request.method, pathOf(path + search), path + search)
      if (door.kind === 'page') return show(await page(options, door, { headers, model }))
      if (door.kind === 'admin') throw nothingAt(path)
      if (door.kind === 'raw') return await pass(options, request, { door, headers, wire })
      wire = door.wire
      return await infer(options, request, { door, headers })
    } catch (thrown) {
      return refuse(asGatewayError(thrown), wire)
    }
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
  const asked = door.wire.readRequest(parseJson(bytes, jsonLimitsOf(door.operation)), door)
  const question = questionOf(withHeaders(asked, door.wire, headers), caller, headers)
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
  const passed = door.operation === 'passthrough' ? passedTo(targetOf(request.url)) : undefined
  const asking = passed ? throughTo(caller, passed.provider) : caller
  const providerKey = providerKeyOf(headers, options.clientKeys)
  const denial = providerKey ? undefined : options.gateway.admit(caller, door.operation)
  if (denial) throw denial
  const body = await readAll(request, options.maxBodyBytes)
  const arrival = { operation: door.operation, method: request.method, headers }
  const asked = passed
    ? passedRequest(arrival, passed, body.length === 0 ? undefined : body)
    : modelRequest(arrival, body)
  const question = questionOf(asked, asking, headers)
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

const readAll = async (request: Request, most: number): Promise<Buffer> => {
  if (!request.body) return Buffer.alloc(0)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body) {
    size += part.byteLength
    if (size > most) throw tooLarge(most)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Statuses with which no body may come. */
const bodyless: ReadonlySet<number> = new Set([204, 205, 304])

/** Writes to the body of a `Response`, no faster than it is read. */
export const webOutlet = (begin: (response: Response) => void, leave: () => void): Outlet => {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array>
  let wanted: PromiseWithResolvers<void> | undefined
  let closed = false
  let begun = false
  const body = new ReadableStream<Uint8Array>({
    start: (made) => {
      controller = made
    },
    pull: () => {
      wanted?.resolve()
      wanted = undefined
    },
    cancel: () => {
      closed = true
      wanted?.resolve()
      leave()
    },
  })
  const put = (piece: Uint8Array | string): void =>
    controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
  return {
    get closed() {
      return closed
    },
    get begun() {
      return begun
    },
    head: (status, headers) => {
      begun = true
      begin(new Response(bodyless.has(status) ? null : body, { status, headers }))
    },
    abort: () => {
      if (closed) return
      closed = true
      controller.error(new Error('The answer broke off.'))
    },
    write: (piece) => {
      if (closed) return undefined
      put(piece)
      if ((controller.desiredSize ?? 1) > 0) return undefined
      // One promise for all who wait: a sign of life may be written while an event waits already.
      wanted ??= Promise.withResolvers<void>()
      return wanted.promise
    },
    end: (piece) => {
      if (closed) return
      closed = true
      if (piece !== undefined) put(piece)
      controller.close()
    },
  }
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
