import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createControl } from '../../control/create-control.ts'
import { createAdminApp } from '../../server/admin/app.ts'
import { policy } from '../../server/admin/policy.ts'
import { createMemoryControl } from '../../stores/memory/control.ts'
import { createMemoryReports } from '../../stores/memory/reports.ts'
import { type AdminRig, adminToken, inferenceKey, readToken, startAdminRig } from './rig.ts'

const app = createAdminApp({
  control: createControl({
    store: { control: createMemoryControl(), reports: createMemoryReports() },
    secret: new Uint8Array(32),
  }),
  configSchema: () => ({}),
  refused: () => {},
})

/** Every route that is mounted, by its method and its path. */
const mounted = [
  ...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
]

/** What each route gets that is let in: a thing that is not there, or a body that lacks what is needed. */
const letIn = (route: string): readonly number[] => (route.startsWith('GET') ? [200, 404] : [200, 204, 400, 404])

const pathOf = (template: string): string => template.replaceAll(/:\w+/g, 'nobody')

describe('the policy of the administrators’ door', () => {
  let rig: AdminRig
  before(async () => {
    rig = await startAdminRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const ask = (route: string, token: string | null) => {
    const [method = '', template = ''] = route.split(' ')
    const takesBody = ['POST', 'PUT', 'PATCH'].includes(method)
    return rig.ask(method, pathOf(template), { token, body: takesBody ? {} : undefined })
  }

  test('has a row for every route that is mounted, and no row for anything else', () => {
    assert.ok(mounted.length > 20)
    assert.deepEqual(mounted.toSorted(), Object.keys(policy).toSorted())
  })

  for (const route of Object.keys(policy)) {
    const mayRead = policy[route] === 'read'
    test(`${route} refuses whoever has no token of its own, and lets in who may ${policy[route]}`, async () => {
      for (const token of [null, '', 'wrong', `${adminToken}x`, inferenceKey]) {
        const told = await ask(route, token)
        assert.equal(told.status, 401, `${token}`)
        assert.equal(told.at('error', 'code'), 'unauthenticated')
        rig.clock.advance(60_000)
      }
      const reader = await ask(route, readToken)
      const admin = await ask(route, adminToken)
      assert.ok(letIn(route).includes(admin.status), `${admin.status} ${admin.text}`)
      if (mayRead) assert.equal(reader.status, admin.status)
      else assert.deepEqual([reader.status, reader.at('error', 'code')], [403, 'forbidden'])
    })
  }

  test('a route without a row is refused to everybody', async () => {
    const stray = createAdminApp({
      control: createControl({
        store: { control: createMemoryControl(), reports: createMemoryReports() },
        secret: new Uint8Array(32),
      }),
      configSchema: () => ({}),
      refused: () => {},
    })
    stray.get('/admin/api/debug', (context) => context.text('everything'))
    const principal = { actor: 'admin', permissions: ['read', 'write'] as const }
    const answer = await stray.request('/admin/api/debug', {}, { principal })
    assert.equal(answer.status, 403)
    assert.ok(!(await answer.text()).includes('everything'))
  })

  test('without somebody who asks every route is refused', async () => {
    for (const route of Object.keys(policy)) {
      const [method = '', template = ''] = route.split(' ')
      const answer = await app.request(pathOf(template), { method }, { principal: undefined })
      assert.equal(answer.status, 403, route)
    }
  })
})
