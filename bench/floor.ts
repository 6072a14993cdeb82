/**
 * What the least gateway costs on the same stack: node:http, undici, one parse, one hash, one parse of the usage; no
 * limits, no retries, no records. Anything Tollgate needs beyond this is Tollgate's own.
 */
import { hash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'

const { PORT = '4001', HOST = '127.0.0.1', UPSTREAM_BASE_URL = 'http://127.0.0.1:9999/v1' } = process.env

const { origin, pathname } = new URL(UPSTREAM_BASE_URL)
const pool = new Pool(origin, { connections: 256, pipelining: 1 })
const path = `${pathname}/chat/completions`
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-upstream' }
const keyHash = hash('sha256', 'sk-gw-0042')
const models = new Map([['gpt-4o-mini', 'gpt-4o-mini']])

let tokens = 0

/** One answer on its way: events go out as they come in, a whole body is read for its usage first. */
class Passage implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse
  readonly #parts: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #isStream = false

  constructor(response: ServerResponse) {
    this.#response = response
    response.on('close', () => {
      if (!response.writableFinished) this.#controller?.abort(new Error('the caller left'))
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    { 'content-type': type }: IncomingMessage['headers'],
  ) {
    this.#status = status
    this.#isStream = type?.startsWith('text/event-stream') ?? false
    if (this.#isStream) this.#response.writeHead(status, { 'content-type': type })
  }

  onResponseData(controller: Dispatcher.DispatchController, data: Buffer): void {
    if (!this.#isStream) this.#parts.push(data)
    else if (!this.#response.write(data)) {
      controller.pause()
      this.#response.once('drain', () => controller.resume())
    }
  }

  onResponseEnd(): void {
    if (this.#isStream) {
      this.#response.end()
      return
    }
    const body = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts)
    tokens += JSON.parse(body.toString()).usage?.total_tokens ?? 0
    this.#response.writeHead(this.#status, { 'content-type': 'application/json', 'content-length': body.length })
    this.#response.end(body)
  }

  onResponseError(): void {
    if (this.#response.headersSent) this.#response.destroy()
    else this.#response.writeHead(502).end()
  }
}

const forward = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
  const credential = request.headers.authorization?.slice('Bearer '.length) ?? ''
  if (hash('sha256', credential) !== keyHash) return void response.writeHead(401).end()
  const asked: { model: string } = JSON.parse(body.toString())
  const model = models.get(asked.model)
  if (model === undefined) return void response.writeHead(404).end()
  pool.dispatch({ path, method: 'POST', headers, body: JSON.stringify({ ...asked, model }) }, new Passage(response))
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => forward(request, response, Buffer.concat(parts)))
})
server.listen(Number(PORT), HOST)
process.once('SIGTERM', () => {
  console.log(`${tokens} tokens passed`)
  process.exit(0)
})
