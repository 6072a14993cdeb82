import type { Caller } from '../core/call.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import { isTerminal, type Job, type JobResult, jobStates } from '../core/job.ts'
import { type Jobs, type JobView, ownerOf } from '../jobs/jobs.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { Arrival } from './arrival.ts'
import { checkBodyHead } from './body.ts'
import { checkReferences } from './file-references.ts'
import { ofBody } from './job-errors.ts'
import { placeOf, writeEvents } from './job-events.ts'
import { readWish } from './job-fields.ts'
import { jobRow, jobText } from './job-view.ts'
import { appliedPreferences, type Preferences, preferencesOf } from './prefer.ts'
import { limitIn, queryOf } from './query.ts'
import { replyBytes, replyJson } from './replies.ts'
import { nothingAt, notTaken } from './routes.ts'

export interface JobsDoorOptions {
  readonly jobs: Jobs
  /** Where results lie that are too large for a row. */
  readonly files: FileStore
  readonly maxBodyBytes: number
  /** Of followers. Default 10 000. */
  readonly keepAliveMs?: number | undefined
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: (() => number) | undefined
}

/** One request at the door of jobs, and who it is from. */
interface Asked extends JobsDoorOptions {
  readonly arrival: Arrival
  readonly caller: Caller
  readonly owner: string
}

const usualPage = 20
const mostPage = 100

type Answer = (asked: Asked, id: string) => Promise<void> | void

/** Answers one request under `/v1/jobs`, from a caller that may use it. */
export const serveJobs = async (arrival: Arrival, caller: Caller, options: JobsDoorOptions): Promise<void> => {
  const [, id, word = ''] = /^\/v1\/jobs(?:\/([^/]+)(?:\/([a-z]+))?)?$/.exec(arrival.path) ?? []
  const answers = id === undefined ? ofAll : Object.hasOwn(ofOne, word) ? ofOne[word] : undefined
  if (answers === undefined || (id === undefined && arrival.path !== '/v1/jobs')) throw nothingAt(arrival.path)
  const method = arrival.method === 'HEAD' ? 'GET' : arrival.method
  const answer = Object.hasOwn(answers, method) ? answers[method] : undefined
  if (answer === undefined) throw notTaken(Object.keys(answers))
  await answer({ ...options, arrival, caller, owner: ownerOf(caller) }, id ?? '')
}

const submit = async ({ arrival, caller, owner, ...options }: Asked): Promise<void> => {
  const { headers } = arrival
  checkBodyHead(headers, options.maxBodyBytes)
  const bytes = await arrival.read(options.maxBodyBytes)
  const { now = Date.now } = options
  const { wish, door, body } = readWish(bytes, { caller, headers, now: now() })
  if (door.kind === 'inference') {
    const checking = { owner, files: options.files, most: options.maxBodyBytes }
    await checkReferences(door, body, checking).catch((thrown) => {
      throw ofBody(thrown)
    })
  }
  const submitted = await options.jobs.submit(caller, wish).catch((thrown) => {
    throw thrown instanceof GatewayError && thrown.code === 'unknown_model' ? ofBody(thrown) : thrown
  })
  await replySubmitted(arrival, submitted, options.jobs)
}

/** Tells a job that was submitted: it is on disk. Who prefers to wait is told once it has ended, or its time is over. */
export const replySubmitted = async (
  { headers, outlet, signal }: Pick<Arrival, 'headers' | 'outlet' | 'signal'>,
  { job, isKnown }: { readonly job: Job; readonly isKnown: boolean },
  jobs: Jobs,
): Promise<void> => {
  const preferences = preferencesOf(headers.prefer)
  const { waitMs } = preferences
  let view: JobView = { job, attempts: [], position: undefined }
  if (waitMs !== undefined) view = await jobs.wait(job.id, { owner: job.owner, ms: waitMs, signal })
  else if (isKnown) view = await jobs.find(job.id, job.owner)
  replyJson(outlet, jobText(view), {
    status: 202,
    headers: {
      location: `/v1/jobs/${job.id}`,
      ...(isKnown ? { 'idempotent-replayed': 'true' } : {}),
      ...appliedPreferences(preferences),
    },
  })
}

const list = async ({ arrival, owner, jobs }: Asked): Promise<void> => {
  const query = queryOf(arrival.target)
  const limit = limitIn(query, usualPage, mostPage)
  const after = query.get('after')
  if (after !== undefined && !/^job_[\w-]{1,64}$/.test(after)) throw invalid('after', 'must be the id of a job')
  const found = await jobs.list({
    owner,
    states: statesIn(query.get('status')),
    model: query.get('model'),
    endpoint: query.get('endpoint'),
    after,
    limit: limit + 1,
  })
  const data = found.slice(0, limit).map(jobRow)
  replyJson(arrival.outlet, { object: 'list', data, has_more: found.length > limit, last_id: data.at(-1)?.id ?? null })
}

const statesIn = (said: string | undefined) =>
  said?.split(',').map((word) => {
    const state = jobStates.find((each) => each === word)
    if (!state) throw invalid('status', `must be ${jobStates.join(', ')}, or several of them with commas`)
    return state
  })

/** The job, once it has ended where its caller prefers to wait for that. */
const viewed = async ({ arrival, owner, jobs }: Asked, id: string, { waitMs }: Preferences): Promise<JobView> =>
  waitMs === undefined ? jobs.find(id, owner) : jobs.wait(id, { owner, ms: waitMs, signal: arrival.signal })

/** Only waiting is a preference here. */
const waitingOf = ({ headers }: Arrival): Preferences => ({ ...preferencesOf(headers.prefer), isLater: false })

const show = async (asked: Asked, id: string): Promise<void> => {
  const preferences = waitingOf(asked.arrival)
  const view = await viewed(asked, id, preferences)
  replyJson(asked.arrival.outlet, jobText(view), { headers: appliedPreferences(preferences) })
}

const showResult = async (asked: Asked, id: string): Promise<void> => {
  const preferences = waitingOf(asked.arrival)
  const { job } = await viewed(asked, id, preferences)
  if (!isTerminal(job.state))
    throw new GatewayError('conflict', `The job is ${job.state}: its answer is here once it has ended.`)
  if (!job.result)
    throw new GatewayError(
      'conflict',
      `The job ${job.state === 'failed' ? 'failed' : 'was cancelled'} without an answer.`,
    )
  await replyResult(asked, job.result, appliedPreferences(preferences))
}

const replyResult = async (
  { arrival, files }: Asked,
  { status, contentType, body }: JobResult,
  applied: Readonly<Record<string, string>>,
): Promise<void> => {
  const bytes = 'bytes' in body ? body.bytes : await files.read(body.file)
  await replyBytes(arrival.outlet, bytes, {
    'content-type': contentType,
    'content-length': String('bytes' in body ? body.bytes.length : body.size),
    'x-tollgate-job-status': String(status),
    ...applied,
  })
}

const follow = async ({ arrival, owner, jobs, keepAliveMs }: Asked, id: string): Promise<void> => {
  // Whoever may not see it is told so before there is a stream.
  await jobs.find(id, owner)
  const news = jobs.follow(id, { owner, signal: arrival.signal })
  const { outlet, headers } = arrival
  await writeEvents(news, { outlet, after: placeOf(headers['last-event-id']), keepAliveMs })
}

const cancel = async ({ arrival, owner, jobs }: Asked, id: string): Promise<void> => {
  await jobs.cancel(id, owner)
  replyJson(arrival.outlet, jobText(await jobs.find(id, owner)))
}

const retry = async ({ arrival, owner, jobs }: Asked, id: string): Promise<void> => {
  const job = await jobs.retry(id, owner)
  replyJson(arrival.outlet, jobText({ job, attempts: [], position: undefined }), {
    status: 202,
    headers: { location: `/v1/jobs/${job.id}` },
  })
}

/** What can be done at `/v1/jobs`, by method. */
const ofAll: Readonly<Record<string, Answer>> = { GET: list, POST: submit }

/** What can be done with one job, by the word behind its id and by method. */
const ofOne: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  '': { GET: show },
  result: { GET: showResult },
  events: { GET: follow },
  cancel: { POST: cancel },
  retry: { POST: retry },
}
