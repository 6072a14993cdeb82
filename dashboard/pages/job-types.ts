import type { Usd } from '../format.ts'
import type { Tone } from '../parts/values.tsx'

type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

interface Problem {
  readonly code: string
  readonly message: string
}

/** A job in a list. */
export interface JobRow {
  readonly id: string
  readonly owner: string
  readonly key: string
  readonly endpoint: string
  readonly model?: string
  readonly state: JobState
  readonly priority: string
  readonly createdAt: string
  readonly runAt: string
  readonly deadlineAt?: string
  readonly startedAt?: string
  readonly endedAt?: string
  readonly expiresAt?: string
  readonly attempts: number
  readonly maxAttempts: number
  readonly crashes: number
  readonly isStopping: boolean
  readonly error?: Problem
  readonly dead?: string
  readonly redrivenAs?: string
  readonly retryOf?: string
  readonly webhook?: string
  readonly cost: Usd
  readonly unknownCosts: number
  /** Set aside for it in each of its budgets, while it has not ended. */
  readonly held: Usd
}

export interface JobAttempt {
  readonly ordinal: number
  readonly worker: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly outcome?: string
  readonly error?: Problem
  readonly call?: string
  readonly cost?: Usd
}

export interface JobView extends JobRow {
  readonly position?: number
  readonly log: readonly JobAttempt[]
}

export const jobTones: Readonly<Record<JobState, Tone>> = {
  queued: 'plain',
  running: 'accent',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'warn',
}
