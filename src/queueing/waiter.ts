import type { Priority } from '../core/priority.ts'
import type { QueuePlace } from '../core/queue-limits.ts'
import type { StopListener, StopSignal } from '../core/stop.ts'
import type { Seat, Waiting } from './fair-queue.ts'
import type { Grabbed, Pass } from './pass.ts'
import type { Need } from './quota.ts'

/** Who wants to be let through. */
export interface Asking {
  readonly tenant: string
  readonly weight: number
  readonly priority: Priority
  readonly need: Need
  /** Nothing is begun after this, on the process clock. */
  readonly latestStart: number
  readonly signal: StopSignal
  /**
   * Takes what others share too, when it is its turn: gives it, or a promise of it; throws or rejects with `rate_limited`
   * when there is nothing to be had yet, and with anything else to give up.
   */
  readonly grab?: (() => Grabbed | Promise<Grabbed>) | undefined
  /** Told when it has to wait; it may ask where it stands. */
  readonly waits?: ((place: () => QueuePlace) => void) | undefined
}

/** What a waiter needs of its gate. */
interface Owner {
  abandon(waiter: Waiter): void
}

/** A call that waits for its turn. */
export class Waiter implements Waiting, StopListener {
  readonly asking: Asking
  readonly cost: number
  readonly since: number
  /** When it gives up, on the process clock. */
  readonly latest: number
  readonly pass: Promise<Pass>
  seat: Seat<Waiter> | undefined
  isOver = false
  readonly #owner: Owner
  readonly #resolve: (pass: Pass) => void
  readonly #reject: (reason: unknown) => void

  constructor(asking: Asking, { cost, since, latest }: Pick<Waiter, 'cost' | 'since' | 'latest'>, owner: Owner) {
    const { promise, resolve, reject } = Promise.withResolvers<Pass>()
    this.asking = asking
    this.cost = cost
    this.since = since
    this.latest = latest
    this.pass = promise
    this.#owner = owner
    this.#resolve = resolve
    this.#reject = reject
    asking.signal.addEventListener('abort', this)
  }

  get tenant(): string {
    return this.asking.tenant
  }

  get weight(): number {
    return this.asking.weight
  }

  get priority(): Priority {
    return this.asking.priority
  }

  enter(pass: Pass): void {
    this.#end()
    this.#resolve(pass)
  }

  refuse(reason: unknown): void {
    this.#end()
    this.#reject(reason)
  }

  handleEvent(): void {
    if (this.isOver) return
    this.#owner.abandon(this)
    this.refuse(this.asking.signal.reason)
  }

  #end(): void {
    this.isOver = true
    this.asking.signal.removeEventListener('abort', this)
  }
}
