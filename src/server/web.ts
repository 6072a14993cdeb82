import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticate } from '../control/directory.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { deliver, type Outlet } from '../deliver.ts'
import { refusalHeaders } from '../error-headers.ts'
import type { Gateway } from '../gateway.ts'
import type { Plan } from '../routing/plan.ts'
import type { Wire } from '../wire/wire.ts'
import { checkBodyHead, tooLarge } from './body.ts'
import { healthPage, modelPage, modelsPage, type Page, readyPage } from './pages.ts'
import { providerKeyOf } from './provider-key.ts'
import { questionOf, withHeaders } from './question.ts'
import { findDoor, type InferenceDoor, nothingAt, type PageDoor, throughDoor, wireOfStranger } from './routes.ts'
import { credentialOf } from './strict.ts'

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
    const path = new URL(request.url).pathname
    const headers: IncomingHttpHeaders = Object.fromEntries(request.headers)
    let wire = wireOfStranger(path, headers)
    try {
      const { door, model } = findDoor(request.method, path)
      if (door.kind === 'page') return show(await page(options, door, { headers, model }))
      if (door.kind === 'admin') throw nothingAt(path)
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
  const denial = providerKey ? undefined : options.gateway.admit(caller, door.operation)
  if (denial) throw denial
  const bytes = await readAll(request, options.maxBodyBytes)
  const asked = door.wire.readRequest(parseJson(bytes), door)
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

/** Writes to the body of a `Response`, no faster than it is read. */
export const webOutlet = (begin: (response: Response) => void, leave: () => void): Outlet => {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array>
  let wanted: PromiseWithResolvers<void> | undefined
  let closed = false
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
    head: (status, headers) => begin(new Response(body, { status, headers })),
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
  if (door.page === 'models') return modelsPage(options.plan(), caller, headers)
  if (door.page === 'model') return modelPage(options.plan(), caller, model, headers)
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
