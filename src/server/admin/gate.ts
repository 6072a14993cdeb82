import type { IncomingMessage } from 'node:http'
import { type Clock, systemClock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import { isLocalPeer } from '../strict.ts'
import { createCredentials, type Tokens } from './credentials.ts'
import { Failures, neighbourhood } from './failures.ts'
import type { Principal } from './permission.ts'

/** Says who asks at the administrators' door. Throws `unauthenticated`, `forbidden`, `rate_limited`. */
export type Gate = (request: IncomingMessage) => Principal

const unknown = (): GatewayError =>
  new GatewayError('unauthenticated', 'No valid admin token was given. Send it as "Authorization: Bearer <token>".')

/**
 * Refuses what a browser sends for another site. No page of another origin has anything to do here, and no answer
 * carries a header that would let it.
 */
export const checkOrigin = ({ headers }: IncomingMessage): void => {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const foreign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
  if (!foreign && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new GatewayError('forbidden', 'Pages of other sites may not ask here.')
}

/** Only here, only as a bearer: no other header and no query is looked at. */
const bearer = (request: IncomingMessage): string | undefined =>
  /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]

export const createGate = (tokens: Tokens, clock: Clock = systemClock): Gate => {
  const identify = createCredentials(tokens)
  const failures = new Failures(clock)
  return (request) => {
    checkOrigin(request)
    const isLocal = isLocalPeer(request)
    // Whoever comes through a proxy of this machine is not counted as this machine.
    const address = isLocal ? 'local' : neighbourhood(request.socket.remoteAddress ?? '')
    failures.check(address)
    const token = bearer(request)
    // Who says nothing guesses nothing.
    if (token === undefined) throw unknown()
    const principal = identify(token)
    if (principal) {
      failures.succeeded(address)
      return principal
    }
    failures.failed(address, isLocal)
    throw unknown()
  }
}
