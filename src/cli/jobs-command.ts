import { type Command, InvalidArgumentError } from 'commander'
import { hint } from '../config/suggest.ts'
import { type JobState, jobStates } from '../core/job.ts'
import { guarded } from './guarded.ts'
import { wholeNumber } from './numbers.ts'
import { addStoreOptions } from './store-options.ts'
import { names } from './words.ts'

/** Loaded when one of its commands runs: help needs nothing of it. */
const load = () => import('./jobs.ts')

const mostRows = 10_000

const states = (text: string): readonly JobState[] =>
  names(text).map((name) => {
    const known = jobStates.find((state) => state === name)
    if (known !== undefined) return known
    throw new InvalidArgumentError(`There is no state ${JSON.stringify(name)}${hint(name, jobStates)}`)
  })

/** `tollgate jobs`: calls whose answers are fetched later. */
export const addJobs = (program: Command): void => {
  const jobs = program.command('jobs').description('show jobs, cancel them, ask dead letters again')
  addStoreOptions(
    jobs
      .command('list')
      .description('list jobs, newest first')
      .option('--state <states>', `only these: ${jobStates.join(', ')}`, states)
      .option('--owner <scope>', 'only those of team:<name> or key:<name>')
      .option('--model <model>', 'only those of this public model')
      .option('--limit <number>', 'most rows', wholeNumber(mostRows), 100),
  ).action(guarded(async (options) => (await load()).listJobs(options)))
  addStoreOptions(jobs.command('show <id>').description('show one job with its attempts')).action(
    guarded(async (id, options) => (await load()).showJob(id, options)),
  )
  addStoreOptions(
    jobs.command('cancel <id>').description('end a job that waits, and stop one that runs wherever it does'),
  ).action(guarded(async (id, options) => (await load()).cancelJob(id, options)))
  addStoreOptions(
    jobs.command('retry <id>').description('ask a job that failed or was cancelled again, as a new one'),
  ).action(guarded(async (id, options) => (await load()).retryJob(id, options)))
  addStoreOptions(
    jobs
      .command('dead')
      .description('list dead letters: jobs whose attempts were used up, or whose workers died of them')
      .option('--limit <number>', 'most rows', wholeNumber(mostRows), 100),
  ).action(guarded(async (options) => (await load()).listJobs({ ...options, isDead: true })))
  addStoreOptions(
    jobs
      .command('redrive [ids...]')
      .description('ask dead letters again, each as a new job')
      .option('--all', 'all there are'),
  ).action(guarded(async (ids, options) => (await load()).redriveJobs(ids, options)))
  addStoreOptions(jobs.command('counts').description('tell how many jobs are where')).action(
    guarded(async (options) => (await load()).countJobs(options)),
  )
}
