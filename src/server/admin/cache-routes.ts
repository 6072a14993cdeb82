import { createRoute, z } from '@hono/zod-openapi'
import { failures, gives, takes } from './fields.ts'
import { actorOf } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const count = z.int().nonnegative()
const tags = ['Cache']

const tier = z
  .strictObject({
    entries: count,
    bytes: count,
    mostBytes: count,
    dropped: count.optional().openapi({ description: 'Not written since the start: too fast, too large, or no room.' }),
  })
  .openapi('CacheTier')

const recall = z
  .strictObject({
    scope: z.string().openapi({ example: 'team:shop' }),
    requests: z.number().openapi({ description: 'Questions looked for among similar ones; counts fade with time.' }),
    wouldHits: z.number().openapi({ description: 'Of them, those with a similar one that passes everything.' }),
    hits: z.number().openapi({ description: 'Of them, those that were answered so.' }),
    checks: z.number().openapi({ description: 'Of those found, compared with a new answer.' }),
    wrong: z.number().openapi({ description: 'Of those compared, the ones that differed.' }),
    estimate: z.number().optional().openapi({ description: 'Wrong answers for each request; absent: not known yet.' }),
    low: z.number(),
    high: z.number().openapi({ description: 'Between these it lies with nine chances in ten.' }),
    isSuspended: z.boolean().openapi({ description: 'Only equal questions are answered until it is better.' }),
  })
  .openapi('RecallStanding')

const standing = z
  .strictObject({
    memory: tier,
    disk: tier.optional().openapi({ description: 'Absent: nothing is kept beyond this process.' }),
    recall: z.array(recall).openapi({ description: 'How answering like similar questions goes, by scope.' }),
  })
  .openapi('Cache')

const text = z.string().min(1).max(512)

const wanted = z
  .strictObject({
    key: text.optional().openapi({ description: 'One answer, by the name it is kept under.' }),
    scope: text.optional().openapi({ description: 'Who shares them, as it stands in `recall`.' }),
    team: text.optional().openapi({ description: 'Shared within this team; goes without `scope`.' }),
    owner: text.optional().openapi({ description: 'The virtual key that asked first.' }),
    model: text.optional().openapi({ description: 'The public model.' }),
    tag: text.optional().openapi({ description: 'A tag of the call that asked first.', example: 'feature=search' }),
    all: z.literal(true).optional().openapi({ description: 'All there are; goes with nothing else.' }),
  })
  .openapi('Purge')

const show = createRoute({
  method: 'get',
  path: '/admin/api/cache',
  summary: 'Show how much is kept of answers',
  tags,
  responses: { ...gives('Of this process, and of the file it shares.', standing), ...failures },
})

const purge = createRoute({
  method: 'post',
  path: '/admin/api/cache/purge',
  summary: 'Take kept answers away',
  description:
    'Those to which everything applies that is given; at least one thing must be. This process gives none of them from now on, others that share its file from a second later on.',
  tags,
  request: { body: takes(wanted) },
  responses: { ...gives('How many there were.', z.strictObject({ purged: count }).openapi('Purged')), ...failures },
})

/** Answers that are kept. */
export const addCacheRoutes = (app: AdminApp, { control, recall: standings }: AdminTools): void => {
  app.openapi(show, async (context) => {
    const { memory, disk } = await control.answersStanding()
    const recalled = (standings?.() ?? []).map((each) => ({ ...each }))
    return context.json({ memory: { ...memory }, disk: disk && { ...disk }, recall: recalled }, 200)
  })
  app.openapi(purge, async (context) => {
    const purged = await control.purgeAnswers(context.req.valid('json'), actorOf(context.env))
    return context.json({ purged }, 200)
  })
}
