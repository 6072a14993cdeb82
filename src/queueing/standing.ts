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
