import type { JobState } from '../core/job.ts'

/** Tells one endpoint of the end of one job. Made in the transaction that ended it; there is one per job. */
export interface WebhookEvent {
  /** `evt_` and 24 characters: the `webhook-id`, the same for all attempts to deliver it. */
  readonly id: string
  readonly endpoint: string
  readonly owner: string
  readonly job: string
  readonly state: JobState
  /** Rises by one with every event of this store. */
  readonly sequence: number
  /** Unix milliseconds. */
  readonly occurredAt: number
  /** Attempts that were made. */
  readonly attempts: number
  readonly status: 'pending' | 'delivered' | 'failed' | 'disabled'
  /** When the next attempt is due; undefined: there is none to come. */
  readonly nextAt: number | undefined
}

export interface DeliveryAttempt {
  readonly event: string
  readonly at: number
  readonly durationMs: number
  /** Of the answer; undefined: there was none. */
  readonly status: number | undefined
  /** What went wrong, in our own words; undefined: nothing. */
  readonly problem: string | undefined
  /** The beginning of what the receiver said, at most 4 KiB. */
  readonly said: string | undefined
}

/** What a delivery came to, and what is next. */
export interface Delivered {
  readonly fence: number
  readonly attempt: DeliveryAttempt
  readonly next:
    | { readonly kind: 'delivered' }
    | { readonly kind: 'again'; readonly at: number }
    | { readonly kind: 'failed' }
}

export interface EndpointStanding {
  readonly endpoint: string
  /** Since when it fails without a success in between; undefined: it does not. */
  readonly failingSince: number | undefined
  readonly disabledAt: number | undefined
  readonly disabledBecause: string | undefined
  /** Nothing is sent before. */
  readonly restsUntil: number | undefined
  readonly pending: number
}

/** What is to be told, and what became of telling it. Delivered at least once. */
export interface WebhookStore {
  /**
   * Events that are due, oldest first, at most `perEndpoint` under way for each endpoint, leased so that no other process sends them.
   * None of endpoints that are disabled or rest. `JobWork.watch` tells when there may be new ones.
   */
  claim(by: {
    readonly most: number
    readonly perEndpoint: number
    readonly leaseMs: number
  }): Promise<readonly { readonly event: WebhookEvent; readonly fence: number }[]>
  /** Logs attempts. What is next counts only while the claim is still the caller's: it has not run out, and nobody asked for redelivery. */
  settle(delivered: readonly Delivered[]): Promise<void>
  /** Newest first; `after` is the id of the last one of the page before. What waits at an endpoint that is disabled is `disabled`. */
  events(query: {
    readonly id?: string | undefined
    readonly owner?: string | undefined
    readonly endpoint?: string | undefined
    readonly job?: string | undefined
    readonly status?: WebhookEvent['status'] | undefined
    readonly after?: string | undefined
    readonly limit: number
  }): Promise<readonly WebhookEvent[]>
  /** The latest 50, oldest first. */
  attempts(event: string): Promise<readonly DeliveryAttempt[]>
  /** Makes events due again, now, whatever became of them: one, or all failed ones of an endpoint since a moment. Gives how many. */
  redeliver(which: { readonly event: string } | { readonly endpoint: string; readonly since: number }): Promise<number>
  /** Of every endpoint that has a mark, or events to come. */
  standings(): Promise<readonly EndpointStanding[]>
  /** Writes what is known of an endpoint; undefined fields stay as they are, null takes a mark away. */
  mark(
    endpoint: string,
    marks: {
      readonly failingSince?: number | null
      readonly disabled?: { readonly at: number; readonly because: string } | null
      readonly restsUntil?: number | null
    },
  ): Promise<void>
}
