import { type ShedReason, shedReasons } from '../queueing/refusal.ts'
import type { GateStanding } from '../queueing/standing.ts'
import type { MetricRegistry } from './registry.ts'

const gauges = [
  'tollgate_queue_waiting',
  'tollgate_queue_in_flight',
  'tollgate_queue_concurrency_limit',
  'tollgate_queue_predicted_wait_seconds',
  'tollgate_provider_quota_limit',
  'tollgate_provider_quota_used',
] as const

/** Tells the metrics where queues stand, each time somebody looks. */
export const createQueueFigures = (metrics: MetricRegistry): ((standings: readonly GateStanding[]) => void) => {
  const before = new Map<string, Readonly<Record<ShedReason, number>>>()
  return (standings) => {
    for (const gauge of gauges) metrics.clear(gauge)
    for (const standing of standings) {
      const { name, quota, shed } = standing
      metrics.set('tollgate_queue_waiting', standing.waiting, [name])
      metrics.set('tollgate_queue_in_flight', standing.inFlight, [name])
      metrics.set('tollgate_queue_concurrency_limit', standing.concurrency, [name])
      metrics.set('tollgate_queue_predicted_wait_seconds', standing.waitMs / 1_000, [name])
      for (const { unit, windowMs, limit, used } of quota) {
        const labels = [name, unit, `${windowMs / 1_000}s`] as const
        metrics.set('tollgate_provider_quota_limit', limit, labels)
        metrics.set('tollgate_provider_quota_used', used, labels)
      }
      const known = before.get(name)
      for (const reason of shedReasons)
        metrics.add(
          'tollgate_queue_shed_total',
          [name, reason],
          shed[reason] - Math.min(shed[reason], known?.[reason] ?? 0),
        )
      before.set(name, shed)
    }
    // A queue that was forgotten begins again from nothing.
    const names = new Set(standings.map(({ name }) => name))
    for (const name of before.keys()) if (!names.has(name)) before.delete(name)
  }
}
