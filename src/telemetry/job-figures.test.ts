import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

test('figures of jobs tell where they are, how they ended, and how long that took', async () => {
  const standing = { queued: 5, scheduled: 2, running: 1, dead: 4, oldestMs: 1_500 }
  const metrics = createMetrics({ process: false, jobs: async () => standing })
  metrics.jobs.attempted({ outcome: 'again', durationMs: 100, queuedMs: 20, totalMs: 120 })
  metrics.jobs.attempted({ outcome: 'succeeded', durationMs: 100, queuedMs: undefined, totalMs: 900 })
  metrics.jobs.swept(3)
  const lines = (await metrics.text()).split('\n')
  for (const line of [
    'tollgate_jobs{state="queued"} 3',
    'tollgate_jobs{state="scheduled"} 2',
    'tollgate_jobs{state="running"} 1',
    'tollgate_jobs{state="dead"} 4',
    'tollgate_jobs_oldest_seconds 1.5',
    'tollgate_job_attempts_total{outcome="again"} 1',
    'tollgate_job_attempts_total{outcome="succeeded"} 1',
    'tollgate_jobs_ended_total{outcome="succeeded"} 1',
    'tollgate_jobs_ended_total{outcome="swept"} 3',
    'tollgate_job_queue_seconds_count 1',
    'tollgate_job_attempt_duration_seconds_count 2',
    'tollgate_job_duration_seconds_count 1',
  ])
    assert.ok(lines.includes(line), line)
})

test('a store that cannot be read takes nothing else from the figures', async () => {
  const metrics = createMetrics({ process: false, jobs: () => Promise.reject(new Error('The disk is gone.')) })
  assert.match(await metrics.text(), /^tollgate_in_flight 0$/m)
})
