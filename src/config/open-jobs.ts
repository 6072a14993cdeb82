import { hostname } from 'node:os'
import process from 'node:process'
import { createId } from '../core/call.ts'
import { invalid } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { Attempted } from '../jobs/attempt.ts'
import type { Bell } from '../jobs/bell.ts'
import { createJobs } from '../jobs/create-jobs.ts'
import type { CallerNamed } from '../jobs/job-caller.ts'
import { createJobControl, type JobControl } from '../jobs/job-control.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { createNews, type News } from '../jobs/news.ts'
import { noJobDoors } from '../jobs/no-job-doors.ts'
import { openBell } from '../jobs/open-bell.ts'
import type { JobDoors } from '../jobs/perform.ts'
import { type JobPauses, usualPauses } from '../jobs/retry-time.ts'
import { createUpkeep, type Upkeep } from '../jobs/upkeep.ts'
import { createWebhookControl, type WebhookControl } from '../jobs/webhook-control.ts'
import type { DeliveryOutcome } from '../jobs/webhook-dispatcher.ts'
import type { WebhookEndpoints } from '../jobs/webhook-endpoints.ts'
import type { WebhookLog, Webhooks } from '../jobs/webhooks.ts'
import { type Ending, startWorker, type Worker } from '../jobs/worker.ts'
import type { Store } from '../stores/store.ts'
import type { EndedAttempt, JobFigures } from '../telemetry/job-figures.ts'
import type { Config } from './config.ts'
import { openWebhooks, webhookEndpoints } from './open-webhooks.ts'

export interface OpenJobsOptions {
  /** The configuration in force. */
  config(): Config
  readonly store: Store
  /** Default: this gateway has none, and no jobs. */
  readonly doors: JobDoors | undefined
  readonly named: CallerNamed
  readonly secret: Uint8Array
  readonly figures: Pick<JobFigures, 'attempted' | 'swept'>
  /** Default: 1 s to 15 minutes. */
  readonly pauses?: JobPauses | undefined
  /** Fulfilled when what calls have cost until now stands in the ledger. */
  booked(): Promise<void>
  /** Told of every attempt to tell a webhook. */
  told(outcome: DeliveryOutcome): void
  readonly log: WebhookLog
}

/** Jobs of a store, and the workers of this process that do them. */
export interface JobDesk {
  readonly jobs: Jobs
  readonly webhooks: WebhookControl
  /** What administrators can do with jobs. */
  readonly control: JobControl
  /** What messages to addresses of an owner are signed with. */
  webhookSecret(owner: string): string
  /**
   * Begins to do jobs, so many at a time, until it is closed, and to look after those of the store: what was lost, what is due, who is to
   * be told. With 0 it only does the latter.
   */
  work(concurrency: number): Worker
  /** Takes no more; fulfilled when every worker here is through with what it had, or has given it back. */
  stop(ending: Ending): Promise<void>
  /** Gives back what is still under way, and lets go of the bell. */
  close(): Promise<void>
}

/** Opens the jobs of a store. Nothing is done with them here before `work`. */
export const openJobs = async (options: OpenJobsOptions): Promise<JobDesk> => {
  const { store, doors = noJobDoors, config, figures, log } = options
  const endpoints = webhookEndpoints(config, options.secret)
  const bell = await openBell(config().queue, {
    watch: (changed) => store.jobWork.watch(({ work }) => work && changed()),
    report: (message, facts) => log.warn(facts, message),
  })
  const workers = new Set<Worker>()
  let upkeep: Upkeep | undefined
  let webhooks: Webhooks | undefined
  const surroundings: Surroundings = {
    ...options,
    doors,
    bell,
    news: createNews(),
    later: (at) => upkeep?.expect(at),
    failed: (err, message) => log.warn({ err }, message),
    endpoints,
    wake: () => webhooks?.wake(),
  }
  const stop = async (ending: Ending): Promise<void> => {
    await Promise.all([...workers].map((worker) => worker.close(ending)))
    await upkeep?.close()
    upkeep = undefined
    await webhooks?.close(ending.hurry)
    webhooks = undefined
  }
  const jobs = jobsOf(surroundings)
  return {
    jobs,
    control: createJobControl({ jobs, control: store.control }),
    webhooks: createWebhookControl({ store, names: () => config().webhooks.keys(), wake: surroundings.wake }),
    webhookSecret: endpoints.secretOf,
    work: (concurrency) => {
      const { maxCrashes } = config().jobs
      const { jobWork: work, files } = store
      upkeep ??= createUpkeep({
        ...surroundings,
        work,
        store: store.jobs,
        files,
        maxCrashes,
        now,
        swept: figures.swept,
      })
      webhooks ??= openWebhooks(endpoints, { config, store, log, attempted: options.told })
      const worker = concurrency > 0 ? workerOf(concurrency, surroundings) : idle
      workers.add(worker)
      return {
        get running() {
          return worker.running
        },
        close: async (ending) => {
          workers.delete(worker)
          await worker.close(ending)
        },
      }
    },
    stop,
    close: async () => {
      await stop({ graceMs: 0 })
      await bell.close()
    },
  }
}

const idle: Worker = { running: 0, close: async () => {} }

interface Surroundings extends OpenJobsOptions {
  readonly doors: JobDoors
  readonly bell: Bell
  readonly news: News
  later(at: number): void
  readonly endpoints: WebhookEndpoints
  /** Has webhooks told of a job that ended. */
  wake(): void
  failed(cause: unknown, message: string): void
}

const now = Date.now

const jobsOf = ({ config, store, doors, secret, endpoints, ...rest }: Surroundings): Jobs =>
  createJobs({
    ...rest,
    store: store.jobs,
    files: store.files,
    check: doors.check,
    foresee: doors.foresee,
    checkWebhook: (webhook) => {
      const problem = endpoints.checkWebhook(webhook)
      if (problem !== undefined) throw invalid('webhook', problem)
    },
    secret,
    rules: () => config().jobs,
    now,
  })

const workerOf = (concurrency: number, surroundings: Surroundings): Worker => {
  const { store, doors, figures, pauses = usualPauses, config, wake } = surroundings
  return startWorker({
    ...surroundings,
    name: `${hostname()}:${process.pid}:${createId().slice(0, 8)}`,
    concurrency,
    leaseMs: config().jobs.leaseMs,
    work: store.jobWork,
    files: store.files,
    perform: doors.perform,
    pauses,
    random: Math.random,
    now,
    ended: (...ended) => {
      figures.attempted(endedAttempt(...ended))
      if (ended[1].job.webhook !== undefined) wake()
    },
  })
}

const endedAttempt = (
  { finished: { end } }: Attempted,
  { job, ms, taken }: { readonly job: Job; readonly ms: number; readonly taken: boolean },
): EndedAttempt => {
  const endedAt = now()
  const dueAt = Math.max(job.createdAt, job.runAt)
  const isFirst = job.attempts === 1
  return {
    outcome: taken ? end.kind : 'lost',
    durationMs: ms,
    queuedMs: isFirst ? Math.max(0, endedAt - ms - dueAt) : undefined,
    totalMs: endedAt - dueAt,
  }
}
