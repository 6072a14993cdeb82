import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Allowance } from '../../core/allowance.ts'
import type { Standing } from '../../stores/store.ts'
import { type AdminRig, startAdminRig } from './rig.ts'

const standing: Standing = {
  allowance: 'shop-month',
  subject: 'team:shop',
  start: 0,
  end: Number.POSITIVE_INFINITY,
  settled: 1_500_000_001n,
  leased: 250_000_000n,
  lost: 1n,
}

const budget = { scope: 'team:shop', unit: 'usd', limit: '1000.000000001' }

describe('budgets and limits over HTTP', () => {
  let rig: AdminRig
  before(async () => {
    rig = await startAdminRig({ standings: [standing] })
  })
  after(() => rig[Symbol.asyncDispose]())

  const put = (id: string, body: unknown) => rig.ask('PUT', `/admin/api/allowances/${id}`, { body })

  test('a budget is exact to the nano-dollar, and shown with where it stands', async () => {
    const told = await put('shop-month', budget)
    assert.equal(told.status, 200, told.text)
    assert.deepEqual(told.at(), {
      id: 'shop-month',
      scope: 'team:shop',
      unit: 'usd',
      limit: '1000.000000001',
      limitNanos: '1000000000001',
      window: { kind: 'total' },
      hard: true,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [],
      declared: false,
      standings: [
        { subject: 'team:shop', settled: '1.500000001', leased: '0.25', lost: '0.000000001', free: '998.25' },
      ],
      subjects: 1,
    })
    assert.deepEqual((await rig.ask('GET', '/admin/api/allowances/shop-month')).at(), told.at())
    assert.deepEqual((await rig.ask('GET', '/admin/api/allowances')).at('data', 0), told.at())
    const standings = await rig.ask('GET', '/admin/api/allowances/shop-month/standings')
    assert.deepEqual(standings.at('data'), told.at('standings'))
  })

  test('every unit and window can be set', async () => {
    for (const [id, body] of Object.entries({
      requests: { unit: 'requests', limit: 300, window: { kind: 'rolling', length: '1m' } },
      tokens: { unit: 'tokens', limit: '9007199254740991', window: { kind: 'calendar', per: 'day' } },
      calls: { unit: 'concurrency', limit: 0 },
      money: { unit: 'usd', limit: '50', window: { kind: 'calendar', per: 'week', timezone: 'Asia/Kolkata' } },
      soft: { unit: 'usd', limit: '1', hard: false, alerts: [50, 100, 200], webhook: 'pager' },
    })) {
      const told = await put(id, { scope: 'key:*', ...body })
      assert.equal(told.status, 200, told.text)
      assert.equal(told.at('limit'), String(body.limit))
    }
  })

  for (const [field, body] of [
    ['limit', { ...budget, limit: 10 }],
    ['limit', { ...budget, limit: '-1' }],
    ['limit', { ...budget, limit: '1e3' }],
    ['limit', { ...budget, limit: '0.0000000001' }],
    ['limit', { ...budget, limit: '9223372036.854775808' }],
    ['limit', { ...budget, unit: 'tokens', limit: '9007199254740992' }],
    ['limit', { ...budget, unit: 'tokens', limit: 1.5 }],
    ['window.timezone', { ...budget, window: { kind: 'calendar', per: 'day', timezone: 'Berlin' } }],
    ['window.per', { ...budget, window: { kind: 'calendar', per: 'year' } }],
    ['window.length', { ...budget, window: { kind: 'rolling', length: 'soon' } }],
    ['unit', { ...budget, unit: 'nanos' }],
    ['scope', { ...budget, scope: 'shop' }],
    ['webhook', { ...budget, webhook: 'http://127.0.0.1/' }],
    ['onLimit', { scope: 'team:shop', unit: 'tokens', limit: 1, onLimit: 'cheaper' }],
    ['onLimit', { ...budget, onLimit: 'wait' }],
    ['json', { ...budget, isHard: false }],
    ['json', { ...budget, id: 'other' }],
    ['json', { ...budget, settled: '0' }],
  ] as const) {
    test(`one is refused for its ${field}: ${JSON.stringify(body)}`, async () => {
      const told = await put('refused', body)
      assert.equal(told.status, 400, told.text)
      assert.equal(told.at('error', 'param'), field, told.text)
    })
  }

  test('a number that would lose digits is refused before it is read', async () => {
    const told = await put('refused', '{"scope":"team:shop","unit":"tokens","limit":9007199254740993}')
    assert.equal(told.status, 400)
    assert.match(String(told.at('error', 'message')), /lose digits/)
  })

  test('a limit may make calls wait', async () => {
    const limit = { scope: 'key:web', unit: 'concurrency', limit: 2, onLimit: 'wait' }
    const told = await put('patient', limit)
    assert.equal(told.status, 200, told.text)
    assert.equal(told.at('onLimit'), 'wait')
  })

  test('lost money is released, and the amount told', async () => {
    await put('shop-month', budget)
    const told = await rig.ask('POST', '/admin/api/allowances/shop-month/release', { body: { subject: 'team:shop' } })
    assert.deepEqual(told.at('released'), { usd: '0.000000005', nanos: '5' })
    const [line] = await rig.store.audit({ limit: 1 })
    assert.deepEqual([line?.action, line?.subject], ['allowance.release', 'shop-month'])
  })

  test('a declared one is shown by its id, slashes and all, and is read-only', async () => {
    const fixed: Allowance = {
      id: 'team:shop/requests/1m@sim/a',
      unit: 'requests',
      limit: 300n,
      window: { kind: 'rolling', ms: 60_000 },
      scope: 'team:shop',
      isHard: true,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [],
    }
    await using other = await startAdminRig({ declared: { keys: [], scopes: [], allowances: [fixed] } })
    const path = `/admin/api/allowances/${encodeURIComponent(fixed.id)}`
    const told = await other.ask('GET', path)
    assert.deepEqual([told.at('id'), told.at('declared'), told.at('limit')], [fixed.id, true, '300'])
    assert.equal((await other.ask('DELETE', path)).status, 409)
    assert.equal((await other.ask('PUT', path, { body: budget })).status, 409)
  })

  test('one is taken away', async () => {
    await put('short', budget)
    assert.equal((await rig.ask('DELETE', '/admin/api/allowances/short')).status, 204)
    assert.equal((await rig.ask('GET', '/admin/api/allowances/short')).status, 404)
    assert.equal((await rig.ask('DELETE', '/admin/api/allowances/short')).status, 404)
  })
})

describe('orgs, teams and users over HTTP', () => {
  test('each kind has its own place and its own parent', async () => {
    await using rig = await startAdminRig({
      declared: { keys: [], scopes: [{ kind: 'org', name: 'acme' }], allowances: [] },
    })
    const put = (path: string, body: unknown) => rig.ask('PUT', `/admin/api/${path}`, { body })
    assert.deepEqual((await put('teams/shop', { org: 'acme' })).at(), { name: 'shop', org: 'acme', declared: false })
    assert.equal((await put('users/ann@acme.example', { team: 'shop' })).status, 200)
    assert.equal((await put('users/bob', { org: 'acme' })).status, 400)
    assert.equal((await put('orgs/other', { parent: 'acme' })).status, 400)
    assert.equal((await put('orgs/acme', {})).status, 409)
    assert.deepEqual((await rig.ask('GET', '/admin/api/orgs')).at('data'), [{ name: 'acme', declared: true }])
    assert.equal((await rig.ask('DELETE', '/admin/api/teams/shop')).status, 409)
    assert.equal((await rig.ask('DELETE', '/admin/api/users/ann@acme.example')).status, 204)
    assert.equal((await rig.ask('DELETE', '/admin/api/teams/shop')).status, 204)
    const audit = await rig.ask('GET', '/admin/api/audit')
    const actions = [0, 1, 2, 3, 4].map((at) => audit.at('data', at, 'action'))
    assert.deepEqual(actions, ['team.delete', 'user.delete', 'user.set', 'team.set', undefined])
  })
})
