import { GatewayError } from '../core/errors.ts'
import type { Grabbed } from './pass.ts'
import type { Waiter } from './waiter.ts'

/** What could not be had is asked for again after so long at most. */
const mostPauseMs = 200

/** What the head of a queue needs of its gate. */
interface Owner {
  admit(waiter: Waiter, grabbed: Grabbed): void
  turn(): void
  wakeIn(ms: number): void
}

/** Whose turn it is, while what it needs of others is not there. */
export class Head {
  waiter: Waiter | undefined
  /** The answer of others is waited for. */
  isGrabbing = false
  readonly #owner: Owner

  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** Takes what somebody needs of others. False where it has to stay first for a while. */
  take(waiter: Waiter, grab: () => Grabbed | Promise<Grabbed>): boolean {
    this.waiter = waiter
    let grabbed: Grabbed | Promise<Grabbed>
    try {
      grabbed = grab()
    } catch (thrown) {
      return this.#without(waiter, thrown)
    }
    if (grabbed instanceof Promise) {
      this.#await(waiter, grabbed)
      return false
    }
    this.#with(waiter, grabbed)
    return true
  }

  #await(waiter: Waiter, coming: Promise<Grabbed>): void {
    this.isGrabbing = true
    coming.then(
      (grabbed) => {
        this.isGrabbing = false
        this.#with(waiter, grabbed)
        this.#owner.turn()
      },
      (thrown) => {
        this.isGrabbing = false
        if (this.#without(waiter, thrown)) this.#owner.turn()
      },
    )
  }

  #with(waiter: Waiter, grabbed: Grabbed): void {
    if (this.waiter === waiter) this.waiter = undefined
    if (waiter.isOver) grabbed.release()
    else this.#owner.admit(waiter, grabbed)
  }

  /** What it needs of others is not to be had. True where somebody else may try. */
  #without(waiter: Waiter, thrown: unknown): boolean {
    if (waiter.isOver) return true
    if (thrown instanceof GatewayError && thrown.code === 'rate_limited') {
      this.#owner.wakeIn(Math.min(mostPauseMs, thrown.details.retryAfterMs ?? mostPauseMs))
      return false
    }
    this.waiter = undefined
    waiter.refuse(thrown)
    return true
  }
}
