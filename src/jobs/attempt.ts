import { Aside } from '../core/aside.ts'
import type { Caller } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Job, JobResult } from '../core/job.ts'
import type { Stop } from '../core/stop.ts'
import { noUsage } from '../core/usage.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { ClaimedJob, Finished } from '../stores/job-store.ts'
import { bytesOf, longestKeptMs, storedBytes } from './job-bytes.ts'
import { type CallerNamed, callerOfJob } from './job-caller.ts'
import type { Perform, Performed } from './perform.ts'
import type { Pieces } from './pieces.ts'
import { isWorthAnother, type JobPauses, retryMs } from './retry-time.ts'

export interface AttemptOptions {
  readonly perform: Perform
  readonly named: CallerNamed
  readonly files: FileStore
  readonly pauses: JobPauses
  readonly random: () => number
  /** Unix milliseconds. */
  readonly now: () => number
}

/** Why an attempt is stopped by its worker. */
export type Interruption = 'cancelled' | 'released' | 'lost'

/** One claim while it is worked on. */
export interface Hold {
  readonly claimed: ClaimedJob
  readonly stop: Stop
  /** Why `stop` was pulled; undefined: it was not. */
  interruption: Interruption | undefined
  readonly pieces: Pieces
}

type End = Finished['end']

/** What an attempt came to, and what it was that it came to by. */
export interface Attempted {
  readonly finished: Finished
  readonly error: GatewayError | undefined
}

/** Does one claim, and says how it is to end. Never rejects. */
export const attempt = async (hold: Hold, options: AttemptOptions): Promise<Attempted> => {
  const { job, fence } = hold.claimed
  const aside = new Aside(hold.claimed.aside)
  let performed: Performed | undefined
  let end: End
  let error: GatewayError | undefined
  try {
    performed = await performedBy(hold, aside, options)
    error = performed.error
    end = error ? endOf(error, hold, options) : { kind: 'succeeded', result: await resultOf(performed, job, options) }
    if (end.kind === 'failed' && performed.body.length > 0)
      end = { ...end, result: await resultOf(performed, job, options) }
  } catch (thrown) {
    error = asGatewayError(thrown)
    end = endOf(error, hold, options)
  }
  if (hold.interruption === 'cancelled') end = { kind: 'cancelled' }
  const { call, costNanos, usage } = performed ?? unasked
  return { finished: { fence, id: job.id, call, costNanos, usage, spent: aside.close(), end }, error }
}

const unasked = { call: undefined, costNanos: 0n, usage: noUsage }

const performedBy = async (
  hold: Hold,
  money: Aside,
  { perform, named, files, now }: AttemptOptions,
): Promise<Performed> => {
  const { job, headers, body } = hold.claimed
  const left = job.deadlineAt === undefined ? undefined : job.deadlineAt - now()
  if (left !== undefined && left <= 0)
    throw new GatewayError('deadline_exceeded', 'The deadline of this job passed before it could be done.')
  const caller: Caller = callerOfJob(job.caller, named)
  const bytes = await bytesOf(body, files)
  if (hold.stop.aborted) throw hold.stop.reason
  const { endpoint, priority } = job
  const said = (text: string): void => hold.pieces.say(text)
  const aside = hold.claimed.aside.length > 0 ? money : undefined
  return perform({ endpoint, headers, body: bytes, caller, priority, timeoutMs: left, signal: hold.stop, aside, said })
}

/** A result as it is kept. */
const resultOf = async (
  { status, contentType, body }: Performed,
  { id, owner }: Job,
  { files, now }: AttemptOptions,
): Promise<JobResult> => {
  const expiresAt = now() + longestKeptMs
  return { status, contentType, body: await storedBytes(body, files, { owner, name: id, contentType, expiresAt }) }
}

const endOf = (error: GatewayError, { claimed: { job }, interruption }: Hold, options: AttemptOptions): End => {
  if (interruption === 'released' || interruption === 'lost') return { kind: 'released' }
  const { pauses, random, now } = options
  const told = { code: error.code, message: error.message }
  if (!isWorthAnother(error)) return { kind: 'failed', error: told }
  // Attempts whose worker died are counted elsewhere, as crashes.
  const tries = job.attempts - job.crashes
  const runAt = Math.ceil(now() + retryMs(error, tries, { ...pauses, random }))
  const isLate = job.deadlineAt !== undefined && runAt >= job.deadlineAt
  if (tries >= job.maxAttempts || isLate) return { kind: 'failed', error: told, dead: 'exhausted' }
  return { kind: 'again', error: told, runAt }
}
