import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allowanceProblem } from '../control/documents.ts'
import type { Allowance } from '../core/allowance.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'

const load = async (text: string): Promise<Config> =>
  (await loadConfig({ text, environment: {}, probe: async () => undefined })).config

const byId = async (text: string): Promise<Record<string, Allowance>> =>
  Object.fromEntries((await load(text)).allowances.map((allowance) => [allowance.id, allowance]))

const key = 'name: web, key: 12345678a'

describe('limits', () => {
  test('are allowances with rolling windows and stable ids, several at once', async () => {
    const found = await byId(
      `keys: [{ ${key}, limits: { requests: [300/m, 10k/d], tokens: 1.5M/h, cost: 0.5/h, concurrency: 20 } }]`,
    )
    assert.deepEqual(Object.keys(found), [
      'key:web/requests/1m',
      'key:web/requests/1d',
      'key:web/tokens/1h',
      'key:web/cost/1h',
      'key:web/concurrency',
    ])
    assert.deepEqual(found['key:web/requests/1m'], {
      id: 'key:web/requests/1m',
      unit: 'requests',
      limit: 300n,
      window: { kind: 'rolling', ms: 60_000 },
      scope: 'key:web',
      model: undefined,
      isHard: true,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [],
    })
    assert.equal(found['key:web/requests/1d']?.limit, 10_000n)
    assert.equal(found['key:web/tokens/1h']?.limit, 1_500_000n)
    assert.partialDeepStrictEqual(found['key:web/cost/1h'], { unit: 'nanos', limit: 500_000_000n })
    assert.partialDeepStrictEqual(found['key:web/concurrency'], { limit: 20n, window: { kind: 'total' } })
  })

  test('of single models stand beside those of all', async () => {
    const found = await byId(
      `models: { chat: sim/small }\nkeys: [{ ${key}, limits: { requests: 9/s, models: { chat: { requests: 1/s } } } }]`,
    )
    assert.deepEqual(Object.keys(found), ['key:web/requests/1s', 'key:web/requests/1s@chat'])
    assert.equal(found['key:web/requests/1s@chat']?.model, 'chat')
  })

  test('of any scope may be written at the top', async () => {
    const found = await byId(
      'limits: [{ scope: "provider:sim", concurrency: 4 }, { scope: "gateway:*", model: sim/small, requests: 50/10s }]',
    )
    assert.equal(found['provider:sim/concurrency']?.limit, 4n)
    assert.deepEqual(found['gateway:*/requests/10s@sim/small']?.window, { kind: 'rolling', ms: 10_000 })
  })
})

describe('budgets', () => {
  test('have safe defaults: for ever, never overspent, told of at 50, 80 and 100 percent', async () => {
    const found = await byId(`keys: [{ ${key}, budget: { usd: 0.1 } }]`)
    assert.deepEqual(found['key:web/budget/total'], {
      id: 'key:web/budget/total',
      unit: 'nanos',
      limit: 100_000_000n,
      window: { kind: 'total' },
      scope: 'key:web',
      model: undefined,
      isHard: true,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [50, 80, 100],
      webhook: undefined,
    })
  })

  test('are per calendar window in a time zone, UTC by default, or per any stretch', async () => {
    const found = await byId(
      `keys: [{ ${key}, budget: [{ usd: 1, per: day, timezone: Europe/Berlin }, { usd: 2, per: week }, { usd: 3, per: 36h }] }]`,
    )
    assert.deepEqual(found['key:web/budget/day']?.window, { kind: 'calendar', per: 'day', timezone: 'Europe/Berlin' })
    assert.deepEqual(found['key:web/budget/week']?.window, { kind: 'calendar', per: 'week', timezone: 'UTC' })
    assert.deepEqual(found['key:web/budget/36h']?.window, { kind: 'rolling', ms: 129_600_000 })
  })

  test('belong to orgs, teams and users alike, and to any scope at the top', async () => {
    const found = await byId(`
orgs: { acme: { budget: { usd: 5000, per: month } } }
teams: { shop: { org: acme, budget: { usd: 1000, per: month, hard: false, alerts: [100, "80%"], webhook: ops } } }
users: { ada: { team: shop, budget: { usd: 10, per: hour, onLimit: cheaper, onShort: reject } } }
webhooks: { endpoints: { ops: { url: "https://example.com/x" } } }
budgets: [{ scope: "session:*", usd: 2 }, { scope: "tag:feature=search", usd: 3, per: day }]`)
    assert.deepEqual(Object.keys(found), [
      'org:acme/budget/month',
      'team:shop/budget/month',
      'user:ada/budget/hour',
      'session:*/budget/total',
      'tag:feature=search/budget/day',
    ])
    assert.partialDeepStrictEqual(found['team:shop/budget/month'], { isHard: false, alerts: [80, 100], webhook: 'ops' })
    assert.partialDeepStrictEqual(found['user:ada/budget/hour'], { onLimit: 'cheaper', onShort: 'reject' })
  })

  test('of the largest and the smallest amounts are exact', async () => {
    const found = await byId(`keys: [{ ${key}, budget: [{ usd: 9000000000, per: day }, { usd: 1e-9, per: hour }] }]`)
    assert.equal(found['key:web/budget/day']?.limit, 9_000_000_000_000_000_000n)
    assert.equal(found['key:web/budget/hour']?.limit, 1n)
  })
})

test('every allowance of a configuration is one that a store would take', async () => {
  const { allowances } = await load(
    `keys: [{ ${key}, limits: { requests: 0/m, tokens: 5/366d, cost: 9000M/d, concurrency: 0 }, budget: { usd: 0, per: 366d } }]`,
  )
  assert.equal(allowances.length, 5)
  for (const allowance of allowances) assert.equal(allowanceProblem(allowance), undefined, allowance.id)
})

describe('who belongs to whom', () => {
  test('is read of orgs, teams and users, also of those without fields', async () => {
    const { scopes, keys } = await load(
      `orgs:\n  acme:\nteams: { shop: { org: acme } }\nusers: { ada: { team: shop } }\nkeys: [{ ${key}, user: ada, doors: [/v1/messages], expires: 2027-01-31 }]`,
    )
    assert.deepEqual(scopes, [
      { kind: 'org', name: 'acme' },
      { kind: 'team', name: 'shop', parent: 'acme' },
      { kind: 'user', name: 'ada', parent: 'shop' },
    ])
    assert.partialDeepStrictEqual(keys[0], { user: 'ada', doors: ['/v1/messages'], expiresAt: Date.UTC(2027, 0, 31) })
  })
})
