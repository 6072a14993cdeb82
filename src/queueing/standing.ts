import type { QuotaStanding } from './quota.ts'
import type { ShedReason } from './refusal.ts'

/** Where a gate stands. */
export interface GateStanding {
  readonly name: string
  readonly waiting: number
  readonly length: number
  readonly inFlight: number
  /** Calls at once, as it is now. */
  readonly concurrency: number
  /** Until the turn of somebody who came now, in milliseconds. */
  readonly waitMs: number
  /** For so much longer the target asked to be left alone. */
  readonly pausedMs: number
  readonly quota: readonly QuotaStanding[]
  readonly shed: Readonly<Record<ShedReason, number>>
}

/** Somebody of whom nothing is known, with next to nothing. */
export const stranger = {
  tenant: '',
  weight: 1,
  priority: 'normal',
  need: { prompt: 1, output: { mean: 0, variance: 0, p95: 0 } },
} as const
