import { isIPv6 } from 'node:net'
import type { Clock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'

/** Wrong tokens that one address may give before it has to wait. */
export const mostFailures = 10
const waitMs = 60_000
/** Whoever sits at this machine is soon let in again: guessing 256 bits is not what they are kept from. */
const localWaitMs = 2_000
const mostAddresses = 10_000

interface Tries {
  count: number
  /** On the clock: when all is forgotten. */
  until: number
}

/** Whom failures are counted against: networks of IPv6 belong to one person. */
export const neighbourhood = (address: string): string => {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? groups : [...groups, ...Array(8 - groups.length - rest.length).fill('0'), ...rest]
  return `${whole.slice(0, 4).join(':')}::/64`
}

/** Counts wrong credentials by address, so that nobody can try many. */
export class Failures {
  readonly #tries = new Map<string, Tries>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `rate_limited` for an address that failed too often. */
  check(address: string): void {
    const tries = this.#tries.get(address)
    if (!tries || tries.count < mostFailures) return
    const retryAfterMs = tries.until - this.#clock.now()
    if (retryAfterMs <= 0) this.#tries.delete(address)
    else throw new GatewayError('rate_limited', 'Too many wrong tokens came from this address.', { retryAfterMs })
  }

  failed(address: string, isLocal: boolean): void {
    const now = this.#clock.now()
    const known = this.#tries.get(address)
    const count = known && known.until > now ? known.count + 1 : 1
    // Deleted first, so that the oldest are in front.
    this.#tries.delete(address)
    this.#tries.set(address, { count, until: now + (isLocal ? localWaitMs : waitMs) })
    if (this.#tries.size <= mostAddresses) return
    const [oldest] = this.#tries.keys()
    if (oldest !== undefined) this.#tries.delete(oldest)
  }

  succeeded(address: string): void {
    this.#tries.delete(address)
  }
}
