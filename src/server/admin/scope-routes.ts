import { createRoute, z } from '@hono/zod-openapi'
import type { ScopeView } from '../../control/control.ts'
import { GatewayError } from '../../core/errors.ts'
import { failures, gives, gone, nameField, pageFields, pageOf, takes } from './fields.ts'
import { pageByName } from './page.ts'
import { actorOf } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'

type Kind = ScopeView['kind']

const parent = z.string().max(64)

/** What each kind is called in a path and in the document, and what stands above it. */
const kinds = {
  org: { path: '/admin/api/orgs', name: 'Org', tag: 'Orgs', fields: {}, above: undefined },
  team: { path: '/admin/api/teams', name: 'Team', tag: 'Teams', fields: { org: parent.optional() }, above: 'org' },
  user: { path: '/admin/api/users', name: 'User', tag: 'Users', fields: { team: parent.optional() }, above: 'team' },
} as const

const routesOf = (kind: Kind) => {
  const { path, name, tag, fields } = kinds[kind]
  const view = z.strictObject({ name: z.string(), ...fields, declared: z.boolean() }).openapi(name)
  const common = { tags: [tag] }
  const params = z.object({ name: nameField })
  return {
    list: createRoute({
      ...common,
      method: 'get',
      path,
      summary: `List ${kind}s`,
      request: { query: z.strictObject(pageFields) },
      responses: { ...gives(`By name.`, pageOf(view)), ...failures },
    }),
    get: createRoute({
      ...common,
      method: 'get',
      path: `${path}/{name}`,
      summary: `Show ${kind === 'org' ? 'an' : 'a'} ${kind}`,
      request: { params },
      responses: { ...gives(`The ${kind}.`, view), ...failures },
    }),
    put: createRoute({
      ...common,
      method: 'put',
      path: `${path}/{name}`,
      summary: `Write ${kind === 'org' ? 'an' : 'a'} ${kind} down, or change it`,
      request: { params, body: takes(z.strictObject(fields).openapi(`${name}Fields`)) },
      responses: { ...gives(`The ${kind} as it is now.`, view), ...failures },
    }),
    remove: createRoute({
      ...common,
      method: 'delete',
      path: `${path}/{name}`,
      summary: `Delete ${kind === 'org' ? 'an' : 'a'} ${kind} that nothing belongs to`,
      request: { params },
      responses: { ...gone, ...failures },
    }),
  }
}

const viewOf = ({ kind, name, parent: above, isDeclared }: ScopeView) => {
  const field = kinds[kind].above
  return { name, ...(field === undefined ? {} : { [field]: above }), declared: isDeclared }
}

const parentIn = (kind: Kind, body: { readonly org?: string | undefined; readonly team?: string | undefined }) => {
  const field = kinds[kind].above
  return field === undefined ? undefined : body[field]
}

/** Organisations, teams and users: who belongs to whom. */
export const addScopeRoutes = (app: AdminApp, { control }: AdminTools): void => {
  const ofKind = async (kind: Kind): Promise<readonly ScopeView[]> =>
    (await control.scopes()).filter((scope) => scope.kind === kind)
  for (const kind of Object.keys(kinds) as Kind[]) {
    const { list, get, put, remove } = routesOf(kind)
    app.openapi(list, async (context) => {
      const { data, next } = pageByName(await ofKind(kind), ({ name }) => name, context.req.valid('query'))
      return context.json({ data: data.map(viewOf), next }, 200)
    })
    app.openapi(get, async (context) => {
      const { name } = context.req.valid('param')
      const found = (await ofKind(kind)).find((scope) => scope.name === name)
      if (!found) throw new GatewayError('not_found', `There is no ${kind} of this name.`)
      return context.json(viewOf(found), 200)
    })
    app.openapi(put, async (context) => {
      const { name } = context.req.valid('param')
      const scope = { kind, name, parent: parentIn(kind, context.req.valid('json')) }
      return context.json(viewOf(await control.putScope(scope, actorOf(context.env))), 200)
    })
    app.openapi(remove, async (context) => {
      await control.deleteScope(kind, context.req.valid('param').name, actorOf(context.env))
      return context.body(null, 204)
    })
  }
}
