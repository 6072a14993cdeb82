import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { allowanceProblem } from '../control/documents.ts'
import { type Scope, scopeKinds } from '../core/scope.ts'
import { allowanceFrom, type BudgetWords } from './budget-words.ts'
import { Misuse } from './failure.ts'

const hundred = { amount: 100_000_000_000n }
const refused = (words: BudgetWords, message: RegExp): void => {
  assert.throws(
    () => allowanceFrom(words),
    (error) => error instanceof Misuse && message.test(error.message),
  )
}

describe('a budget in the words of the command line', () => {
  test('is hard, clamps, refuses and tells at 50, 80 and 100 % unless something else is said', () => {
    assert.deepEqual(allowanceFrom({ scope: 'team:shop', usd: hundred, per: 'month', timezone: 'Europe/Berlin' }), {
      id: 'team-shop-usd-month',
      unit: 'nanos',
      limit: 100_000_000_000n,
      window: { kind: 'calendar', per: 'month', timezone: 'Europe/Berlin' },
      scope: 'team:shop',
      model: undefined,
      isHard: true,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [50, 80, 100],
      webhook: undefined,
    })
  })

  test('is what was said', () => {
    const more = {
      soft: true,
      onLimit: 'cheaper',
      onShort: 'reject',
      alert: [90],
      webhook: 'https://a.example',
    } as const
    const { isHard, onLimit, onShort, alerts, webhook, window } = allowanceFrom({
      scope: 'session:*',
      usd: hundred,
      ...more,
    })
    assert.deepEqual({ soft: !isHard, onLimit, onShort, alert: alerts, webhook }, more)
    assert.deepEqual(window, { kind: 'total' })
  })

  test('of requests is a rolling rate, and has no alerts', () => {
    const { id, unit, limit, window, alerts } = allowanceFrom({
      scope: 'key:web',
      requests: { amount: 300n, ms: 60_000 },
    })
    assert.deepEqual(
      { id, unit, limit, window, alerts },
      { id: 'key-web-requests-1m', unit: 'requests', limit: 300n, window: { kind: 'rolling', ms: 60_000 }, alerts: [] },
    )
  })

  test('of tokens may be for a day of the calendar', () => {
    const { window } = allowanceFrom({ scope: 'key:web', tokens: { amount: 5n }, per: 'day' })
    assert.deepEqual(window, { kind: 'calendar', per: 'day', timezone: 'UTC' })
  })

  test('of calls at once has no window', () => {
    const { id, window } = allowanceFrom({ scope: 'gateway:*', concurrency: 20n, model: 'openai/gpt-5' })
    assert.deepEqual({ id, window }, { id: 'gateway-concurrency-openai-gpt-5', window: { kind: 'total' } })
  })

  test('may make calls wait', () => {
    const { waits, onLimit } = allowanceFrom({ scope: 'key:web', concurrency: 2n, onLimit: 'wait' })
    assert.deepEqual({ waits, onLimit }, { waits: true, onLimit: 'refuse' })
    assert.equal(allowanceFrom({ scope: 'key:web', concurrency: 2n }).waits, undefined)
  })

  test('needs one measure, and no two', () => {
    refused({ scope: 'key:web' }, /How much was not said: give one of --usd/)
    refused({ scope: 'key:web', usd: hundred, concurrency: 1n }, /Each is set by itself/)
  })

  test('cannot contradict itself', () => {
    const requests = { amount: 300n, ms: 60_000 }
    refused({ scope: 'key:web', requests, per: 'day' }, /leave --per out/)
    refused({ scope: 'key:web', requests: { amount: 300n } }, /In which time\? Write a rate such as --requests 300\/m/)
    refused({ scope: 'key:web', concurrency: 2n, per: 'day' }, /no --per/)
    refused({ scope: 'key:web', usd: hundred, timezone: 'Europe/Berlin' }, /--timezone goes with --per/)
    refused({ scope: 'key:web', usd: hundred, per: 86_400_000, timezone: 'UTC' }, /--timezone goes with --per/)
    refused({ scope: 'key:web', requests, soft: true }, /--soft is for money only/)
    refused({ scope: 'key:web', requests, onLimit: 'cheaper' }, /--on-limit cheaper is for money only/)
    refused({ scope: 'key:web', usd: hundred, onLimit: 'wait' }, /money does not come back by waiting/)
  })

  test('gets the same id for the same thing, and one that may be written everywhere', () => {
    const scope = fc
      .tuple(fc.constantFrom(...scopeKinds.slice(1)), fc.string({ minLength: 1, maxLength: 20 }))
      .map(([kind, name]): Scope => `${kind}:${name}`)
    const measure = fc.constantFrom<Partial<BudgetWords>>(
      { usd: hundred },
      { usd: hundred, per: 'week' },
      { tokens: { amount: 1n, ms: 10_000 } },
      { concurrency: 3n },
    )
    fc.assert(
      fc.property(
        scope,
        measure,
        fc.option(fc.string({ maxLength: 10 }), { nil: undefined }),
        (whose, words, model) => {
          const { id } = allowanceFrom({ scope: whose, model, ...words })
          assert.match(id, /^[A-Za-z0-9][\w.@+-]{0,63}$/)
          assert.equal(allowanceFrom({ scope: whose, model, ...words }).id, id)
        },
      ),
    )
  })

  test('has to be named where its id would be too long', () => {
    const scope = `team:${'a'.repeat(60)}` as const
    refused({ scope, usd: hundred }, /Name this budget by --id/)
    assert.equal(allowanceFrom({ scope, usd: hundred, id: 'long' }).id, 'long')
  })

  test('is one that stores take', () => {
    for (const per of ['hour', 'day', 'week', 'month', 'total', 86_400_000] as const)
      assert.equal(allowanceProblem(allowanceFrom({ scope: 'org:acme', usd: hundred, per })), undefined)
  })
})
