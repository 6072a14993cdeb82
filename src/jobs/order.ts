import { type Caller, createId } from '../core/call.ts'
import { invalid } from '../core/errors.ts'
import type { JobOrder } from '../core/job.ts'
import { leastWeight, mostWeight, type Priority, priorities, priorityWithin } from '../core/priority.ts'
import { writtenCaller } from './job-caller.ts'
import { type JobWish, ownerOf } from './jobs.ts'

/** What the configuration says of every job. */
export interface JobRules {
  readonly maxAttempts: number
  /** Is what a job may cost set aside when it is submitted, where it does not say? */
  readonly hold: boolean
  /** For so long jobs are kept after their end, in milliseconds. */
  readonly keepMs: number
}

/** What belongs to one request, to its connection or to who asked; it means nothing when the job runs, or must not be kept. */
const dropped =
  /^(x-request-id|x-stainless-.*|x-forwarded-.*|forwarded|via|host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|prefer|accept-encoding|origin|referer|user-agent|sec-.*|cf-.*|proxy-.*|x-tollgate-provider-key|(x-tollgate-)?idempotency-key)$|auth|cookie|api-?key|token|secret|password|credential|signature/

/** Headers as a job keeps them: those that mean something to its door, and no credentials. */
export const keptHeaders = (headers: JobWish['headers'] = {}): Record<string, string> => {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (!dropped.test(lower)) kept[lower] = value
  }
  return kept
}

const yearMs = 366 * 86_400_000
const mostWords = 16

/** A job that can be kept, from what a caller wishes. Throws `invalid_request`. */
export const orderOf = (
  caller: Caller,
  wish: JobWish,
  { rules, now }: { readonly rules: JobRules; readonly now: number },
): JobOrder => {
  const headers = keptHeaders(wish.headers)
  const { weight = 1, priority } = caller
  checkTimes(wish, now)
  return {
    id: `job_${createId()}`,
    owner: ownerOf(caller),
    caller: writtenCaller(caller),
    endpoint: wish.endpoint,
    headers,
    body: wish.body,
    model: wish.model,
    priority: priorityWithin(wish.priority ?? wishIn(headers), priority),
    weight: Math.min(mostWeight, Math.max(leastWeight, weight)),
    runAt: wish.runAt ?? now,
    deadlineAt: wish.deadlineAt,
    maxAttempts: rules.maxAttempts,
    webhook: wish.webhook,
    metadata: metadataOf(wish.metadata),
    retryOf: undefined,
    holds: wish.hold ?? rules.hold,
    keepMs: rules.keepMs,
  }
}

const wishIn = (headers: Readonly<Record<string, string>>): Priority | undefined =>
  priorities.find((each) => each === headers['x-tollgate-priority'])

const checkTimes = ({ runAt = 0, deadlineAt }: JobWish, now: number): void => {
  if (runAt > now + yearMs) throw invalid('run_at', 'must not be more than a year from now')
  if (deadlineAt !== undefined && deadlineAt <= Math.max(now, runAt))
    throw invalid('deadline', 'must be after now, and after the moment at which the job may begin')
}

const metadataOf = (metadata: JobWish['metadata']): string | undefined => {
  if (metadata === undefined) return undefined
  const entries = Object.entries(metadata)
  if (entries.length > mostWords) throw invalid('metadata', `must have at most ${mostWords} entries`)
  for (const [name, value] of entries)
    if (name.length > 64 || typeof value !== 'string' || value.length > 512)
      throw invalid(
        `metadata.${name.slice(0, 64)}`,
        'must be text of at most 512 characters under a name of at most 64',
      )
  return JSON.stringify(metadata)
}
