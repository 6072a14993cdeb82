import { createRoute, z } from '@hono/zod-openapi'
import type { ReloadOutcome } from '../../config/reload.ts'
import { GatewayError } from '../../core/errors.ts'
import { failures, gives, timeView, viewOfTime } from './fields.ts'
import type { AdminApp, AdminTools, ConfigurationTools } from './tools.ts'

const reload = z
  .strictObject({
    at: timeView,
    cause: z.enum(['file', 'signal', 'admin']).openapi({ description: 'Who asked for it.' }),
    ok: z.boolean().openapi({ description: 'False: the old configuration stayed in force.' }),
    complaints: z.array(z.string()).openapi({ description: 'Everything that is wrong with it.' }),
    needsRestart: z.array(z.string()).openapi({ description: 'Changed fields that hold only after a restart.' }),
  })
  .openapi('Reload')

const configuration = z
  .strictObject({
    file: z.string().optional().openapi({ description: 'Where it is read from; absent: there is no file.' }),
    hash: z.string().openapi({ description: 'Of the configuration in force, without secrets.' }),
    since: timeView,
    latest: reload.optional().openapi({ description: 'The latest reading while running; absent: there was none.' }),
    config: z.looseObject({}).openapi({ type: 'object', description: 'What is in force, without secrets.' }),
  })
  .openapi('Configuration')

const tags = ['Configuration']

const show = createRoute({
  method: 'get',
  path: '/admin/api/config',
  summary: 'Show the configuration in force',
  tags,
  responses: { ...gives('The configuration.', configuration), ...failures },
})

const again = createRoute({
  method: 'post',
  path: '/admin/api/reload',
  summary: 'Read the configuration again',
  description: 'It is put in force whole when nothing is wrong with it; else the old one stays and this is refused.',
  tags,
  responses: { ...gives('It is in force.', reload), ...failures },
})

const viewOf = ({ at, complaints, needsRestart, ...rest }: ReloadOutcome): z.output<typeof reload> => ({
  at: viewOfTime(at) ?? '',
  ...rest,
  complaints: [...complaints],
  needsRestart: [...needsRestart],
})

/** The configuration: what is in force, and reading it again. */
export const addConfigRoutes = (app: AdminApp, tools: AdminTools): void => {
  const given = (): ConfigurationTools => {
    if (tools.configuration) return tools.configuration
    throw new GatewayError('not_found', 'There is no configuration to show here.')
  }
  app.openapi(show, (context) => {
    const { reloader, described } = given()
    const { file, hash, since, latest } = reloader
    return context.json(
      { file, hash, since: viewOfTime(since) ?? '', latest: latest && viewOf(latest), config: { ...described() } },
      200,
    )
  })
  app.openapi(again, async (context) => {
    const outcome = await given().reloader.reload('admin')
    if (!outcome.ok) throw wrong(outcome.complaints)
    return context.json(viewOf(outcome), 200)
  })
}

const wrong = (complaints: readonly string[]): GatewayError =>
  new GatewayError('invalid_request', `The old configuration stays in force. ${complaints.join('\n')}`)
