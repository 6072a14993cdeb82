import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayError } from '../core/errors.ts'
import { refusalHeaders } from '../error-headers.ts'
import type { Wire } from '../wire/wire.ts'

/** The language a refusal is told in. */
export type RefusalWords = Pick<Wire, 'name' | 'idHeader' | 'writeError'> &
  Partial<Pick<Wire, 'limitHeaders' | 'errorHeaders'>>

/** A refusal before there was a call. What is left of the body is not read: the connection ends with the answer. */
export const refuse = (response: ServerResponse, error: GatewayError, words: RefusalWords): void => {
  if (response.destroyed || response.headersSent) return
  const unread = !response.req.complete
  response.writeHead(error.status, {
    ...refusalHeaders(error, words),
    ...(unread ? { connection: 'close' } : {}),
  })
  response.end(words.writeError(error, 'whole'))
  if (unread) readOn(response.req)
}

const lingerBytes = 64 * 1024
const lingerMs = 1_000

/** Reads on for a moment, so that a client that is still sending gets the answer instead of a reset. */
export const readOn = (request: IncomingMessage): void => {
  let left = lingerBytes
  request.on('data', (part: Buffer) => {
    left -= part.length
    if (left < 0) request.destroy()
  })
  request.resume()
  setTimeout(() => request.destroy(), lingerMs).unref()
}
