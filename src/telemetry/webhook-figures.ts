import type { MetricRegistry } from './registry.ts'

/** Where one endpoint stands. */
export interface EndpointFigures {
  readonly pending: number
  readonly disabledAt: number | undefined
}

/** Figures of webhooks. */
export interface WebhookFigures {
  /** Counts an attempt to tell somebody of a job. */
  attempted(outcome: 'delivered' | 'again' | 'failed'): void
  show(endpoints: readonly EndpointFigures[]): void
}

export const createWebhookFigures = (metrics: MetricRegistry): WebhookFigures => ({
  attempted: (outcome) => metrics.add('tollgate_webhook_deliveries_total', [outcome]),
  show: (endpoints) => {
    const disabled = endpoints.filter(({ disabledAt }) => disabledAt !== undefined)
    metrics.set('tollgate_webhook_events_pending', sum(endpoints) - sum(disabled), ['pending'])
    metrics.set('tollgate_webhook_events_pending', sum(disabled), ['disabled'])
    metrics.set('tollgate_webhook_endpoints_disabled', disabled.length)
  },
})

const sum = (endpoints: readonly EndpointFigures[]): number =>
  endpoints.reduce((total, { pending }) => total + pending, 0)
