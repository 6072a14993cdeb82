import { isIP } from 'node:net'
import type { AddressRule } from './public-address.ts'

/** Where something may be sent. */
export interface Guard {
  readonly addresses: AddressRule
  /** Also without encryption? */
  readonly isPlainAllowed: boolean
  /** Was it written down by an operator? Then any port will do, and a refusal tells what would allow it. */
  readonly isOperators: boolean
}

const longestUrl = 2_048

/**
 * What is wrong with an address that something is to be sent to, or undefined. A name can still turn out to stand for a
 * machine that must not be reached: that is known when it is dialled. The address is not repeated: it may hold a secret.
 */
export const guardedUrlProblem = (text: string, guard: Guard): string | undefined => {
  const url = URL.parse(text)
  if (text.length > longestUrl) return `must have at most ${longestUrl} characters`
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return 'expected an https address'
  if (url.protocol === 'http:' && !guard.isPlainAllowed)
    return `must be an https address${guard.isOperators ? ', unless allowHttp says otherwise' : ''}`
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (url.port !== '' && !guard.isOperators) return 'must use port 443'
  return hostProblem(url, guard)
}

const inward = 'stands for a machine that is not on the public internet'

const hostProblem = ({ hostname }: URL, { addresses, isOperators }: Guard): string | undefined => {
  const refusal = isOperators ? `${inward}; allowPrivate can let it through` : inward
  // Whatever notation an address was written in, it is parsed into the usual one.
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0) return addresses.allows(host) ? undefined : refusal
  const name = host.replace(/\.$/, '')
  if (name === '') return 'must name a host'
  const isHere = name === 'localhost' || name.endsWith('.localhost')
  return isHere && !addresses.allows('127.0.0.1') && !addresses.allows('::1') ? refusal : undefined
}
