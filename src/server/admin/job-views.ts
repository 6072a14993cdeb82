import { z } from '@hono/zod-openapi'
import { type Job, type JobAttempt, jobStates } from '../../core/job.ts'
import { priorities } from '../../core/priority.ts'
import type { JobView } from '../../jobs/jobs.ts'
import { shownEndpoint } from '../../jobs/webhook-endpoints.ts'
import { moneyView, timeView, viewOfMoney, viewOfTime } from './fields.ts'

const count = z.int().nonnegative()
const problem = z.strictObject({ code: z.string(), message: z.string() }).openapi('JobError')

/** Where a job is. */
export const jobState = z.enum(jobStates)

/** A job, as administrators see it: nothing of what was asked and answered. */
export const jobRowView = z
  .strictObject({
    id: z.string().openapi({ example: 'job_4f1kzq0b7m2x9c3v5n8a6s1d' }),
    owner: z.string().openapi({ description: 'Who may see it.', example: 'team:shop' }),
    key: z.string().openapi({ description: 'The name of the key that submitted it.' }),
    endpoint: z.string().openapi({ example: '/v1/chat/completions' }),
    model: z.string().optional(),
    state: jobState,
    priority: z.enum(priorities),
    createdAt: timeView,
    runAt: timeView.openapi({ description: 'It does not begin before.' }),
    deadlineAt: timeView.optional(),
    startedAt: timeView.optional(),
    endedAt: timeView.optional(),
    expiresAt: timeView.optional().openapi({ description: 'It is deleted then.' }),
    attempts: count.openapi({ description: 'Attempts that were begun.' }),
    maxAttempts: count,
    crashes: count.openapi({ description: 'Workers that died with it.' }),
    isStopping: z.boolean().openapi({ description: 'It was asked to stop while it runs.' }),
    error: problem.optional(),
    dead: z
      .enum(['exhausted', 'poison'])
      .optional()
      .openapi({ description: 'Why it is a dead letter: its attempts were used up, or its workers died of it.' }),
    redrivenAs: z.string().optional().openapi({ description: 'The job that this dead letter was asked again as.' }),
    retryOf: z.string().optional(),
    webhook: z.string().optional(),
    cost: moneyView.openapi({ description: 'Of all attempts whose cost is known.' }),
    unknownCosts: count.openapi({ description: 'Attempts whose cost is unknown; they are not in `cost`.' }),
    held: moneyView.openapi({ description: 'Set aside for it in each of its budgets.' }),
  })
  .openapi('Job')

const attemptView = z
  .strictObject({
    ordinal: count,
    worker: z.string(),
    startedAt: timeView,
    endedAt: timeView.optional(),
    outcome: z.enum(['succeeded', 'failed', 'cancelled', 'released', 'lost']).optional(),
    error: problem.optional(),
    call: z.string().optional().openapi({ description: 'The id of its call, as in `lines` and `calls`.' }),
    cost: moneyView.optional().openapi({ description: 'Absent: unknown.' }),
  })
  .openapi('JobAttempt')

/** A job with its attempts and its place. */
export const jobView = jobRowView
  .extend({
    position: count.optional().openapi({ description: 'Jobs that would begin before it; absent: it does not wait.' }),
    log: z.array(attemptView),
  })
  .openapi('JobWithAttempts')

const errorOf = (error: Job['error']) => error && { code: error.code, message: error.message }

const keyOf = (caller: string): string => String((JSON.parse(caller) as { key?: unknown }).key ?? '')

export const viewOfJob = (job: Job): z.output<typeof jobRowView> => ({
  id: job.id,
  owner: job.owner,
  key: keyOf(job.caller),
  endpoint: job.endpoint,
  model: job.model || undefined,
  state: job.state,
  priority: job.priority,
  createdAt: viewOfTime(job.createdAt) ?? '',
  runAt: viewOfTime(job.runAt) ?? '',
  deadlineAt: viewOfTime(job.deadlineAt),
  startedAt: viewOfTime(job.startedAt),
  endedAt: viewOfTime(job.endedAt),
  expiresAt: viewOfTime(job.expiresAt),
  attempts: job.attempts,
  maxAttempts: job.maxAttempts,
  crashes: job.crashes,
  isStopping: job.isStopping,
  error: errorOf(job.error),
  dead: job.dead,
  redrivenAs: job.redrivenAs,
  retryOf: job.retryOf,
  webhook: job.webhook === undefined ? undefined : shownEndpoint(job.webhook),
  cost: viewOfMoney(job.costNanos),
  unknownCosts: job.unknownCosts,
  held: viewOfMoney(job.heldNanos),
})

const viewOfAttempt = ({
  startedAt,
  endedAt,
  error,
  costNanos,
  ...rest
}: JobAttempt): z.output<typeof attemptView> => ({
  ...rest,
  startedAt: viewOfTime(startedAt) ?? '',
  endedAt: viewOfTime(endedAt),
  error: errorOf(error),
  cost: costNanos === undefined ? undefined : viewOfMoney(costNanos),
})

export const viewOfWhole = ({ job, attempts, position }: JobView): z.output<typeof jobView> => ({
  ...viewOfJob(job),
  position,
  log: attempts.map(viewOfAttempt),
})
