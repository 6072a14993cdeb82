import { durationText } from '../config/durations.ts'
import { GatewayError } from '../core/errors.ts'
import type { Job, JobAttempt, JobState } from '../core/job.ts'
import { type Nanos, usdFromNanos } from '../core/money.ts'
import type { Jobs, JobView } from '../jobs/jobs.ts'
import { Misuse } from './failure.ts'
import { momentJson, momentText } from './moments.ts'
import type { StoreOptions } from './open-control.ts'
import { print, printJson, tell } from './output.ts'
import { table } from './table.ts'
import { withJobs } from './with-jobs.ts'

export interface ListOptions extends StoreOptions {
  readonly state?: readonly JobState[]
  readonly owner?: string
  readonly model?: string
  readonly isDead?: boolean
  readonly limit: number
}

/** Lists jobs, newest first; or dead letters alone. */
export const listJobs = ({ state, owner, model, isDead, limit, ...options }: ListOptions): Promise<void> =>
  withJobs(options, async (jobs) => {
    const found = await jobs.list({ states: state, owner, model, isDead, limit })
    if (options.json) printJson(found.map(jobJson))
    else print(table(headings, found.map(row)))
  })

/** Shows one job with its attempts. */
export const showJob = (id: string, options: StoreOptions): Promise<void> =>
  withJobs(options, async (jobs) => {
    const view = await jobs.find(id)
    if (options.json) printJson(viewJson(view))
    else print(viewText(view))
  })

/** Ends a job that waits, and asks for the end of one that runs. */
export const cancelJob = (id: string, options: StoreOptions): Promise<void> =>
  withJobs(options, async (jobs) => {
    const job = await jobs.cancel(id)
    if (options.json) printJson(jobJson(job))
    else print(job.isStopping ? `Job ${id} is being stopped.` : `Job ${id} is ${job.state}.`)
  })

/** Asks a job again, as a new one. */
export const retryJob = (id: string, options: StoreOptions): Promise<void> =>
  withJobs(options, async (jobs) => {
    const again = await jobs.retry(id)
    if (options.json) printJson(jobJson(again))
    else print(`Job ${id} is asked again as ${again.id}.`)
  })

const page = 100

/** Asks dead letters again. What happens to one does not keep the others from it. */
export const redriveJobs = (
  ids: readonly string[],
  { all, ...options }: StoreOptions & { readonly all?: boolean },
): Promise<void> => {
  if (ids.length > 0 === (all === true)) throw new Misuse('Name dead letters by their ids, or give --all.')
  return withJobs(options, async (jobs) => {
    const redriven: { readonly job: string; readonly as: string }[] = []
    for (const id of all ? await allDead(jobs) : ids) {
      const as = await redrive(jobs, id)
      if (as !== undefined) redriven.push({ job: id, as })
    }
    if (options.json) printJson(redriven)
    else
      print(
        table(
          ['DEAD LETTER', 'ASKED AGAIN AS'],
          redriven.map(({ job, as }) => [job, as]),
        ),
      )
  })
}

const redrive = async (jobs: Jobs, id: string): Promise<string | undefined> => {
  try {
    const { job } = await jobs.find(id)
    if (job.dead !== undefined) return (await jobs.retry(id)).id
    tell(`-- ${id} is no dead letter; "tollgate jobs retry" asks it again all the same.`)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    tell(`-- ${id}: ${error.message}`)
  }
  return undefined
}

const allDead = async (jobs: Jobs): Promise<readonly string[]> => {
  const ids: string[] = []
  for (;;) {
    const found = await jobs.list({ isDead: true, after: ids.at(-1), limit: page })
    ids.push(...found.map(({ id }) => id))
    if (found.length < page) return ids
  }
}

/** Tells how many jobs are where. */
export const countJobs = (options: StoreOptions): Promise<void> =>
  withJobs(options, async (jobs) => {
    const counts = await jobs.counts()
    if (options.json) return printJson(counts)
    const { queued, scheduled, running, dead, oldestMs } = counts
    const oldest = queued > scheduled ? `, the oldest for ${durationText(Math.ceil(oldestMs / 1000) * 1000)}` : ''
    print(
      `${queued - scheduled} wait${oldest}. ${scheduled} have a time to come, ${running} run, ${dead} are dead letters.`,
    )
  })

const headings = ['ID', 'STATE', 'MODEL', 'OWNER', 'SUBMITTED (UTC)', 'ATTEMPTS', 'COST USD', 'ERROR']

const row = (job: Job): readonly string[] => [
  job.id,
  stateText(job),
  job.model,
  job.owner,
  momentText(job.createdAt),
  String(job.attempts),
  costText(job),
  job.error?.code ?? '',
]

const stateText = ({ state, dead, isStopping }: Job): string => {
  if (dead !== undefined) return `${state}, ${dead}`
  return isStopping && state === 'running' ? 'stopping' : state
}

const costText = ({ costNanos, unknownCosts }: Job): string =>
  unknownCosts > 0 ? `${usdFromNanos(costNanos)} and unknown` : usdFromNanos(costNanos)

const viewText = ({ job, attempts, position }: JobView): string =>
  [
    table(headings, [row(job)]),
    ...(position === undefined ? [] : [`${position} jobs would begin before it.`]),
    ...(job.error ? [`${job.error.code}: ${job.error.message}`] : []),
    ...(job.retryOf === undefined ? [] : [`It asks ${job.retryOf} again.`]),
    ...(job.redrivenAs === undefined ? [] : [`It was asked again as ${job.redrivenAs}.`]),
    table(
      ['ATTEMPT', 'BEGAN (UTC)', 'ENDED (UTC)', 'OUTCOME', 'ERROR', 'COST USD', 'CALL', 'WORKER'],
      attempts.map(attemptRow),
    ),
  ].join('\n')

const nanosText = (nanos: Nanos | undefined): string => (nanos === undefined ? 'unknown' : usdFromNanos(nanos))

const attemptRow = ({ ordinal, worker, startedAt, endedAt, outcome, error, call, costNanos }: JobAttempt) => [
  String(ordinal),
  momentText(startedAt),
  momentText(endedAt),
  outcome ?? 'under way',
  error?.code ?? '',
  outcome === undefined ? '' : nanosText(costNanos),
  call ?? '',
  worker,
]

/** A job for programs: without the bytes of its result, and times as text. */
const jobJson = ({ result, metadata, ...job }: Job): object => ({
  ...job,
  createdAt: momentJson(job.createdAt),
  runAt: momentJson(job.runAt),
  deadlineAt: momentJson(job.deadlineAt),
  startedAt: momentJson(job.startedAt),
  endedAt: momentJson(job.endedAt),
  expiresAt: momentJson(job.expiresAt),
  metadata: metadata === undefined ? undefined : JSON.parse(metadata),
  caller: JSON.parse(job.caller),
  result: result && { status: result.status, contentType: result.contentType },
})

const viewJson = ({ job, attempts, position }: JobView): object => ({
  ...jobJson(job),
  position,
  attempts: attempts.map((attempt) => ({
    ...attempt,
    startedAt: momentJson(attempt.startedAt),
    endedAt: momentJson(attempt.endedAt),
  })),
})
