import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RecallStanding } from '../core/recall-standing.ts'
import { randomFrom } from '../providers/simulated-random.ts'
import { createErrorBudget, type ErrorBudget } from './error-budget.ts'
import { wilson } from './wilson.ts'

const most = 0.005

/** So many requests of a scope, of which this share would be hits. */
const run = (budget: ErrorBudget, scope: string, { requests, share }: { requests: number; share: number }): void => {
  for (let index = 0; index < requests; index++) budget.asked(scope, index < requests * share)
}

const check = (budget: ErrorBudget, scope: string, { right, wrong }: { right: number; wrong: number }): void => {
  for (let index = 0; index < wrong; index++) budget.checked(scope, false, most)
  for (let index = 0; index < right; index++) budget.checked(scope, true, most)
}

test('a scope whose checks are right goes on', () => {
  const budget = createErrorBudget()
  run(budget, 'a', { requests: 1000, share: 0.05 })
  check(budget, 'a', { right: 50, wrong: 0 })
  assert.equal(budget.isSuspended('a'), false)
  assert.equal(budget.standings()[0]?.estimate, 0)
})

test('a scope where too many are wrong is suspended, told of once, and leaves others alone', () => {
  const changes: RecallStanding[] = []
  const budget = createErrorBudget({ changed: (standing) => changes.push(standing) })
  run(budget, 'a', { requests: 1000, share: 0.5 })
  run(budget, 'b', { requests: 1000, share: 0.5 })
  check(budget, 'a', { right: 0, wrong: 12 })
  check(budget, 'b', { right: 12, wrong: 0 })
  assert.equal(budget.isSuspended('a'), true)
  assert.equal(budget.isSuspended('b'), false)
  assert.deepEqual(
    changes.map(({ scope, isSuspended }) => ({ scope, isSuspended })),
    [{ scope: 'a', isSuspended: true }],
  )
})

test('one unlucky check suspends nothing', () => {
  const budget = createErrorBudget()
  run(budget, 'a', { requests: 100, share: 1 })
  check(budget, 'a', { right: 0, wrong: 1 })
  assert.equal(budget.isSuspended('a'), false)
})

test('of scopes that are as wrong as they may be few are stopped, of those that are eight times as wrong nearly all', () => {
  const random = randomFrom('budgets')
  const stopped = (share: number, rate: number): number => {
    const budget = createErrorBudget()
    const scopes = Array.from({ length: 300 }, (_, index) => `${rate} ${index}`)
    for (const scope of scopes) {
      run(budget, scope, { requests: 100, share })
      for (let checks = 0; checks < 60 && !budget.isSuspended(scope); checks++)
        budget.checked(scope, random() >= rate, most)
    }
    return scopes.filter((scope) => budget.isSuspended(scope)).length / scopes.length
  }
  assert.ok(stopped(0.3, most / 0.3) < 0.04)
  assert.ok(stopped(0.3, (8 * most) / 0.3) > 0.85)
})

test('a suspended scope comes back when checks are right again', () => {
  const changes: boolean[] = []
  const budget = createErrorBudget({ changed: ({ isSuspended }) => changes.push(isSuspended) })
  run(budget, 'a', { requests: 1000, share: 0.05 })
  check(budget, 'a', { right: 0, wrong: 20 })
  assert.equal(budget.isSuspended('a'), true)
  check(budget, 'a', { right: 2000, wrong: 0 })
  assert.equal(budget.isSuspended('a'), false)
  assert.deepEqual(changes, [true, false])
})

test('few checks are made of many when enough is known, and many while little is', () => {
  const budget = createErrorBudget()
  assert.equal(budget.wantsCheck('a', 0.05, 0.4), true)
  check(budget, 'a', { right: 20, wrong: 0 })
  assert.equal(budget.wantsCheck('a', 0.05, 0.4), false)
  assert.equal(budget.wantsCheck('a', 0.05, 0.04), true)
  assert.equal(budget.wantsCheck('a', 0, 0), false)
})

test('whatever happens counts stay possible and scopes stay few', () => {
  const step = fc.record({ scope: fc.integer({ min: 0, max: 9 }), found: fc.boolean(), right: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1500 }), (steps) => {
      const budget = createErrorBudget({ mostScopes: 4 })
      for (const { scope, found, right } of steps) {
        budget.asked(String(scope), found)
        if (found) budget.served(String(scope))
        if (found) budget.checked(String(scope), right, most)
      }
      const standings = budget.standings()
      assert.ok(standings.length <= 4)
      for (const each of standings) {
        assert.ok(each.hits <= each.wouldHits && each.wouldHits <= each.requests && each.wrong <= each.checks)
        assert.ok(each.low >= 0 && each.low <= (each.estimate ?? 1) + 1e-9 && (each.estimate ?? 0) <= each.high + 1e-9)
      }
    }),
    { numRuns: 50 },
  )
})

test('the interval holds what was seen, and narrows with how much was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const seen = Math.floor(all * share)
      const { low, high } = wilson(seen, all)
      assert.ok(low <= seen / all + 1e-9 && high >= seen / all - 1e-9 && low >= 0 && high <= 1)
      const more = wilson(seen * 10, all * 10)
      assert.ok(more.high - more.low < high - low)
    }),
  )
  assert.deepEqual(wilson(0, 0), { low: 0, high: 1 })
})
