import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Allowance } from '../core/allowance.ts'
import { GatewayError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { createMemoryControl } from '../stores/memory/control.ts'
import { createMemoryReports } from '../stores/memory/reports.ts'
import type { Standing } from '../stores/store.ts'
import { createControl } from './create-control.ts'

const budget: Allowance = {
  id: 'shop-month',
  unit: 'nanos',
  limit: 1_000_000_000n,
  window: { kind: 'calendar', per: 'month', timezone: 'Europe/Berlin' },
  scope: 'team:shop',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [50, 100],
  webhook: 'pager',
}

const requests: Allowance = {
  ...budget,
  id: 'rate',
  unit: 'requests',
  limit: 300n,
  window: { kind: 'rolling', ms: 60_000 },
  alerts: [],
  webhook: undefined,
}

const fixed: Allowance = { ...requests, id: 'key:web:requests' }
const now = Date.UTC(2026, 10, 24)

const standing = (more: Partial<Standing>): Standing => ({
  allowance: 'shop-month',
  subject: 'team:shop',
  start: now - 1,
  end: now + 1,
  settled: 7n,
  leased: 2n,
  lost: 3n,
  ...more,
})

const set = async (standings: readonly Standing[] = []) => {
  const store = createMemoryControl()
  const reports = createMemoryReports()
  const released: [string, Scope][] = []
  reports.follow({
    standings: () => standings,
    releaseLost: (allowance, subject) => {
      released.push([allowance, subject])
      return 3n
    },
    note: store.note,
  })
  const control = createControl({
    store: { control: store, reports },
    secret: await store.secret(),
    declared: { keys: [], scopes: [], allowances: [fixed] },
    now: () => now,
    isModel: (name) => name === 'chat',
    isEndpoint: (name) => name === 'pager',
  })
  return { control, released }
}

const refused = (code: string, param?: string) => (error: unknown) => {
  assert.ok(error instanceof GatewayError, String(error))
  assert.equal(error.code, code, error.message)
  if (param !== undefined) assert.equal(error.details.param, param)
  return true
}

describe('allowances that administrators set', () => {
  test('they are kept as they are set, beside those that are declared', async () => {
    const { control } = await set()
    await control.putAllowance(budget, 'admin')
    await control.putAllowance({ ...budget, limit: 2n ** 63n - 1n }, 'admin')
    const found = await control.allowances()
    assert.deepEqual(
      found.map(({ allowance, isDeclared }) => [allowance, isDeclared]),
      [
        [fixed, true],
        [{ ...budget, limit: 2n ** 63n - 1n }, false],
      ],
    )
  })

  test('each comes with where it stands, also in times that are over where something is lost', async () => {
    const here = standing({})
    const over = standing({ start: 1, end: now })
    const { control } = await set([here, over, standing({ allowance: 'gone' })])
    assert.deepEqual((await control.putAllowance(budget, 'admin')).standings, [here, over])
    assert.deepEqual((await control.allowances()).at(-1)?.standings, [here, over])
  })

  const impossible: readonly (readonly [string, Partial<Allowance>])[] = [
    ['id', { id: '../etc' }],
    ['id', { id: '' }],
    ['limit', { limit: 2n ** 63n }],
    ['limit', { limit: -1n }],
    ['limit', { unit: 'tokens', limit: 2n ** 53n, alerts: [], webhook: undefined }],
    ['window.timezone', { window: { kind: 'calendar', per: 'day', timezone: 'Mars/Olympus' } }],
    ['window.ms', { window: { kind: 'rolling', ms: 0 } }],
    ['window', { ...requests, unit: 'concurrency' }],
    ['isHard', { ...requests, isHard: false }],
    ['alerts', { ...requests, alerts: [50] }],
    ['alerts', { alerts: [80, 50] }],
    ['webhook', { ...requests, webhook: 'https://hooks.example' }],
    ['webhook', { webhook: 'http://169.254.169.254/latest' }],
    ['webhook', { webhook: 'https://hooks.example/alert' }],
    ['webhook', { webhook: 'javascript:alert(1)' }],
    ['webhook', { webhook: 'unknown' }],
    ['model', { model: 'unknown' }],
    ['scope', { scope: 'planet:earth' as Scope }],
    ['scope', { scope: 'team:' as Scope }],
  ]
  for (const [field, change] of impossible) {
    const shown = JSON.stringify(change, (_name, value) => (typeof value === 'bigint' ? `${value}` : value))
    test(`one is refused for its ${field}: ${shown}`, async () => {
      const { control } = await set()
      await assert.rejects(control.putAllowance({ ...budget, ...change }, 'admin'), refused('invalid_request', field))
      assert.deepEqual(await control.audit({ limit: 1 }), [])
    })
  }

  test('alerts may go to an endpoint of the configuration, by its name', async () => {
    const { control } = await set()
    assert.equal((await control.putAllowance({ ...budget, webhook: 'pager' }, 'admin')).allowance.webhook, 'pager')
  })

  test('declared ones are read-only; their lost money can be released', async () => {
    const { control, released } = await set()
    await assert.rejects(control.putAllowance(fixed, 'admin'), refused('conflict'))
    await assert.rejects(control.deleteAllowance(fixed.id, 'admin'), refused('conflict'))
    assert.equal(await control.releaseLost(fixed.id, 'team:shop', 'admin'), 3n)
    assert.deepEqual(released, [[fixed.id, 'team:shop']])
  })

  test('an id counts one thing for ever, also after it was taken away', async () => {
    const { control } = await set()
    await control.putAllowance(budget, 'admin')
    const other = { ...requests, id: budget.id }
    await assert.rejects(control.putAllowance(other, 'admin'), refused('conflict'))
    await control.deleteAllowance(budget.id, 'admin')
    await assert.rejects(control.putAllowance(other, 'admin'), refused('conflict'))
    await control.putAllowance(budget, 'admin')
  })

  test('what is not there can neither be taken away nor released', async () => {
    const { control } = await set()
    await assert.rejects(control.deleteAllowance('none', 'admin'), refused('not_found'))
    await assert.rejects(control.releaseLost('none', 'team:shop', 'admin'), refused('not_found'))
    await control.putAllowance(budget, 'admin')
    await control.deleteAllowance(budget.id, 'admin')
    await assert.rejects(control.deleteAllowance(budget.id, 'admin'), refused('not_found'))
  })

  test('every write leaves one line of audit, amounts in digits', async () => {
    const { control } = await set()
    await control.putAllowance(requests, 'admin')
    await control.releaseLost(requests.id, 'team:shop', 'admin')
    await control.deleteAllowance(requests.id, 'cli:ann')
    const lines = await control.audit({ limit: 10 })
    assert.deepEqual(
      lines.map(({ actor, action, subject }) => [actor, action, subject]),
      [
        ['cli:ann', 'allowance.delete', 'rate'],
        ['admin', 'allowance.release', 'rate'],
        ['admin', 'allowance.set', 'rate'],
      ],
    )
    assert.equal(JSON.parse(lines.at(-1)?.detail ?? '').limit, '300')
  })
})
