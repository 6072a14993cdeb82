import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deliveryPausesMs, nextDeliveryAt } from './webhook-schedule.ts'

describe('the schedule of deliveries', () => {
  test('has ten attempts, the last one three days after the first', () => {
    assert.deepEqual(
      deliveryPausesMs.map((pauseMs) => pauseMs / 1_000),
      [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    )
  })

  test('counts from the failure, give or take a tenth, and ends', () => {
    const at = (attempts: number, random: number) =>
      nextDeliveryAt({ attempts, now: 1_000, random, pausesMs: deliveryPausesMs })
    assert.deepEqual([at(1, 0), at(1, 0.5), at(1, 1)], [5_500, 6_000, 6_500])
    assert.equal(at(9, 0.5), 1_000 + 86_400_000)
    assert.equal(at(10, 0.5), undefined)
  })
})
