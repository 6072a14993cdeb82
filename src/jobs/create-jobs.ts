import { hash } from 'node:crypto'
import { type Caller, createId } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { isTerminal, type Job, type JobBytes, type JobOrder } from '../core/job.ts'
import { keyedHash } from '../core/keyed-hash.ts'
import type { Ask } from '../ledger/ledger.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { JobStore, Submission, Submitted } from '../stores/job-store.ts'
import type { Bell } from './bell.ts'
import { followJob, waitForJob } from './follow.ts'
import { type BytesOf, bytesOf, longestKeptMs, storedBytes } from './job-bytes.ts'
import { type CallerNamed, callerOfJob } from './job-caller.ts'
import type { Jobs, JobView, JobWish } from './jobs.ts'
import type { News } from './news.ts'
import { type JobRules, orderOf } from './order.ts'
import type { JobDoors } from './perform.ts'
import { keepWithMoney } from './set-aside.ts'
import { together } from './together.ts'

export interface JobsOptions {
  readonly store: JobStore
  readonly files: FileStore
  readonly bell: Pick<Bell, 'ring'>
  readonly news: News
  /** What is refused before it is kept. */
  readonly check: JobDoors['check']
  /** What is set aside for a job that asks for that. */
  readonly foresee: JobDoors['foresee']
  readonly named: CallerNamed
  /** Throws `invalid_request` for whom nothing can be told. */
  checkWebhook(webhook: string): void
  /** With which keys of callers are named. */
  readonly secret: Uint8Array
  /** Read with each job, as the configuration may change. */
  rules(): JobRules
  /** Unix milliseconds. */
  readonly now: () => number
  /** Told when a job is due at a moment to come. */
  later(at: number): void
  failed(cause: unknown, message: string): void
}

interface Desk extends JobsOptions {
  /** Keeps one of the jobs that are submitted at this moment. */
  keep(submission: Submission): Promise<Submitted>
}

/** A key that a job was submitted under is known for at least a day. */
const leastKeyMs = 86_400_000

/** Everything that can be done with the jobs of a store. */
export const createJobs = (given: JobsOptions): Jobs => {
  const { store, news } = given
  const options: Desk = { ...given, keep: together((all: readonly Submission[]) => store.submit(all)) }
  const find = async (id: string, owner?: string): Promise<JobView> => {
    const job = await store.find(id, owner)
    const details = job && (await store.details(id))
    if (!details) throw noSuchJob(id)
    return { job, attempts: details.attempts, position: details.position }
  }
  const view = { store, news, find }
  return {
    submit: async (caller, wish) => {
      options.check(caller, wish)
      if (wish.webhook !== undefined) options.checkWebhook(wish.webhook)
      const order = orderOf(caller, wish, { rules: options.rules(), now: options.now() })
      const asks = await asksOf(order, caller, options)
      const kept = { ...order, body: await bodyOf(order, options.files) }
      return submit({ order: kept, key: await keyOf(order, wish, options) }, asks, options)
    },
    find,
    list: (query) => store.list(query),
    wait: (id, waiting) => waitForJob(id, waiting, view),
    follow: (id, following) => followJob(id, following, view),
    cancel: async (id, owner) => {
      const job = await store.cancel(id, owner)
      if (!job) throw noSuchJob(id)
      if (job.isStopping) news.stop(id)
      news.changed(id)
      return job
    },
    retry: (id, owner) => retry(id, owner, options),
    counts: () => store.counts(),
  }
}

const noSuchJob = (id: string): GatewayError =>
  new GatewayError('not_found', `There is no job ${JSON.stringify(id.slice(0, 64))}.`)

/** Bodies that are too large for a row; a body that lies in a file already stays there. */
const bodyOf = async (order: JobOrder, files: FileStore): Promise<JobBytes> =>
  'file' in order.body ? order.body : storedBytes(order.body.bytes, files, aboutBody(order))

const aboutBody = ({ id, owner, runAt }: JobOrder): BytesOf => ({
  owner,
  name: id,
  contentType: 'application/octet-stream',
  expiresAt: runAt + longestKeptMs,
})

const keyOf = async (
  { owner, endpoint, body, keepMs }: JobOrder,
  { idempotencyKey: key, digest: own }: JobWish,
  { secret, files }: JobsOptions,
): Promise<Submission['key']> => {
  if (key === undefined) return undefined
  const digest = own ?? (await digestOf(body, files))
  return {
    name: keyedHash(secret, `job key\n${owner}\n${key}`),
    asked: keyedHash(secret, `job asked\n${endpoint}\n${digest}`),
    keepMs: Math.max(leastKeyMs, keepMs),
  }
}

const digestOf = async (body: JobBytes, files: FileStore): Promise<string> =>
  'file' in body ? ((await files.find(body.file))?.sha256 ?? body.file) : hash('sha256', body.bytes, 'hex')

const asksOf = async (
  { holds, endpoint, headers, body }: JobOrder,
  caller: Caller,
  { foresee, files }: JobsOptions,
): Promise<readonly Ask[]> => (holds ? foresee({ endpoint, headers, caller, body: await bytesOf(body, files) }) : [])

const submit = async (
  submission: Submission,
  asks: readonly Ask[],
  { keep, files, bell, news, now, later, failed }: Desk,
): Promise<{ readonly job: Job; readonly isKnown: boolean }> => {
  const { order } = submission
  const drop = (): void => {
    if ('file' in order.body) void files.remove(order.body.file).catch(() => false)
  }
  const submitted = await keepWithMoney(submission, asks, { keep, now }).catch((thrown) => {
    drop()
    throw thrown
  })
  if (submitted.kind !== 'made') drop()
  if (submitted.kind === 'mismatch')
    throw new GatewayError(
      'idempotency_mismatch',
      'Another job was submitted under this idempotency key. Use a new key for a new job.',
    )
  const { job, kind } = submitted
  if (kind === 'known') return { job, isKnown: true }
  news.changed(job.id)
  if (order.runAt > now()) later(order.runAt)
  // The job is kept: whoever has it done finds it, if later, without a ring as well.
  else bell.ring([{ job: job.id, owner: job.owner }]).catch((cause) => failed(cause, 'No bell rang for a job.'))
  return { job, isKnown: false }
}

/** Asks a job again; asked twice, it is the same new job, so that a crash in between makes no second one. */
const retry = async (id: string, owner: string | undefined, options: Desk): Promise<Job> => {
  const { store, secret, files, now } = options
  const job = await store.find(id, owner)
  const order = job && (await store.details(id))?.order
  if (!order) throw noSuchJob(id)
  if (!isTerminal(job.state) || job.state === 'succeeded')
    throw new GatewayError(
      'conflict',
      `The job is ${job.state}; only jobs that failed or were cancelled can be asked again.`,
    )
  const again = orderAgain(order, now())
  const asks = again.holds ? await asksOf(again, callerAgain(again, options), options) : []
  const body = await copied(again, files)
  const key = { name: keyedHash(secret, `job retry\n${id}`), asked: id, keepMs: Math.max(leastKeyMs, order.keepMs) }
  const made = await submit({ order: { ...again, body }, key }, asks, options)
  if (job.dead !== undefined) await store.redriven(id, made.job.id)
  return made.job
}

/** Whoever asks again need not be the caller, and has a key of its own. */
const callerAgain = ({ caller }: JobOrder, { named }: JobsOptions): Caller => {
  try {
    return callerOfJob(caller, named)
  } catch (thrown) {
    throw new GatewayError('conflict', asGatewayError(thrown).message)
  }
}

const orderAgain = (order: JobOrder, now: number): JobOrder => {
  const { deadlineAt } = order
  const isOver = deadlineAt !== undefined && deadlineAt <= now
  return {
    ...order,
    id: `job_${createId()}`,
    runAt: now,
    deadlineAt: isOver ? undefined : deadlineAt,
    retryOf: order.id,
  }
}

/** The file of the first job goes with it, so that the second one needs its own. */
const copied = async (order: JobOrder, files: FileStore): Promise<JobBytes> =>
  'bytes' in order.body ? order.body : storedBytes(await bytesOf(order.body, files), files, aboutBody(order))
