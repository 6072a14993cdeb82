import type { Delivered, WebhookStore } from '../stores/webhook-store.ts'
import type { Pace, WebhookLog, Webhooks } from './webhooks.ts'

type Claim = Awaited<ReturnType<WebhookStore['claim']>>[number]

export interface CourierOptions {
  readonly store: Pick<WebhookStore, 'claim' | 'settle'>
  /** One attempt; when it rejects, the event is taken again once its lease is over. */
  deliver(claim: Claim, signal: AbortSignal): Promise<Delivered>
  readonly log: WebhookLog
  now(): number
  readonly pace: Pace
}

/** Fetches events that are due as long as there is room, has them delivered side by side, and writes down what came of it. */
export const createCourier = (options: CourierOptions): Webhooks => {
  const courier = new Courier(options)
  courier.wake()
  return courier
}

class Courier implements Webhooks {
  readonly #options: CourierOptions
  readonly #stop = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #settled: Delivered[] = []
  #settling: Promise<void> | undefined
  #fetching: Promise<void> | undefined
  #isAskedAgain = false
  #isClosed = false
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY

  constructor(options: CourierOptions) {
    this.#options = options
  }

  wake(): void {
    if (this.#isClosed) return
    this.#isAskedAgain = true
    this.#fetching ??= this.#fetch()
  }

  async close(hurry?: AbortSignal): Promise<void> {
    const { closeMs = 5_000 } = this.#options.pace
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#fetching
    const cut = (): void => this.#stop.abort()
    const late = setTimeout(cut, hurry?.aborted ? 0 : closeMs)
    hurry?.addEventListener('abort', cut, { once: true })
    await Promise.all(this.#underWay)
    clearTimeout(late)
    hurry?.removeEventListener('abort', cut)
  }

  get #pollMs(): number {
    return this.#options.pace.pollMs ?? 1_000
  }

  /** Looks again then, unless it does so earlier anyway. */
  #wakeIn(ms: number): void {
    const now = performance.now()
    const at = now + Math.min(this.#pollMs, Math.max(1, ms))
    if (this.#isClosed || at >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.wake()
    }, at - now)
    this.#timer.unref()
  }

  /** Never rejects. Who asks again in the meantime is heard: what is under way is marked as over in the same step in which it ends. */
  async #fetch(): Promise<void> {
    await Promise.resolve()
    try {
      do {
        this.#isAskedAgain = false
        for (const claim of await this.#claim()) this.#start(claim)
      } while (this.#isAskedAgain && !this.#isClosed)
    } catch (err) {
      this.#options.log.error({ err }, 'The store does not tell which webhooks are due.')
    } finally {
      this.#fetching = undefined
      this.#wakeIn(this.#pollMs)
    }
  }

  async #claim(): Promise<readonly Claim[]> {
    const { store, pace } = this.#options
    const { most = 256, perEndpoint = 4, leaseMs = 30_000 } = pace
    const room = most - this.#underWay.size
    return room > 0 ? await store.claim({ most: room, perEndpoint, leaseMs }) : []
  }

  #start(claim: Claim): void {
    const { deliver, log, now } = this.#options
    const work = deliver(claim, this.#stop.signal)
      .then(async (delivered) => {
        await this.#settle(delivered)
        this.wake()
        if (delivered.next.kind === 'again') this.#wakeIn(delivered.next.at - now())
      })
      .catch((err: unknown) => log.error({ err, event: claim.event.id }, 'What came of a webhook is not in the store.'))
      .finally(() => this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  #settle(delivered: Delivered): Promise<void> {
    this.#settled.push(delivered)
    this.#settling ??= this.#flush()
    return this.#settling
  }

  /** What ends in the same turn shares a transaction. */
  async #flush(): Promise<void> {
    await Promise.resolve()
    try {
      while (this.#settled.length > 0) {
        const batch = this.#settled
        this.#settled = []
        await this.#options.store.settle(batch)
      }
    } finally {
      this.#settling = undefined
    }
  }
}
