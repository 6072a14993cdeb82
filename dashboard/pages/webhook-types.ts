/** Whom webhooks tell, and how that goes. */
export interface Endpoint {
  readonly endpoint: string
  readonly configured: boolean
  readonly pending: number
  readonly failingSince?: string
  readonly restsUntil?: string
  readonly disabledAt?: string
  readonly disabledBecause?: string
}

/** What they are told of. */
export interface Event {
  readonly id: string
  readonly endpoint: string
  readonly owner: string
  readonly job: string
  readonly type: string
  readonly occurredAt: string
  readonly attempts: number
  readonly status: 'pending' | 'delivered' | 'failed' | 'disabled'
  readonly nextAt?: string
}

/** One attempt to tell it. */
export interface Attempt {
  readonly at: string
  readonly durationMs: number
  readonly status?: number
  readonly problem?: string
  readonly said?: string
}
