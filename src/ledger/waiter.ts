import type { GatewayError } from '../core/errors.ts'
import type { StopListener, StopSignal } from '../core/stop.ts'
import type { Ask, Hold } from './ledger.ts'
import type { Purse, Waiting } from './purse.ts'

/** How long a call has waited at one purse for what others, or this process itself, give back. */
export interface Patience {
  /** On the process clock; undefined: others were not asked yet. */
  recallUntil: number | undefined
  returns: number
}

/** A call that waits until all its asks can be had, or its signal stops it. */
export class Waiter implements Waiting, StopListener {
  readonly number: number
  readonly asks: readonly Ask[]
  readonly hold: Promise<Hold>
  isOver = false
  readonly #signal: StopSignal
  readonly #resolve: (hold: Hold) => void
  readonly #reject: (reason: unknown) => void
  #purses: readonly Purse[] = []
  readonly #patience = new Map<Purse, Patience>()

  constructor(number: number, asks: readonly Ask[], signal: StopSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<Hold>()
    this.number = number
    this.asks = asks
    this.hold = promise
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    signal.addEventListener('abort', this)
  }

  missing({ allowance, subject }: Purse): bigint {
    let sum = 0n
    for (const ask of this.asks) if (ask.subject === subject && ask.allowance.id === allowance.id) sum += ask.wish
    return sum
  }

  /** Stands in line at these purses, and at no others. */
  waitAt(purses: readonly Purse[]): void {
    for (const purse of this.#purses) purse.waiters.delete(this)
    for (const purse of purses) purse.waiters.add(this)
    this.#purses = purses
  }

  patienceAt(purse: Purse): Patience {
    const patience = this.#patience.get(purse) ?? { recallUntil: undefined, returns: 0 }
    this.#patience.set(purse, patience)
    return patience
  }

  succeed(hold: Hold): void {
    this.#leave()
    this.#resolve(hold)
  }

  fail(error: GatewayError): void {
    this.#leave()
    this.#reject(error)
  }

  handleEvent(): void {
    this.#leave()
    this.#reject(this.#signal.reason)
  }

  #leave(): void {
    this.isOver = true
    this.waitAt([])
    this.#signal.removeEventListener('abort', this)
  }
}
