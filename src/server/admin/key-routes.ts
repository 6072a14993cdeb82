import { createRoute, z } from '@hono/zod-openapi'
import type { KeyView, NewKey } from '../../control/control.ts'
import { GatewayError } from '../../core/errors.ts'
import { keyCaches } from '../../core/key-cache.ts'
import { leastWeight, mostWeight, priorities } from '../../core/priority.ts'
import {
  durationField,
  failures,
  gives,
  nameField,
  pageFields,
  pageOf,
  takes,
  timeField,
  timeView,
  viewOfTime,
} from './fields.ts'
import { pageByName } from './page.ts'
import { actorOf } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const priority = z.enum(priorities)
const cache = z.enum(keyCaches)
const weight = z.number().min(leastWeight).max(mostWeight)

const key = z
  .strictObject({
    name: z.string(),
    shown: z.string().openapi({ description: 'Its beginning and its end, to know it by.' }),
    org: z.string().optional(),
    team: z.string().optional(),
    user: z.string().optional(),
    models: z.array(z.string()).optional().openapi({ description: 'Models it may use; absent: all.' }),
    doors: z.array(z.string()).optional().openapi({ description: 'Doors it may use, as paths; absent: all.' }),
    priority: priority
      .optional()
      .openapi({ description: 'The most urgent that its calls may be where they wait; absent: normal.' }),
    weight: z.number().optional().openapi({ description: 'Its share against others that wait; absent: 1.' }),
    cache: cache
      .optional()
      .openapi({ description: 'How far it goes with answers from memory; absent: as far as the model does.' }),
    createdAt: timeView.optional(),
    expiresAt: timeView.optional(),
    state: z.enum(['active', 'expired', 'revoked']),
    declared: z.boolean().openapi({ description: 'Declared in the configuration: read-only here.' }),
  })
  .openapi('Key')

const secretKey = z
  .strictObject({
    key,
    secret: z.string().openapi({ description: 'What callers send. It is shown this once and kept nowhere.' }),
  })
  .openapi('KeyWithSecret')

const owner = z.string().max(64)
const list = z.array(z.string().min(1).max(256)).max(1_000)

const newKey = z
  .strictObject({
    name: z.string().max(64),
    org: owner.optional(),
    team: owner.optional(),
    user: owner.optional(),
    models: list.optional(),
    doors: list.optional(),
    priority: priority.optional(),
    weight: weight.optional(),
    cache: cache.optional(),
    expiresAt: timeField.optional(),
  })
  .openapi('NewKey')

const changes = z
  .strictObject({
    org: owner.nullable().optional(),
    team: owner.nullable().optional(),
    user: owner.nullable().optional(),
    models: list.nullable().optional(),
    doors: list.nullable().optional(),
    priority: priority.nullable().optional(),
    weight: weight.nullable().optional(),
    cache: cache.nullable().optional(),
    expiresAt: timeField
      .nullable()
      .optional()
      .openapi({ type: ['string', 'null'] }),
  })
  .openapi('KeyChanges', { description: 'Only what is to be changed; null takes a field away.' })

const rotation = z
  .strictObject({
    overlap: durationField.optional().openapi({ description: 'How long the old secret works on. Default 0s.' }),
  })
  .openapi('Rotation')

const viewOf = ({ isDeclared, createdAt, expiresAt, models, doors, ...rest }: KeyView): z.output<typeof key> => ({
  ...rest,
  models: models && [...models],
  doors: doors && [...doors],
  createdAt: viewOfTime(createdAt),
  expiresAt: viewOfTime(expiresAt),
  declared: isDeclared,
})

/** Null in JSON is what undefined is inside: the field is taken away. */
const withoutNulls = (given: z.output<typeof changes>): Partial<Omit<NewKey, 'name'>> =>
  Object.fromEntries(Object.entries(given).map(([field, value]) => [field, value ?? undefined]))

const path = z.object({ name: nameField })
const tags = ['Keys']

const listKeys = createRoute({
  method: 'get',
  path: '/admin/api/keys',
  summary: 'List keys',
  tags,
  request: {
    query: z.strictObject({
      ...pageFields,
      state: z.enum(['active', 'expired', 'revoked']).optional(),
      team: z.string().optional(),
    }),
  },
  responses: { ...gives('Keys by name.', pageOf(key)), ...failures },
})

const createKey = createRoute({
  method: 'post',
  path: '/admin/api/keys',
  summary: 'Make a key',
  tags,
  request: { body: takes(newKey) },
  responses: { ...gives('The key and, this once, its secret.', secretKey), ...failures },
})

const getKey = createRoute({
  method: 'get',
  path: '/admin/api/keys/{name}',
  summary: 'Show a key',
  tags,
  request: { params: path },
  responses: { ...gives('The key.', key), ...failures },
})

const changeKey = createRoute({
  method: 'patch',
  path: '/admin/api/keys/{name}',
  summary: 'Change a key',
  tags,
  request: { params: path, body: takes(changes) },
  responses: { ...gives('The key as it is now.', key), ...failures },
})

const rotateKey = createRoute({
  method: 'post',
  path: '/admin/api/keys/{name}/rotate',
  summary: 'Give a key a new secret',
  tags,
  request: { params: path, body: takes(rotation) },
  responses: { ...gives('The key and, this once, its new secret.', secretKey), ...failures },
})

const revokeKey = createRoute({
  method: 'post',
  path: '/admin/api/keys/{name}/revoke',
  summary: 'Revoke a key, for ever',
  tags,
  request: { params: path, body: takes(z.strictObject({}).openapi('Nothing')) },
  responses: { ...gives('The key as it is now.', key), ...failures },
})

/** Virtual keys: secrets go out once, when they are made. */
export const addKeyRoutes = (app: AdminApp, { control }: AdminTools): void => {
  app.openapi(listKeys, async (context) => {
    const { state, team, ...wish } = context.req.valid('query')
    const keys = (await control.keys()).filter(
      (each) => (state === undefined || each.state === state) && (team === undefined || each.team === team),
    )
    const { data, next } = pageByName(keys, ({ name }) => name, wish)
    return context.json({ data: data.map(viewOf), next }, 200)
  })
  app.openapi(createKey, async (context) => {
    const made = await control.createKey(context.req.valid('json'), actorOf(context.env))
    return context.json({ key: viewOf(made.key), secret: made.secret }, 200)
  })
  app.openapi(getKey, async (context) => {
    const { name } = context.req.valid('param')
    const found = (await control.keys()).find((each) => each.name === name)
    if (!found) throw new GatewayError('not_found', 'There is no key of this name.')
    return context.json(viewOf(found), 200)
  })
  app.openapi(changeKey, async (context) => {
    const { name } = context.req.valid('param')
    const wanted = withoutNulls(context.req.valid('json'))
    return context.json(viewOf(await control.changeKey(name, wanted, actorOf(context.env))), 200)
  })
  app.openapi(rotateKey, async (context) => {
    const { name } = context.req.valid('param')
    const { overlap = 0 } = context.req.valid('json')
    const made = await control.rotateKey(name, overlap, actorOf(context.env))
    return context.json({ key: viewOf(made.key), secret: made.secret }, 200)
  })
  app.openapi(revokeKey, async (context) => {
    const { name } = context.req.valid('param')
    return context.json(viewOf(await control.revokeKey(name, actorOf(context.env))), 200)
  })
}
