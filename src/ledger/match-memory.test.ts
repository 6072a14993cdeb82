import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Allowance, Bound } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { scopeKinds } from '../core/scope.ts'
import { createMatch } from './match.ts'
import { MatchMemory } from './match-memory.ts'

const all = { endUsers: true, sessions: true, tags: true }
const nothing = { endUsers: false, sessions: false, tags: false }
const bounds = (): readonly Bound[] => []

describe('the memory of what binds whom', () => {
  it('knows a caller again that is another object', () => {
    const memory = new MatchMemory(all)
    const found = bounds()
    const caller = (): Caller => ({ key: 'web', team: 'shop', endUser: 'u', session: 's', tags: { a: '1', b: '2' } })
    memory.keep(caller(), '', '', found)
    assert.equal(memory.find(caller(), '', ''), found)
    assert.equal(memory.find(caller(), 'big', ''), undefined)
    assert.equal(memory.find(caller(), '', 'azure'), undefined)
  })

  it('takes nobody for another: not one of another team, nor one whose key is called like the session of others', () => {
    const memory = new MatchMemory(all)
    memory.keep({ key: 'web', team: 'shop', session: 's', tags: { a: '1' } }, '', '', bounds())
    const others: readonly Caller[] = [
      { key: 'web', team: 'other', session: 's', tags: { a: '1' } },
      { key: 'web', team: 'shop', user: 'ann', session: 's', tags: { a: '1' } },
      { key: 'web', team: 'shop', org: 'acme', session: 's', tags: { a: '1' } },
      { key: 'app', team: 'shop', session: 's', tags: { a: '1' } },
      { key: 'web', team: 'shop', session: 's', tags: { a: '2' } },
      { key: 'web', team: 'shop', session: 's', tags: { a: '1', b: '2' } },
      { key: 'web', team: 'shop', session: 's', tags: { b: '1' } },
      { key: 'web', team: 'shop', session: 's' },
      { key: 'web', team: 'shop', session: 's', endUser: 'u', tags: { a: '1' } },
      { key: 's', team: 'shop', tags: { a: '1' } },
      { key: 's' },
    ]
    for (const other of others) assert.equal(memory.find(other, '', ''), undefined, JSON.stringify(other))
  })

  it('does not look at names that no allowance asks for', () => {
    const memory = new MatchMemory(nothing)
    const found = bounds()
    memory.keep({ key: 'web', endUser: 'u', session: 's', tags: { a: '1' } }, '', '', found)
    assert.equal(memory.find({ key: 'web', endUser: 'v' }, '', ''), found)
    assert.equal(memory.size, 1)
  })

  it('has an end, however many names callers make up', () => {
    const memory = new MatchMemory(all)
    for (let index = 0; index < 10_000; index++) {
      memory.keep({ key: 'web', session: `s${index}` }, '', '', bounds())
      memory.keep({ key: 'web', session: 'same', endUser: `u${index}` }, '', '', bounds())
      memory.keep({ key: 'web', tags: { a: `${index}` } }, '', '', bounds())
      assert.ok(memory.size <= 8_192)
    }
    const latest = bounds()
    const caller: Caller = { key: 'web', session: 'same', endUser: 'latest' }
    memory.keep(caller, '', '', latest)
    assert.equal(memory.find({ ...caller }, '', ''), latest)
  })
})

const few = fc.constantFrom('a', 'b', '*')
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const callers: fc.Arbitrary<Caller> = fc.record({
  key: few,
  org: maybe(few),
  team: maybe(few),
  user: maybe(few),
  endUser: maybe(few),
  session: maybe(few),
  tags: maybe(fc.dictionary(few, few, { maxKeys: 2 })),
})
const allowances: fc.Arbitrary<Allowance> = fc
  .record({ kind: fc.constantFrom(...scopeKinds), name: few, value: few, model: maybe(few), id: fc.uuid() })
  .map(({ kind, name, value, model, id }) => ({
    id,
    unit: 'nanos',
    limit: 1n,
    window: { kind: 'total' },
    scope: kind === 'gateway' ? 'gateway:*' : kind === 'tag' ? `tag:${name}=${value}` : `${kind}:${name}`,
    model,
    isHard: true,
    onLimit: 'refuse',
    onShort: 'clamp',
    alerts: [],
  }))
const asks = fc.record({ caller: callers, model: few, provider: maybe(few) })

it('whoever was asked for before, the same binds a caller as if nobody had been', () => {
  fc.assert(
    fc.property(fc.array(allowances, { maxLength: 8 }), fc.array(asks, { maxLength: 40 }), (declared, asked) => {
      const match = createMatch(declared)
      for (const { caller, model, provider } of asked)
        assert.deepEqual(match(caller, model, provider), createMatch(declared)(caller, model, provider))
    }),
  )
})
