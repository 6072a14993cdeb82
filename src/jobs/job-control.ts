import { type Change, Entries } from '../control/entries.ts'
import { asGatewayError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { JobCounts, JobQuery } from '../stores/job-store.ts'
import type { ControlStore } from '../stores/store.ts'
import type { Jobs, JobView } from './jobs.ts'

/** Which dead letters are meant: these, or those that answer to a query. */
export type Redriving =
  | { readonly ids: readonly string[] }
  | Pick<JobQuery, 'owner' | 'model' | 'endpoint' | 'from' | 'to'>

/** What became of asking dead letters again. */
export interface Redriven {
  readonly jobs: readonly { readonly id: string; readonly as: string }[]
  readonly failed: readonly { readonly id: string; readonly problem: string }[]
  /** Are there more than were asked again now? */
  readonly hasMore: boolean
}

/** What administrators can do with jobs, of whomever. Fails with `not_found`. `actor` is who does it. */
export interface JobControl {
  list(query: JobQuery): Promise<readonly Job[]>
  find(id: string): Promise<JobView>
  counts(): Promise<JobCounts>
  cancel(id: string, actor: string): Promise<JobView>
  /** The new job. Fails with `conflict` for one that has not ended or was done. */
  retry(id: string, actor: string): Promise<JobView>
  /** Asks dead letters again, each as a new job, as many at once as are no burden. */
  redrive(which: Redriving, actor: string): Promise<Redriven>
}

export interface JobControlOptions {
  readonly jobs: Jobs
  readonly control: ControlStore
}

const mostAtOnce = 500

export const createJobControl = ({ jobs, control }: JobControlOptions): JobControl => {
  const entries = new Entries(control)
  /** First, so that nothing is ever done without a word of who did it. */
  const note = async (action: string, about: Pick<Change<'job'>, 'actor' | 'detail'>): Promise<void> => {
    const found = await entries.get('job', 'jobs')
    const place = { kind: 'job', name: 'jobs', document: {}, expect: found?.version ?? 'new' } as const
    await entries.write({ ...place, ...about, action })
  }
  return {
    list: (query) => jobs.list(query),
    find: (id) => jobs.find(id),
    counts: () => jobs.counts(),
    cancel: async (id, actor) => {
      const { job } = await jobs.find(id)
      await note('job.cancel', { actor, detail: { job: id, owner: job.owner } })
      await jobs.cancel(id)
      return jobs.find(id)
    },
    retry: async (id, actor) => {
      const { job } = await jobs.find(id)
      await note('job.retry', { actor, detail: { job: id, owner: job.owner } })
      return jobs.find((await jobs.retry(id)).id)
    },
    redrive: async (which, actor) => {
      const wanted = 'ids' in which ? which.ids : await deadOf(which, jobs)
      await note('job.redrive', { actor, detail: { ...which } })
      const ids = wanted.slice(0, mostAtOnce)
      return { ...(await redriven(ids, jobs)), hasMore: wanted.length > ids.length }
    },
  }
}

const deadOf = async (which: Exclude<Redriving, { ids: unknown }>, jobs: Jobs): Promise<readonly string[]> =>
  (await jobs.list({ ...which, isDead: true, limit: mostAtOnce + 1 })).map(({ id }) => id)

const redriven = async (ids: readonly string[], jobs: Jobs): Promise<Pick<Redriven, 'jobs' | 'failed'>> => {
  const made: { id: string; as: string }[] = []
  const failed: { id: string; problem: string }[] = []
  for (const id of ids) {
    try {
      made.push({ id, as: (await jobs.retry(id)).id })
    } catch (thrown) {
      failed.push({ id, problem: asGatewayError(thrown).message })
    }
  }
  return { jobs: made, failed }
}
