import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Quota, type QuotaLimit } from './quota.ts'

const minute = 60_000
const silent = { mean: 0, variance: 0, p95: 0 }
const tokens = (limit: number): QuotaLimit => ({ unit: 'tokens', limit, windowMs: minute })
const of = (...limits: readonly QuotaLimit[]): Quota => {
  const quota = new Quota()
  for (const limit of limits) quota.limit(limit, 'configured')
  return quota
}

describe('a quota', () => {
  test('lets nothing through that would be too much within any stretch of its length', () => {
    const calls = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 20_000 }),
        prompt: fc.integer({ min: 1, max: 400 }),
        output: fc.integer({ min: 0, max: 200 }),
        serviceMs: fc.integer({ min: 1, max: 30_000 }),
      }),
      { minLength: 1, maxLength: 80 },
    )
    fc.assert(
      fc.property(calls, (wanted) => {
        const limit = 1_000
        const quota = of(tokens(limit), { unit: 'requests', limit: 8, windowMs: minute })
        const sent: { at: number; endsAt: number; prompt: number; output: number; end(): void }[] = []
        let now = 0
        const endBy = (until: number): void => {
          for (const call of sent.filter(({ endsAt }) => endsAt <= until).sort((a, b) => a.endsAt - b.endsAt))
            call.end()
        }
        for (const { afterMs, prompt, output, serviceMs } of wanted) {
          now += afterMs
          endBy(now)
          const need = { prompt, output: { mean: output, variance: 0, p95: output } }
          for (let at = quota.nextAt(need, now); at > now; at = quota.nextAt(need, now)) {
            now = Math.min(at, now + 1_000)
            endBy(now)
          }
          quota.send(need, now)
          const at = now
          const endsAt = at + serviceMs
          let isOver = false
          const end = (): void => {
            if (!isOver) quota.end(need, at, { prompt, output }, endsAt)
            isOver = true
          }
          sent.push({ at, endsAt, prompt, output, end })
        }
        for (const { at } of sent) {
          const within = sent.filter((other) => other.at > at - minute && other.at <= at)
          const whole = within.reduce((sum, { prompt, output }) => sum + prompt + output, 0)
          assert.ok(whole <= limit, `${whole} tokens of calls that were sent within a minute`)
          assert.ok(within.length <= 8, `${within.length} calls within a minute`)
          const prompts = within.reduce((sum, { prompt }) => sum + prompt, 0)
          const landed = sent.filter(({ endsAt }) => endsAt > at - minute && endsAt <= at)
          const outputs = landed.reduce((sum, { output }) => sum + output, 0)
          assert.ok(prompts + outputs <= limit, `${prompts} and ${outputs} counted within a minute`)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('gives back what was reckoned with and not used', () => {
    const quota = of(tokens(1_000))
    const need = { prompt: 100, output: { mean: 500, variance: 0, p95: 900 } }
    quota.send(need, 0)
    assert.ok(quota.nextAt({ prompt: 600, output: silent }, 0) > 0)
    quota.end(need, 0, { prompt: 100, output: 10 }, 1_000)
    assert.equal(quota.standing(1_000)[0]?.used, 110)
    quota.send(need, 2_000)
    quota.end(need, 2_000, 'nothing', 3_000)
    assert.equal(quota.standing(3_000)[0]?.used, 110)
  })

  test('gives way to a call that is larger than all of it, when nothing else is used', () => {
    const quota = of(tokens(100))
    assert.ok(quota.nextAt({ prompt: 5_000, output: silent }, 7) <= 7)
    quota.send({ prompt: 5_000, output: silent }, 7)
    assert.ok(quota.nextAt({ prompt: 1, output: silent }, 8) > minute)
  })

  test('many answers under way need less room together than each by itself', () => {
    const quota = of(tokens(100_000))
    const need = { prompt: 0, output: { mean: 200, variance: 100 * 100, p95: 400 } }
    for (let index = 0; index < 100; index++) quota.send(need, 0)
    const used = quota.standing(0)[0]?.used ?? 0
    assert.equal(used, 200 * 100 + 3 * 100 * 10)
  })

  test('half of a window is used as fast as it is asked for, the rest evenly', () => {
    const quota = of({ unit: 'requests', limit: 100, windowMs: minute })
    const need = { prompt: 1, output: silent }
    let now = 0
    const sent: number[] = []
    while (sent.length < 200) {
      now = Math.max(now, quota.nextAt(need, now))
      quota.send(need, now)
      sent.push(now)
    }
    assert.equal(sent.filter((at) => at === 0).length, 50)
    const gaps = sent.slice(51).map((at, index) => at - (sent[50 + index] ?? 0))
    assert.ok(Math.max(...gaps) < 12_000)
  })

  test('believes a provider that says less is left, and gets it back when the provider says', () => {
    const quota = new Quota()
    quota.learn(tokens(1_000), { remaining: 300, resetMs: 6_000 }, 100_000)
    const need = { prompt: 400, output: silent }
    const at = quota.nextAt(need, 100_000)
    assert.ok(at > 105_000 && at < 107_000, `${at - 100_000}`)
    assert.equal(quota.standing(100_000)[0]?.source, 'learned')
    assert.ok(quota.nextAt(need, 107_000) <= 107_000)
  })

  test('limits that are written no more are gone, and what was used of the others stays used', () => {
    const quota = new Quota()
    quota.configure([tokens(1_000), { unit: 'requests', limit: 5, windowMs: minute }])
    quota.send({ prompt: 400, output: silent }, 0)
    quota.configure([tokens(2_000)])
    assert.deepEqual(quota.standing(1), [{ ...tokens(2_000), source: 'configured', used: 400 }])
  })

  test('a written limit stays what it is, whatever the provider says of its own', () => {
    const quota = of(tokens(500))
    quota.learn(tokens(90_000), { remaining: 90_000, resetMs: 0 }, 0)
    assert.deepEqual(quota.standing(0), [{ ...tokens(500), source: 'configured', used: 0 }])
  })
})
