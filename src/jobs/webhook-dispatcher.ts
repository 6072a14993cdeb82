import type { JobStore } from '../stores/job-store.ts'
import type { Delivered, WebhookEvent, WebhookStore } from '../stores/webhook-store.ts'
import { type Posted, postWebhook } from '../transport/webhook-post.ts'
import { type Circuit, createCircuit, type Verdict } from './webhook-circuit.ts'
import { createCourier } from './webhook-courier.ts'
import { shownEndpoint, type WebhookEndpoints } from './webhook-endpoints.ts'
import { payloadOf } from './webhook-payload.ts'
import { deliveryPausesMs, nextDeliveryAt } from './webhook-schedule.ts'
import type { Pace, WebhookLog, Webhooks } from './webhooks.ts'

/** What became of an attempt to deliver an event. */
export type DeliveryOutcome = 'delivered' | 'again' | 'failed'

export interface WebhooksOptions {
  readonly store: WebhookStore
  readonly jobs: Pick<JobStore, 'find'>
  readonly endpoints: Pick<WebhookEndpoints, 'find'>
  readonly log: WebhookLog
  /** Where receivers reach this gateway, without a slash at the end; undefined: they know it. */
  gatewayUrl?(): string | undefined
  /** Told of every attempt, for the metrics. */
  attempted?(outcome: DeliveryOutcome): void
  /** Unix milliseconds; default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** From 0 to 1; default `Math.random`. */
  readonly random?: (() => number) | undefined
  readonly pace?: Pace | undefined
}

type Claim = Awaited<ReturnType<WebhookStore['claim']>>[number]

export const createWebhooks = (options: WebhooksOptions): Webhooks => {
  const { store, log, now = Date.now, pace = {} } = options
  const delivering = new Delivering(options)
  return createCourier({ store, log, now, pace, deliver: (claim, signal) => delivering.deliver(claim, signal) })
}

/** One attempt after the other, and what becomes of each. */
class Delivering {
  readonly #options: WebhooksOptions
  readonly #circuit: Circuit
  readonly #now: () => number

  constructor(options: WebhooksOptions) {
    const { store, now = Date.now, pace } = options
    this.#options = options
    this.#now = now
    this.#circuit = createCircuit({ ...pace, store, now })
  }

  async deliver({ event, fence }: Claim, signal: AbortSignal): Promise<Delivered> {
    const at = this.#now()
    const posted = await this.#send(event, signal)
    const durationMs = Math.max(0, this.#now() - at)
    const next = await this.#nextOf(event, posted, signal.aborted)
    this.#options.attempted?.(next.kind)
    const { status, problem, said } = posted
    return { fence, attempt: { event: event.id, at, durationMs, status, problem, said }, next }
  }

  async #send(event: WebhookEvent, signal: AbortSignal): Promise<Posted> {
    const { endpoints, jobs, gatewayUrl, pace } = this.#options
    const to = endpoints.find(event.endpoint, event.owner)
    if (typeof to === 'string') return { status: undefined, problem: to, said: undefined, retryAfterMs: undefined }
    const job = await jobs.find(event.job)
    const body = payloadOf({ event, job, gatewayUrl: gatewayUrl?.() ?? '' })
    return await postWebhook(to, { id: event.id, body }, { ...pace, now: this.#now, signal })
  }

  async #nextOf(event: WebhookEvent, posted: Posted, isCut: boolean): Promise<Delivered['next']> {
    const { log, random = Math.random, pace: { pausesMs = deliveryPausesMs } = {} } = this.#options
    if (posted.problem === undefined) {
      await this.#circuit.succeeded(event.endpoint)
      return { kind: 'delivered' }
    }
    const now = this.#now()
    if (isCut) return { kind: 'again', at: now }
    const verdict = await this.#circuit.failed(event.endpoint, posted)
    const facts = { endpoint: shownEndpoint(event.endpoint), event: event.id, job: event.job, problem: posted.problem }
    this.#tell(facts, verdict)
    const at = nextDeliveryAt({ attempts: event.attempts + 1, now, random: random(), pausesMs })
    // Also where its endpoint is disabled: it is sent when that is enabled again.
    if (at !== undefined) return { kind: 'again', at: Math.max(at, verdict.restsUntil ?? 0) }
    log.warn(facts, 'A webhook was not told of a job.')
    return { kind: 'failed' }
  }

  #tell(facts: object, { isNewlyOpen, disabledBecause }: Verdict): void {
    const { log } = this.#options
    if (disabledBecause !== undefined)
      log.error(
        { ...facts, because: disabledBecause },
        'A webhook endpoint is disabled; nothing is sent there until it is enabled again.',
      )
    else if (isNewlyOpen) log.warn(facts, 'A webhook endpoint fails again and again; it is left alone in between.')
  }
}
