import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { AddressRule } from './public-address.ts'

/** Finds all addresses of a name. */
export type Resolve = (hostname: string, found: (problem: Error | null, addresses: LookupAddress[]) => void) => void

/** Nothing was sent, because of where it would have gone. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed'
  readonly code = 'ADDRESS_NOT_ALLOWED'
}

const systemResolve: Resolve = (hostname, found) =>
  lookup(hostname, { all: true }, (problem, addresses) => found(problem, addresses))

export interface ConnectorOptions {
  readonly addresses: AddressRule
  /** DNS, TCP and TLS together, in milliseconds. */
  readonly timeoutMs: number
  /** Default: as the system does. */
  readonly resolve?: Resolve | undefined
}

/**
 * Opens connections for undici to allowed addresses only. What is checked is what is dialled: every address that a name
 * has at that moment must be allowed, and the one that was reached is looked at once more.
 */
export const createGuardedConnector = ({
  addresses,
  timeoutMs,
  resolve = systemResolve,
}: ConnectorOptions): buildConnector.connector => {
  const guardedLookup: LookupFunction = (hostname, { all }, found) =>
    resolve(hostname, (problem, candidates) => {
      if (problem) return found(problem, [])
      const [first] = candidates
      if (!first || !candidates.every(({ address }) => addresses.allows(address))) return found(refusal(), [])
      if (all) found(null, candidates)
      else found(null, first.address, first.family)
    })
  const connect = buildConnector({
    timeout: timeoutMs,
    allowH2: false,
    maxCachedSessions: 0,
    host: '',
    port: 0,
    lookup: guardedLookup,
  })
  return (options, connected) => {
    // A literal address is not looked up, so it would pass by.
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1')
    if (isIP(host) !== 0 && !addresses.allows(host)) return connected(refusal(), null)
    connect(options, (...answer) => {
      const [, socket] = answer
      if (!socket || addresses.allows(socket.remoteAddress ?? '')) return connected(...answer)
      socket.destroy()
      connected(refusal(), null)
    })
  }
}

const refusal = (): NotAllowed => new NotAllowed('its address is not on the public internet')
