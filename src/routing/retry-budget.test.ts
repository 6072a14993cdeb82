import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Target } from '../core/target.ts'
import { createRetryBudget } from './retry-budget.ts'

const target: Target = { id: 'p/m', provider: 'p', model: 'm', weight: 1, quirks: {}, facts: undefined }

describe('retry budget', () => {
  test('a quiet target may be retried three times in ten seconds', () => {
    const clock = { time: 0, now: () => clock.time }
    const budget = createRetryBudget({ clock })
    assert.deepEqual(
      [1, 2, 3, 4].map(() => budget.take(target)),
      [true, true, true, false],
    )
    clock.time += 11_000
    assert.equal(budget.take(target), true)
  })

  test('however requests and retries interleave, retries stay within a fifth of the requests plus three', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 400 })), { maxLength: 400 }), (steps) => {
        const clock = { time: 0, now: () => clock.time }
        const budget = createRetryBudget({ clock })
        const requests: number[] = []
        const retries: number[] = []
        for (const [isRequest, wait] of steps) {
          clock.time += wait
          if (isRequest) {
            budget.request(target)
            requests.push(clock.time)
          } else if (budget.take(target)) retries.push(clock.time)
          // One bucket of slack: the window moves in steps of a second.
          const recent = (times: number[], ms: number): number => times.filter((time) => time > clock.time - ms).length
          assert.ok(recent(retries, 9_000) <= 3 + 0.2 * recent(requests, 11_000) + 1)
        }
      }),
    )
  })
})
