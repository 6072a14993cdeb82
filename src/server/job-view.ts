import type { Job, JobAttempt, JobResult } from '../core/job.ts'
import { usdFromNanos } from '../core/money.ts'
import { mostInRow } from '../jobs/job-bytes.ts'
import type { JobView } from '../jobs/jobs.ts'
import { spendingOf } from '../jobs/spending.ts'

/** As webhooks tell it. */
const timeOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString())

const attemptView = ({ ordinal, startedAt, endedAt, outcome, error, call, costNanos }: JobAttempt) => ({
  attempt: ordinal,
  started_at: timeOf(startedAt),
  ended_at: timeOf(endedAt),
  duration_ms: endedAt === undefined ? null : endedAt - startedAt,
  outcome: outcome ?? null,
  error: error ? { code: error.code, message: error.message } : null,
  call: call ?? null,
  cost_usd: costNanos === undefined ? null : usdFromNanos(costNanos),
})

const whereIs = (id: string, { contentType, body, status }: JobResult) => ({
  url: `/v1/jobs/${id}/result`,
  status,
  size: 'bytes' in body ? body.bytes.length : body.size,
  content_type: contentType,
})

/** A job in a list. */
export const jobRow = (job: Job) => ({
  id: job.id,
  object: 'job',
  status: job.state,
  endpoint: job.endpoint,
  model: job.model === '' ? null : job.model,
  priority: job.priority,
  created_at: timeOf(job.createdAt),
  run_at: timeOf(job.runAt),
  deadline: timeOf(job.deadlineAt),
  started_at: timeOf(job.startedAt),
  ended_at: timeOf(job.endedAt),
  expires_at: timeOf(job.expiresAt),
  is_stopping: job.isStopping && job.state === 'running',
  attempts_made: job.attempts,
  ...spendingOf(job),
  known_cost_usd: usdFromNanos(job.costNanos),
  unknown_costs: job.unknownCosts,
  held_usd: usdFromNanos(job.heldNanos),
  error: job.error ? { code: job.error.code, message: job.error.message } : null,
  metadata: job.metadata === undefined ? {} : JSON.parse(job.metadata),
  webhook: job.webhook ?? null,
  retry_of: job.retryOf ?? null,
  is_inline: false,
  result: job.result ? whereIs(job.id, job.result) : null,
})

/** A job by itself, as JSON: with its attempts, its place, and its answer where that is JSON of no more than 256 KiB. */
export const jobText = ({ job, attempts, position }: JobView): string => {
  const inline = job.result && inlineOf(job.result)
  const { result, is_inline, ...row } = jobRow(job)
  const more = { ...row, position: position ?? null, attempts: attempts.map(attemptView) }
  const tail = { is_inline: inline !== undefined, ...(inline === undefined ? { result } : {}) }
  const text = `${JSON.stringify(more).slice(0, -1)},${JSON.stringify(tail).slice(1)}`
  // As it came: reading numbers and writing them anew could change them.
  return inline === undefined ? text : `${text.slice(0, -1)},"result":${inline}}`
}

const jsonType = /^application\/json(?:;|$)/i

const inlineOf = ({ contentType, body }: JobResult): string | undefined => {
  if (!('bytes' in body) || body.bytes.length > mostInRow || !jsonType.test(contentType)) return undefined
  const text = Buffer.from(body.bytes).toString()
  try {
    JSON.parse(text)
    return text
  } catch {
    return undefined
  }
}
