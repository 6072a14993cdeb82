import { createRoute, z } from '@hono/zod-openapi'
import { GatewayError, invalid } from '../../core/errors.ts'
import type { JobControl } from '../../jobs/job-control.ts'
import { countField, failures, gives, pageFields, pageOf, takes, timeField } from './fields.ts'
import { jobRowView, jobState, jobView, viewOfJob, viewOfWhole } from './job-views.ts'
import { actorOf } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const tags = ['Jobs']
const count = z.int().nonnegative()
const ofJob = z.object({ id: z.string().min(1).max(100) })
const word = z.string().min(1).max(512).optional()

const list = createRoute({
  method: 'get',
  path: '/admin/api/jobs',
  summary: 'List jobs of everybody, newest first',
  tags,
  request: {
    query: z.strictObject({
      state: jobState.optional(),
      owner: word.openapi({ description: 'Whose they are.', example: 'team:shop' }),
      model: word,
      endpoint: word,
      dead: z.literal('true').optional().openapi({ description: 'Only dead letters that were not asked again.' }),
      from: timeField.optional().openapi({ description: 'Submitted from then on.' }),
      to: timeField.optional().openapi({ description: 'Submitted before.' }),
      cursor: pageFields.cursor,
      limit: countField(50, 200),
    }),
  },
  responses: { ...gives('Jobs.', pageOf(jobRowView)), ...failures },
})

const counts = createRoute({
  method: 'get',
  path: '/admin/api/jobs/counts',
  summary: 'Show how many jobs wait and run',
  tags,
  responses: {
    ...gives(
      'Of everybody.',
      z
        .strictObject({
          queued: count.openapi({ description: 'They wait, for their turn or their time.' }),
          scheduled: count.openapi({ description: 'Of them: not due yet.' }),
          running: count,
          dead: count.openapi({ description: 'Dead letters that were not asked again.' }),
          oldestMs: count.openapi({ description: 'How long the job waits that could have begun first.' }),
        })
        .openapi('JobCounts'),
    ),
    ...failures,
  },
})

const show = createRoute({
  method: 'get',
  path: '/admin/api/jobs/{id}',
  summary: 'Show a job with its attempts',
  tags,
  request: { params: ofJob },
  responses: { ...gives('The job.', jobView), ...failures },
})

const cancel = createRoute({
  method: 'post',
  path: '/admin/api/jobs/{id}/cancel',
  summary: 'Cancel a job',
  description:
    'One that waits ends at once, one that runs as soon as its worker hears of it; one that has ended stays.',
  tags,
  request: { params: ofJob },
  responses: { ...gives('The job.', jobView), ...failures },
})

const retry = createRoute({
  method: 'post',
  path: '/admin/api/jobs/{id}/retry',
  summary: 'Ask a job again that failed or was cancelled',
  tags,
  request: { params: ofJob },
  responses: { ...gives('The new job.', jobView), ...failures },
})

const redriving = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(500)
      .optional()
      .openapi({ description: 'These; without anything else.' }),
    owner: word,
    model: word,
    endpoint: word,
    from: timeField.optional(),
    to: timeField.optional(),
    all: z.literal(true).optional().openapi({ description: 'All there are; goes with nothing else.' }),
  })
  .openapi('Redriving')

const redrive = createRoute({
  method: 'post',
  path: '/admin/api/jobs/redrive',
  summary: 'Ask dead letters again',
  description: 'Those to which everything applies that is given, at most 500 at once, each as a new job.',
  tags,
  request: { body: takes(redriving) },
  responses: {
    ...gives(
      'What became of them.',
      z
        .strictObject({
          jobs: z.array(z.strictObject({ id: z.string(), as: z.string() })),
          failed: z.array(z.strictObject({ id: z.string(), problem: z.string() })),
          hasMore: z.boolean().openapi({ description: 'There are more: ask again.' }),
        })
        .openapi('Redriven'),
    ),
    ...failures,
  },
})

/** Which dead letters are meant; all of them only where that is said. */
const whichOf = ({ ids, all, ...filter }: z.output<typeof redriving>): Parameters<JobControl['redrive']>[0] => {
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  if ([ids !== undefined, all === true, isFiltered].filter(Boolean).length !== 1)
    throw invalid('', 'Give ids, or all, or what the jobs have in common.')
  return ids === undefined ? filter : { ids }
}

/** Jobs of everybody, and dead letters. */
export const addJobRoutes = (app: AdminApp, { jobs }: AdminTools): void => {
  const control = (): JobControl => {
    if (jobs) return jobs
    throw new GatewayError('not_found', 'There are no jobs here.')
  }
  app.openapi(list, async (context) => {
    const { cursor, limit, state, dead, ...query } = context.req.valid('query')
    const states = state === undefined ? undefined : [state]
    const asked = { ...query, states, isDead: dead === 'true' || undefined, after: cursor, limit: limit + 1 }
    const found = await control().list(asked)
    const data = found.slice(0, limit)
    return context.json({ data: data.map(viewOfJob), next: found.length > limit ? data.at(-1)?.id : undefined }, 200)
  })
  app.openapi(counts, async (context) => context.json({ ...(await control().counts()) }, 200))
  app.openapi(redrive, async (context) => {
    const {
      jobs: made,
      failed,
      hasMore,
    } = await control().redrive(whichOf(context.req.valid('json')), actorOf(context.env))
    return context.json({ jobs: [...made], failed: [...failed], hasMore }, 200)
  })
  app.openapi(show, async (context) =>
    context.json(viewOfWhole(await control().find(context.req.valid('param').id)), 200),
  )
  app.openapi(cancel, async (context) =>
    context.json(viewOfWhole(await control().cancel(context.req.valid('param').id, actorOf(context.env))), 200),
  )
  app.openapi(retry, async (context) =>
    context.json(viewOfWhole(await control().retry(context.req.valid('param').id, actorOf(context.env))), 200),
  )
}
