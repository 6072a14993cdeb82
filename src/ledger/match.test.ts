import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Allowance, Bound } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import type { Scope } from '../core/scope.ts'
import { createMatch } from './match.ts'

const allowance = (scope: Scope, more: Partial<Allowance> = {}): Allowance => ({
  id: scope,
  unit: 'nanos',
  limit: 1n,
  window: { kind: 'total' },
  scope,
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [],
  ...more,
})

const names = (bounds: readonly Bound[]): readonly string[] =>
  bounds.map(({ allowance: { id }, subject }) => `${id} ${subject}`)

const caller: Caller = {
  key: 'web',
  org: 'acme',
  team: 'shop',
  user: 'ann',
  endUser: 'u1',
  session: 's1',
  tags: { feature: 'search', stage: 'test' },
}

describe('which allowances bind a caller', () => {
  it('those of every scope it belongs to, in the order of kinds, then of ids, however they were written', () => {
    const scopes: readonly Scope[] = [
      'tag:feature=search',
      'session:s1',
      'end_user:u1',
      'key:web',
      'user:ann',
      'team:shop',
    ]
    const match = createMatch([
      ...scopes.map((scope) => allowance(scope)),
      allowance('org:acme', { id: 'b' }),
      allowance('org:acme', { id: 'a' }),
      allowance('gateway:*'),
      allowance('team:other'),
      allowance('key:shop'),
    ])
    assert.deepEqual(names(match(caller, 'chat')), [
      'gateway:* gateway:*',
      'a org:acme',
      'b org:acme',
      'team:shop team:shop',
      'user:ann user:ann',
      'key:web key:web',
      'end_user:u1 end_user:u1',
      'session:s1 session:s1',
      'tag:feature=search tag:feature=search',
    ])
  })

  it('one for each of a kind stands for each by itself', () => {
    const match = createMatch([
      allowance('session:*'),
      allowance('tag:*'),
      allowance('tag:stage=*'),
      allowance('user:*'),
    ])
    assert.deepEqual(names(match(caller, 'chat')), [
      'user:* user:ann',
      'session:* session:s1',
      'tag:* tag:feature=search',
      'tag:* tag:stage=test',
      'tag:stage=* tag:stage=test',
    ])
    assert.deepEqual(names(match({ key: 'web' }, 'chat')), [])
  })

  it('a caller that calls itself * is bound once', () => {
    const match = createMatch([allowance('session:*'), allowance('session:s1')])
    assert.deepEqual(names(match({ key: 'web', session: '*' }, 'chat')), ['session:* session:*'])
  })

  it('those for one model bind calls for it only', () => {
    const match = createMatch([allowance('key:web', { id: 'big', model: 'big' }), allowance('key:web', { id: 'all' })])
    assert.deepEqual(names(match(caller, 'big')), ['all key:web', 'big key:web'])
    assert.deepEqual(names(match(caller, 'small')), ['all key:web'])
    assert.deepEqual(names(match(caller, '')), ['all key:web'])
  })

  it('those of a provider bind where a provider is named', () => {
    const match = createMatch([allowance('provider:azure'), allowance('key:web'), allowance('provider:*')])
    assert.deepEqual(names(match(caller, 'chat')), ['key:web key:web'])
    assert.deepEqual(names(match(caller, 'chat', 'azure')), [
      'key:web key:web',
      'provider:* provider:azure',
      'provider:azure provider:azure',
    ])
    assert.deepEqual(names(match(caller, 'chat', 'openai')), ['key:web key:web', 'provider:* provider:openai'])
  })

  it('the same caller gets the same list', () => {
    const match = createMatch([allowance('key:web')])
    assert.equal(match(caller, 'one'), match(caller, 'two'))
    assert.equal(match(caller, 'one', 'azure'), match(caller, 'two', 'openai'))
  })

  it('without allowances nothing binds anybody', () => {
    assert.deepEqual(createMatch([])(caller, 'chat', 'azure'), [])
  })
})
