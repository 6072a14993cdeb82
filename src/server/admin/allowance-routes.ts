import { createRoute, z } from '@hono/zod-openapi'
import type { AllowanceView, Control } from '../../control/control.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Scope } from '../../core/scope.ts'
import { allowanceFields, allowanceView, standingView } from './allowance-fields.ts'
import { allowanceOf, viewOfAllowance, viewOfStanding } from './allowance-view.ts'
import { failures, gives, gone, moneyView, pageFields, pageOf, takes, viewOfMoney } from './fields.ts'
import { pageByName } from './page.ts'
import { actorOf } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const tags = ['Allowances']
const params = z.object({ id: z.string().min(1).max(1_024).openapi({ example: 'shop-month' }) })

const list = createRoute({
  method: 'get',
  path: '/admin/api/allowances',
  summary: 'List budgets and limits, and where they stand',
  tags,
  request: { query: z.strictObject({ ...pageFields, scope: z.string().optional() }) },
  responses: { ...gives('By id.', pageOf(allowanceView)), ...failures },
})

const get = createRoute({
  method: 'get',
  path: '/admin/api/allowances/{id}',
  summary: 'Show a budget or a limit',
  tags,
  request: { params },
  responses: { ...gives('The allowance.', allowanceView), ...failures },
})

const put = createRoute({
  method: 'put',
  path: '/admin/api/allowances/{id}',
  summary: 'Set a budget or a limit',
  tags,
  request: { params, body: takes(allowanceFields) },
  responses: { ...gives('The allowance as it is now.', allowanceView), ...failures },
})

const remove = createRoute({
  method: 'delete',
  path: '/admin/api/allowances/{id}',
  summary: 'Take a budget or a limit away',
  tags,
  request: { params },
  responses: { ...gone, ...failures },
})

const standings = createRoute({
  method: 'get',
  path: '/admin/api/allowances/{id}/standings',
  summary: 'List where each subject of an allowance stands',
  tags,
  request: { params, query: z.strictObject(pageFields) },
  responses: { ...gives('By subject.', pageOf(standingView)), ...failures },
})

const release = createRoute({
  method: 'post',
  path: '/admin/api/allowances/{id}/release',
  summary: 'Free what was charged for processes that died',
  tags,
  request: {
    params,
    body: takes(z.strictObject({ subject: z.string().max(320).openapi({ example: 'team:shop' }) }).openapi('Release')),
  },
  responses: {
    ...gives('What is free again.', z.strictObject({ released: moneyView }).openapi('Released')),
    ...failures,
  },
})

const find = async (control: Control, id: string): Promise<AllowanceView> => {
  const found = (await control.allowances()).find(({ allowance }) => allowance.id === id)
  if (!found) throw new GatewayError('not_found', 'There is no allowance of this id.')
  return found
}

/** Budgets and limits: one kind of thing, in four units. */
export const addAllowanceRoutes = (app: AdminApp, { control }: AdminTools): void => {
  app.openapi(list, async (context) => {
    const { scope, ...wish } = context.req.valid('query')
    const all = (await control.allowances()).filter((each) => scope === undefined || each.allowance.scope === scope)
    const { data, next } = pageByName(all, ({ allowance }) => allowance.id, wish)
    return context.json({ data: data.map(viewOfAllowance), next }, 200)
  })
  app.openapi(get, async (context) => {
    return context.json(viewOfAllowance(await find(control, context.req.valid('param').id)), 200)
  })
  app.openapi(put, async (context) => {
    const wanted = allowanceOf(context.req.valid('param').id, context.req.valid('json'))
    return context.json(viewOfAllowance(await control.putAllowance(wanted, actorOf(context.env))), 200)
  })
  app.openapi(remove, async (context) => {
    await control.deleteAllowance(context.req.valid('param').id, actorOf(context.env))
    return context.body(null, 204)
  })
  app.openapi(standings, async (context) => {
    const found = await find(control, context.req.valid('param').id)
    const nameOf = ({ subject, start }: { subject: string; start: number }) => `${subject} ${start}`
    const { data, next } = pageByName(found.standings, nameOf, context.req.valid('query'))
    return context.json({ data: data.map((each) => viewOfStanding(found.allowance, each)), next }, 200)
  })
  app.openapi(release, async (context) => {
    const { id } = context.req.valid('param')
    const { subject } = context.req.valid('json')
    const released = await control.releaseLost(id, subject as Scope, actorOf(context.env))
    return context.json({ released: viewOfMoney(released) }, 200)
  })
}
