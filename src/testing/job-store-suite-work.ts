import assert from 'node:assert/strict'
import { noUsage } from '../core/usage.ts'
import {
  answer,
  claim,
  claimOne,
  dayMs,
  ends,
  failure,
  finish,
  found,
  idsOf,
  type JobCheck,
  minuteMs,
  submit,
  submitOne,
  textOf,
  there,
} from './job-store-suite-parts.ts'

const rules = { maxCrashes: 3 }

/** What workers do with jobs. */
export const work = (check: JobCheck): void => {
  claims(check)
  outcomes(check)
}

const claims = (check: JobCheck): void => {
  check('are given to one worker each, with what was asked', async ({ one, other }) => {
    const headers = { 'content-type': 'application/json', 'x-tag': 'a' }
    const ids = await submit(one, ...Array.from({ length: 30 }, () => ({ headers })))
    const all = (await Promise.all([one, other, one, other].map((process) => claim(process, 10)))).flat()
    assert.deepEqual(idsOf(all).sort(), ids.sort())
    assert.equal(new Set(all.map(({ fence }) => fence)).size, 30)
    const [first] = all
    assert.deepEqual([first?.headers, textOf(first?.body)], [headers, '{"model":"fast"}'])
    assert.deepEqual([first?.job.state, first?.job.attempts, first?.attempt], ['running', 1, 1])
    assert.ok(first?.job.startedAt !== undefined)
  })

  check('have rising fences', async ({ one, other }) => {
    await submitOne(one)
    let last = 0
    for (let turn = 0; turn < 5; turn++) {
      const claimed = await claimOne(turn % 2 ? one : other)
      assert.ok(claimed.fence > last)
      last = claimed.fence
      await finish(one, claimed, ends.again)
    }
  })

  check('stay with a worker that beats, and are told apart from those it lost', async ({ one, other, pass }) => {
    await submit(one, {}, {})
    const [kept, left] = await claim(one, 2)
    pass(40_000)
    assert.deepEqual(await one.jobWork.beat([kept?.fence ?? 0], minuteMs), { lost: [], stopping: [] })
    pass(40_000)
    assert.equal((await other.jobWork.sweep(rules)).ready, 1)
    const fences = [kept?.fence ?? 0, left?.fence ?? 0, 1_000_000]
    assert.deepEqual((await one.jobWork.beat(fences, minuteMs)).lost, fences.slice(1))
    assert.deepEqual(idsOf(await claim(other, 9)), [left?.job.id])
  })
}

const outcomes = (check: JobCheck): void => {
  check('succeed with their answer, once', async ({ one, other }) => {
    const id = await submitOne(one)
    const claimed = await claimOne(one)
    assert.equal(await finish(one, claimed), true)
    const job = await found(other, id)
    assert.deepEqual(
      [job.state, job.costNanos, job.error, textOf(job.result?.body)],
      ['succeeded', 5n, undefined, 'the answer'],
    )
    assert.deepEqual([job.result?.status, job.result?.contentType], [200, 'application/json'])
    assert.equal(job.expiresAt, (job.endedAt ?? 0) + dayMs)
    assert.equal(await finish(other, claimed, ends.failed), false)
    assert.deepEqual(await found(other, id), job)
    assert.deepEqual((await other.jobs.list({ limit: 1 }))[0], { ...job, result: undefined })
  })

  check('fail, with what their door said', async ({ one }) => {
    const id = await submitOne(one)
    await finish(one, await claimOne(one), { ...ends.exhausted, result: { ...answer('refused'), status: 502 } })
    const job = await found(one, id)
    assert.deepEqual([job.state, job.error, job.dead, job.result?.status], ['failed', failure, 'exhausted', 502])
  })

  check('keep a history of attempts', async ({ one, other }) => {
    const id = await submitOne(one)
    for (const end of [ends.again, ends.released, ends.succeeded]) await finish(one, await claimOne(one), end)
    const { attempts } = there(await other.jobs.details(id))
    assert.deepEqual(
      attempts.map(({ ordinal, outcome, error }) => [ordinal, outcome, error]),
      [
        [1, 'failed', failure],
        [2, 'released', undefined],
        [3, 'succeeded', undefined],
      ],
    )
    for (const attempt of attempts) {
      assert.deepEqual([attempt.worker, attempt.call, attempt.costNanos], ['a worker', 'a call', 5n])
      assert.ok((attempt.endedAt ?? 0) >= attempt.startedAt)
    }
    const job = await found(one, id)
    assert.deepEqual([job.attempts, job.costNanos, job.error], [2, 15n, undefined])
  })

  check('keep the latest 50 attempts', async ({ one }) => {
    const id = await submitOne(one)
    for (let turn = 0; turn < 60; turn++) await finish(one, await claimOne(one), ends.again)
    const { attempts } = there(await one.jobs.details(id))
    assert.deepEqual([attempts.length, attempts[0]?.ordinal, attempts.at(-1)?.ordinal], [50, 11, 60])
    assert.deepEqual([(await found(one, id)).attempts, (await found(one, id)).costNanos], [60, 300n])
  })

  check('have their place again when their worker gives them back', async ({ one }) => {
    const [first] = await submit(one, {}, {})
    await finish(one, await claimOne(one), ends.released, { costNanos: 0n })
    assert.deepEqual((await found(one, there(first))).attempts, 0)
    assert.equal((await claimOne(one)).job.id, first)
  })

  check('count what is unknown apart from what is known, and amounts of any size', async ({ one }) => {
    const id = await submitOne(one)
    const large = 9_007_199_254_740_993n
    for (const costNanos of [undefined, large, 0n, undefined])
      await finish(one, await claimOne(one), ends.again, { costNanos })
    const job = await found(one, id)
    assert.deepEqual([job.costNanos, job.unknownCosts], [large, 2])
    const { attempts } = there(await one.jobs.details(id))
    assert.deepEqual(
      attempts.map(({ costNanos }) => costNanos),
      [undefined, large, 0n, undefined],
    )
  })

  check('add up the tokens of all their attempts', async ({ one }) => {
    const id = await submitOne(one)
    assert.equal((await found(one, id)).usage, undefined)
    const usage = { ...noUsage, input: 40, cacheRead: 8, output: 10 }
    await finish(one, await claimOne(one), ends.released, { usage: noUsage })
    await finish(one, await claimOne(one), ends.again, { usage: { ...usage, source: 'estimated' } })
    await finish(one, await claimOne(one), ends.succeeded, { usage })
    const twice = { ...noUsage, input: 80, cacheRead: 16, output: 20, source: 'estimated' }
    assert.deepEqual((await found(one, id)).usage, twice)
  })

  check('do not know their tokens any more once those of one attempt are unknown', async ({ one }) => {
    const id = await submitOne(one)
    for (const usage of [noUsage, undefined, noUsage]) await finish(one, await claimOne(one), ends.again, { usage })
    assert.equal((await found(one, id)).usage, undefined)
  })

  check('tell their version, which rises with every change', async ({ one }) => {
    const id = await submitOne(one)
    const versions = [(await found(one, id)).version]
    for (const end of [ends.again, ends.released, ends.succeeded]) {
      const claimed = await claimOne(one)
      versions.push(claimed.job.version)
      await finish(one, claimed, end)
      versions.push((await found(one, id)).version)
    }
    assert.deepEqual(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
    )
  })
}
