import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Allowance } from '../core/allowance.ts'
import { GatewayError } from '../core/errors.ts'
import { createMemoryControl } from '../stores/memory/control.ts'
import { createMemoryReports } from '../stores/memory/reports.ts'
import type { Control } from './control.ts'
import { createControl } from './create-control.ts'

const declaredOrg = { kind: 'org', name: 'acme' } as const

const budget: Allowance = {
  id: 'shop-month',
  unit: 'nanos',
  limit: 1_000_000_000n,
  window: { kind: 'total' },
  scope: 'team:shop',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [],
}

const set = async (): Promise<Control> => {
  const store = createMemoryControl()
  return createControl({
    store: { control: store, reports: createMemoryReports() },
    secret: await store.secret(),
    declared: { keys: [], scopes: [declaredOrg], allowances: [] },
  })
}

const refused = (code: string) => (error: unknown) => error instanceof GatewayError && error.code === code

describe('orgs, teams and users', () => {
  test('each is written down with what stands above it, and shown beside what is declared', async () => {
    const control = await set()
    await control.putScope({ kind: 'team', name: 'shop', parent: 'acme' }, 'admin')
    await control.putScope({ kind: 'user', name: 'ann@acme.example', parent: 'shop' }, 'admin')
    const found = (await control.scopes()).map(({ kind, name, parent, isDeclared }) => [kind, name, parent, isDeclared])
    assert.deepEqual(found, [
      ['org', 'acme', undefined, true],
      ['team', 'shop', 'acme', false],
      ['user', 'ann@acme.example', 'shop', false],
    ])
  })

  test('one is changed by writing it down again', async () => {
    const control = await set()
    await control.putScope({ kind: 'team', name: 'shop', parent: 'acme' }, 'admin')
    await control.putScope({ kind: 'team', name: 'shop' }, 'admin')
    assert.equal((await control.scopes()).find(({ name }) => name === 'shop')?.parent, undefined)
  })

  test('what stands above must be there, and of the right kind', async () => {
    const control = await set()
    const wrong = refused('invalid_request')
    await assert.rejects(control.putScope({ kind: 'team', name: 'shop', parent: 'none' }, 'admin'), wrong)
    await assert.rejects(control.putScope({ kind: 'user', name: 'ann', parent: 'acme' }, 'admin'), wrong)
    await assert.rejects(control.putScope({ kind: 'org', name: 'other', parent: 'acme' }, 'admin'), wrong)
    await assert.rejects(control.putScope({ kind: 'org', name: '*' }, 'admin'), wrong)
  })

  test('declared ones are read-only', async () => {
    const control = await set()
    await assert.rejects(control.putScope({ kind: 'org', name: 'acme' }, 'admin'), refused('conflict'))
    await assert.rejects(control.deleteScope('org', 'acme', 'admin'), refused('conflict'))
  })

  test('one is deleted when nothing belongs to it any more, and can be written down again', async () => {
    const control = await set()
    await control.putScope({ kind: 'team', name: 'shop' }, 'admin')
    await control.putScope({ kind: 'user', name: 'ann', parent: 'shop' }, 'admin')
    await control.createKey({ name: 'app', team: 'shop' }, 'admin')
    await control.putAllowance(budget, 'admin')
    const remove = () => control.deleteScope('team', 'shop', 'admin')
    await assert.rejects(remove, /user ann, key app, an allowance of team:shop/)
    await control.deleteScope('user', 'ann', 'admin')
    await assert.rejects(remove, refused('conflict'))
    await control.revokeKey('app', 'admin')
    await assert.rejects(remove, refused('conflict'))
    await control.deleteAllowance('shop-month', 'admin')
    await remove()
    assert.equal((await control.scopes()).length, 1)
    await assert.rejects(remove, refused('not_found'))
    await control.putScope({ kind: 'team', name: 'shop' }, 'admin')
    assert.equal((await control.scopes()).length, 2)
  })

  test('every write leaves one line of audit', async () => {
    const control = await set()
    await control.putScope({ kind: 'team', name: 'shop', parent: 'acme' }, 'admin')
    await control.deleteScope('team', 'shop', 'cli:ann')
    const lines = (await control.audit({ limit: 10 })).map((line) => [
      line.actor,
      line.action,
      line.subject,
      line.detail,
    ])
    assert.deepEqual(lines, [
      ['cli:ann', 'team.delete', 'shop', '{}'],
      ['admin', 'team.set', 'shop', '{"parent":"acme"}'],
    ])
  })
})
