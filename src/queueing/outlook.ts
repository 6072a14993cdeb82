import { ActiveTime } from './active-time.ts'
import type { FairQueue } from './fair-queue.ts'
import type { Quota } from './quota.ts'
import { Throughput } from './throughput.ts'
import type { Asking, Waiter } from './waiter.ts'

/** Who is reckoned for. */
export type Prospect = Pick<Asking, 'tenant' | 'weight' | 'priority'>

/** How long those who wait will have to: by how fast turns came lately, by what the quota allows, and by pauses. */
export class Outlook {
  /** Calls at once. */
  concurrency = 1
  readonly #queue: FairQueue<Waiter>
  readonly #quota: Quota
  readonly #active = new ActiveTime()
  readonly #throughput = new Throughput()
  /** Mean time under way, for a first guess. */
  #meanMs = 0

  constructor(queue: FairQueue<Waiter>, quota: Quota) {
    this.#queue = queue
    this.#quota = quota
  }

  /** The end of the latest pause. */
  get pausedUntil(): number {
    return this.#active.until
  }

  /** A time that stands still in pauses. */
  active(now: number): number {
    return this.#active.at(now)
  }

  pause(ms: number, now: number): void {
    this.#active.pause(now + ms, now)
  }

  /** Somebody waits from now on, or nobody any more. */
  busy(isBusy: boolean, now: number): void {
    this.#throughput.busy(isBusy, this.active(now))
  }

  /** Somebody who waited has its turn. */
  served(cost: number, now: number): void {
    this.#throughput.served(cost, this.active(now))
  }

  /** A call was under way for so long. */
  took(ms: number): void {
    this.#meanMs += (ms - this.#meanMs) * (this.#meanMs === 0 ? 1 : 0.1)
  }

  /** Until a place is free, where nobody waits and it is not known when one will be. */
  get usualMs(): number {
    return this.#meanMs
  }

  /** Until the turn of somebody who comes now, with so much. */
  waitMs(prospect: Prospect, cost: number, now: number): number {
    const own = this.#queue.ownSpan(prospect, cost, this.active(now))
    return this.#pauseMs(now) + Math.max(this.#spanOf(this.#queue.ahead(prospect, cost), now), own)
  }

  /** Where somebody stands who waits: 1 is next. */
  placeOf(waiter: Waiter, now: number): { readonly position: number; readonly waitMs: number } {
    const { size, cost } = this.#queue
    const ahead = this.#queue.ahead(waiter, 0)
    const position = Math.min(size, Math.max(1, Math.round((ahead * size) / cost)))
    return { position, waitMs: this.#pauseMs(now) + this.#spanOf(ahead, now) }
  }

  /** Tells until when so much is served, as fast as it went lately, whatever the quota may allow later. */
  lately(now: number): (ahead: number) => number {
    const rate = this.#throughput.rate(this.active(now))
    const pauseMs = this.#pauseMs(now)
    return (ahead) => Math.max(pauseMs, rate === undefined ? 0 : ahead / rate)
  }

  #pauseMs(now: number): number {
    return Math.max(0, this.#active.until - now)
  }

  /** How long so much takes to be served. */
  #spanOf(cost: number, now: number): number {
    const rate = this.#throughput.rate(this.active(now))
    const calls = (cost * this.#queue.size) / Math.max(1, this.#queue.cost)
    const span = rate === undefined ? (calls * this.#meanMs) / this.concurrency : cost / rate
    return Math.max(span, this.#quota.spanOf(cost, calls, now))
  }
}
