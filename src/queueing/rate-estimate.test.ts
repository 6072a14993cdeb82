import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Quota } from './quota.ts'
import { RateEstimate } from './rate-estimate.ts'

const minute = 60_000
const need = { prompt: 100, output: { mean: 0, variance: 0, p95: 0 } }

const open = () => {
  const quota = new Quota(true)
  const rates = new RateEstimate(quota)
  const answer = (count: number, now: number): void => {
    for (let call = 0; call < count; call++) {
      quota.send(need, now)
      quota.end(need, now, { prompt: 100, output: 0 }, now + 1)
      rates.answered(now + 1)
    }
  }
  const refuse = (sentAt: number, now = sentAt + 1): boolean => {
    quota.send(need, sentAt)
    quota.end(need, sentAt, 'nothing', now, true)
    return rates.refused(sentAt, now)
  }
  const limitOf = (unit: 'requests' | 'tokens'): number | undefined =>
    quota.standing(0).find((each) => each.unit === unit)?.limit
  return { quota, rates, answer, refuse, limitOf }
}

describe('an estimate of what a provider allows', () => {
  test('needs refusals one after the other; one by itself, or many at once, may be too many calls at once', () => {
    const { quota, answer, refuse } = open()
    answer(500, 0)
    assert.equal(refuse(1_000), false)
    for (let call = 0; call < 20; call++) assert.equal(refuse(900, 1_005), false)
    answer(200, 2_000)
    assert.equal(refuse(3_000), false)
    assert.ok(quota.isEmpty)
  })

  test('is a little less than what was let go in the last minute, and says so', () => {
    const { quota, answer, refuse, limitOf } = open()
    answer(500, 0)
    assert.deepEqual([refuse(1_000), refuse(2_000), refuse(3_000)], [false, false, true])
    assert.ok(Math.abs(Number(limitOf('requests')) - 485) < 1e-6)
    assert.ok(Number(limitOf('tokens')) > 50_000)
    assert.equal(quota.standing(3_001)[0]?.source, 'estimated')
    assert.ok(quota.nextAt(need, 3_001) > minute)
  })

  test('rises slowly while it is reached and nothing is refused, and not while it is not reached', () => {
    const { quota, answer, refuse, limitOf } = open()
    answer(500, 0)
    for (const at of [1_000, 2_000, 3_000]) refuse(at)
    const before = Number(limitOf('requests'))
    quota.nextAt(need, 3_100)
    answer(1, 70_000)
    const once = Number(limitOf('requests'))
    assert.ok(once > before && once < before * 1.01, `${before} ${once}`)
    answer(1, 140_000)
    assert.equal(limitOf('requests'), once)
  })

  test('takes the place of what a provider tells that refuses long before, until it tells less', () => {
    const { quota, answer, refuse, limitOf } = open()
    const tell = (limit: number, now: number): void => {
      for (const unit of ['requests', 'tokens'] as const)
        quota.learn(
          { unit, limit: limit * (unit === 'tokens' ? 1_000 : 1), windowMs: minute },
          { remaining: limit, resetMs: 0 },
          now,
        )
    }
    tell(5_000, 0)
    answer(500, 0)
    assert.deepEqual([refuse(1_000), refuse(2_000)], [false, false])
    assert.equal(limitOf('requests'), 5_000)
    assert.equal(refuse(3_000), true)
    assert.ok(Number(limitOf('requests')) < 500, `${limitOf('requests')}`)
    tell(5_000, 4_000)
    assert.ok(Number(limitOf('requests')) < 500)
    assert.equal(quota.standing(0)[0]?.source, 'estimated')
    tell(400, 5_000)
    assert.deepEqual([limitOf('requests'), quota.standing(0)[0]?.source], [400, 'learned'])
  })

  test('gives way to what the provider tells', () => {
    const { quota, answer, refuse } = open()
    answer(500, 0)
    for (const at of [1_000, 2_000, 3_000]) refuse(at)
    quota.learn({ unit: 'requests', limit: 900, windowMs: minute }, { remaining: 400, resetMs: 1_000 }, 4_000)
    refuse(5_000)
    const [requests] = quota.standing(5_001)
    assert.deepEqual([requests?.limit, requests?.source], [900, 'learned'])
  })
})
