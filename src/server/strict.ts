import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../core/errors.ts'

const mostHeaders = 100

/** A name or an address, and perhaps a port. */
const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** What no honest client sends and what two servers could read differently. Throws `invalid_request`. */
export const checkStrictly = (request: IncomingMessage): void => {
  const { rawHeaders, headers } = request
  if (request.httpVersionMajor !== 1) throw new GatewayError('invalid_request', 'Only HTTP/1.1 is spoken here.')
  if (rawHeaders.length > 2 * mostHeaders)
    throw new GatewayError('invalid_request', `More than ${mostHeaders} headers.`)
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts !== 1) throw new GatewayError('invalid_request', 'Exactly one Host header is needed.')
  if (!hostForm.test(headers.host ?? '')) throw new GatewayError('invalid_request', 'The Host header names no host.')
  const coding = headers['transfer-encoding']
  if (coding === undefined) return
  if (coding.toLowerCase() !== 'chunked') {
    throw new GatewayError('invalid_request', 'The only transfer-encoding taken is chunked.')
  }
  // Where HTTP/1.0 is spoken, something on the way may not know chunks and see another end of the body.
  if (request.httpVersionMinor === 0) throw new GatewayError('invalid_request', 'HTTP/1.0 has no chunked bodies.')
}

/** The path of a target as it was sent, without its query. Throws for forms that proxies and servers read differently. */
export const pathOf = (target: string): string => {
  if (target.charCodeAt(0) !== 0x2f) throw new GatewayError('invalid_request', 'The request target must be a path.')
  const mark = target.indexOf('?')
  // What administrators call a key there is its name.
  if (mark !== -1 && !target.startsWith('/admin/') && /[?&]key=/.test(target)) {
    throw new GatewayError(
      'invalid_request',
      'Keys are not taken from the query, where logs would keep them; use a header.',
    )
  }
  return mark === -1 ? target : target.slice(0, mark)
}

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * An open server answers only to names of this machine: otherwise any web page could reach it by pointing a name of
 * its own at 127.0.0.1.
 */
export const checkLoopbackHost = (request: IncomingMessage): void => {
  if (loopbackHost.test(request.headers.host ?? '')) return
  throw new GatewayError('forbidden', 'Without configured keys the server answers only to localhost and 127.0.0.1.')
}

/** What proxies add to the requests of others. */
const marksOfProxies = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'] as const

/**
 * True when the peer is this machine and asks in its own name: no proxy speaks for somebody else, and no web page calls
 * it by a name that was pointed here.
 */
export const isLocalPeer = (request: IncomingMessage): boolean => {
  const address = request.socket.remoteAddress ?? ''
  const local = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
  const { headers } = request
  return local && loopbackHost.test(headers.host ?? '') && marksOfProxies.every((name) => headers[name] === undefined)
}

/** The key a caller sent, in whichever header its SDK uses. */
export const credentialOf = (headers: IncomingHttpHeaders): string | undefined => {
  const bearer = headers.authorization
  if (bearer !== undefined) return /^bearer +(\S+)$/i.exec(bearer)?.[1] ?? ''
  const key = headers['x-api-key'] ?? headers['x-goog-api-key']
  return typeof key === 'string' ? key : undefined
}
