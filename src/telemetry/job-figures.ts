import type { MetricRegistry } from './registry.ts'

/** An attempt at a job that ended in this process. */
export interface EndedAttempt {
  /** `again`: another one follows. `released`: given back. `lost`: it was another worker's by then. */
  readonly outcome: 'succeeded' | 'failed' | 'again' | 'cancelled' | 'released' | 'lost'
  readonly durationMs: number
  /** From the moment at which the job could have begun to its first attempt; undefined: this was not the first. */
  readonly queuedMs: number | undefined
  /** From that moment until now. */
  readonly totalMs: number
}

/** How many jobs of the store are where. */
export interface JobStanding {
  readonly queued: number
  readonly scheduled: number
  readonly running: number
  readonly dead: number
  readonly oldestMs: number
}

/** Figures of jobs. */
export interface JobFigures {
  attempted(attempt: EndedAttempt): void
  /** Jobs that were ended without an attempt: too late, or with their worker lost. */
  swept(ended: number): void
  show(standing: JobStanding): void
}

const ends: ReadonlySet<EndedAttempt['outcome']> = new Set(['succeeded', 'failed', 'cancelled'])

export const createJobFigures = (metrics: MetricRegistry): JobFigures => ({
  attempted: ({ outcome, durationMs, queuedMs, totalMs }) => {
    metrics.add('tollgate_job_attempts_total', [outcome])
    metrics.observeMs('tollgate_job_attempt_duration_seconds', [], durationMs)
    if (queuedMs !== undefined) metrics.observeMs('tollgate_job_queue_seconds', [], queuedMs)
    if (!ends.has(outcome)) return
    metrics.add('tollgate_jobs_ended_total', [outcome])
    metrics.observeMs('tollgate_job_duration_seconds', [], totalMs)
  },
  swept: (ended) => metrics.add('tollgate_jobs_ended_total', ['swept'], ended),
  show: ({ queued, scheduled, running, dead, oldestMs }) => {
    for (const [state, count] of Object.entries({ queued: queued - scheduled, scheduled, running, dead }))
      metrics.set('tollgate_jobs', count, [state])
    metrics.set('tollgate_jobs_oldest_seconds', oldestMs / 1_000)
  },
})
