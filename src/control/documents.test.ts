import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Allowance } from '../core/allowance.ts'
import { allowanceProblem, documents, type KeyDocument } from './documents.ts'

const allowance: Allowance = {
  id: 'team:shop/budget/month',
  unit: 'nanos',
  limit: 1_000_000_000_000n,
  window: { kind: 'calendar', per: 'month', timezone: 'Europe/Berlin' },
  scope: 'team:shop',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [50, 80, 100],
}

const key: KeyDocument = {
  digests: [{ digest: 'a'.repeat(64) }, { digest: 'b'.repeat(64), until: 2_000 }],
  shown: 'sk-tg-0123456789…abcd',
  team: 'shop',
  models: ['chat'],
  createdAt: 1_000,
}

describe('documents', () => {
  test('are read as they were written', () => {
    assert.deepEqual(documents.key.read(documents.key.write(key)), key)
    assert.deepEqual(documents.team.read(documents.team.write({ parent: 'acme' })), { parent: 'acme' })
    assert.deepEqual(documents.allowance.read(documents.allowance.write(allowance)), allowance)
  })

  test('keep amounts that no double holds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (limit) => {
        const read = documents.allowance.read(documents.allowance.write({ ...allowance, limit }))
        assert.equal(read.limit, limit)
      }),
    )
  })

  const wrong = ['', '[]', 'null', '{"digests":["canary"],"createdAt":1}', '{"parent":1}', '{"parent":"canary\\u0000"}']
  for (const [kind, form] of Object.entries(documents))
    test(`of any other form than that of ${kind} are refused, without repeating what they hold`, () => {
      for (const text of wrong)
        assert.throws(
          () => form.read(text),
          (error) => error instanceof RangeError && !error.message.includes('canary'),
        )
    })
})

describe('an allowance that somebody asks for', () => {
  test('has nothing wrong with it when all is well', () => assert.equal(allowanceProblem(allowance), undefined))

  const wrong: readonly (readonly [string, Partial<Record<keyof Allowance, unknown>>, string])[] = [
    ['a negative limit', { limit: -1n }, 'limit'],
    ['a limit beyond what stores keep', { limit: 2n ** 63n }, 'limit'],
    ['a count beyond what doubles hold', { unit: 'tokens', limit: 2n ** 53n }, 'limit'],
    ['an unknown unit', { unit: 'cents' }, 'unit'],
    ['an unknown time zone', { window: { kind: 'calendar', per: 'day', timezone: 'Mars/Base' } }, 'window.timezone'],
    ['an offset as time zone', { window: { kind: 'calendar', per: 'day', timezone: '+02:00' } }, 'window.timezone'],
    ['a rolling window of nothing', { window: { kind: 'rolling', ms: 0 } }, 'window.ms'],
    ['calls at once within a day', { unit: 'concurrency', window: { kind: 'rolling', ms: 1_000 } }, 'window'],
    ['a limit of requests that is only counted', { unit: 'requests', isHard: false }, 'isHard'],
    ['a scope of an unknown kind', { scope: 'house:a' }, 'scope'],
    ['a scope without a name', { scope: 'team:' }, 'scope'],
    ['a part of everybody', { scope: 'gateway:a' }, 'scope'],
    ['alerts that fall', { alerts: [80, 50] }, 'alerts'],
    ['an alert at nothing', { alerts: [0] }, 'alerts.0'],
  ]
  for (const [name, change, field] of wrong)
    test(`is told of ${name} by its field`, () => {
      assert.equal(allowanceProblem({ ...allowance, ...change } as Allowance)?.field, field)
    })
})
