import type { IncomingHttpHeaders } from 'node:http'
import type { Arrival } from './arrival.ts'
import { tooLarge } from './body.ts'
import { webOutlet } from './web-outlet.ts'

/** What a door answers to a request without a socket. Rejects with what it throws before its answer begins. */
export const answeredThrough = (
  request: Request,
  headers: IncomingHttpHeaders,
  serve: (arrival: Arrival) => Promise<void>,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const { pathname, search } = new URL(request.url)
    const left = new AbortController()
    const leave = (): void => left.abort()
    request.signal.addEventListener('abort', leave, { once: true })
    const arrival: Arrival = {
      method: request.method,
      path: pathname,
      target: pathname + search,
      headers,
      outlet: webOutlet(resolve, leave),
      signal: left.signal,
      read: (most) => readAll(request, most),
      stream: () => request.body ?? nothing(),
    }
    serve(arrival)
      .catch(reject)
      .finally(() => request.signal.removeEventListener('abort', leave))
  })

/** The whole body of a request. Throws `too_large`. */
export const readAll = async (request: Request, most: number): Promise<Buffer> => {
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

async function* nothing(): AsyncGenerator<Uint8Array> {}
