import assert from 'node:assert/strict'
import { noUsage } from '../core/usage.ts'
import type { JobsChanged } from '../stores/job-store.ts'
import {
  answer,
  claim,
  claimOne,
  dayMs,
  ends,
  finish,
  found,
  type JobCheck,
  minuteMs,
  submit,
  submitOne,
  there,
} from './job-store-suite-parts.ts'
import { becomesTrue } from './ledger-suite-parts.ts'

const rules = { maxCrashes: 3 }

/** What happens to jobs beside their work: lost workers, deletion, and who is told. */
export const upkeep = (check: JobCheck): void => {
  losses(check)
  deletions(check)
  news(check)
}

const losses = (check: JobCheck): void => {
  check(
    'wait again when their worker is lost, whose late result is not taken but whose cost is',
    async ({ one, other, pass }) => {
      const id = await submitOne(one)
      const lost = await claimOne(one)
      pass(2 * minuteMs)
      assert.deepEqual((await other.jobWork.sweep(rules)).ready, 1)
      const waiting = await found(one, id)
      assert.deepEqual([waiting.state, waiting.crashes, waiting.unknownCosts], ['queued', 1, 1])
      const claimed = await claimOne(other)
      assert.equal(await finish(one, lost, ends.succeeded, { costNanos: 7n, usage: noUsage }), false)
      assert.equal(await finish(one, lost, ends.succeeded, { costNanos: 7n }), false)
      assert.equal(await finish(other, claimed, ends.succeeded, { costNanos: undefined, usage: noUsage }), true)
      const job = await found(one, id)
      assert.deepEqual([job.state, job.costNanos, job.unknownCosts, job.attempts], ['succeeded', 7n, 1, 2])
      assert.equal(job.usage, undefined)
      const { attempts } = there(await one.jobs.details(id))
      assert.deepEqual(
        attempts.map((each) => [each.outcome, each.costNanos]),
        [
          ['lost', 7n],
          ['succeeded', undefined],
        ],
      )
    },
  )

  check('are still of a worker that is late when nobody took them back', async ({ one, pass }) => {
    await submitOne(one)
    const claimed = await claimOne(one)
    pass(2 * minuteMs)
    assert.equal(await finish(one, claimed), true)
  })

  check('are poison when their workers die of them three times within 72 hours', async ({ one, other, pass }) => {
    const id = await submitOne(one, { keepMs: 30 * dayMs })
    const crash = async (): Promise<number> => {
      await claimOne(one)
      pass(2 * minuteMs)
      return (await other.jobWork.sweep(rules)).ended
    }
    assert.equal(await crash(), 0)
    pass(3 * dayMs)
    assert.deepEqual([await crash(), await crash(), await crash()], [0, 0, 1])
    const job = await found(one, id)
    assert.deepEqual([job.state, job.dead, job.crashes, job.attempts], ['failed', 'poison', 4, 4])
    assert.deepEqual(await claim(one), [])
  })

  check('are cancelled when they were to stop and their worker is lost', async ({ one, other, pass }) => {
    const id = await submitOne(one)
    await claimOne(one)
    await one.jobs.cancel(id)
    pass(2 * minuteMs)
    assert.equal((await other.jobWork.sweep(rules)).ended, 1)
    assert.equal((await found(one, id)).state, 'cancelled')
  })
}

const deletions = (check: JobCheck): void => {
  check('are deleted with their files when they were kept for long enough', async ({ one, other, pass }) => {
    const file = (name: string) => ({ file: name, size: 9 })
    const ids = await submit(
      one,
      { body: file('asked') },
      { body: file('shared'), keepMs: minuteMs },
      { body: file('shared') },
    )
    const [first, second] = await claim(one, 2)
    const result = { ...answer(), body: file('answered') }
    await finish(one, there(first), { kind: 'succeeded', result })
    await finish(one, there(second), ends.failed)
    pass(dayMs - 5_000)
    assert.deepEqual((await other.jobWork.sweep(rules)).files, [])
    assert.equal(await one.jobs.find(ids[1] ?? ''), undefined)
    pass(10_000)
    const swept = await other.jobWork.sweep(rules)
    assert.deepEqual([swept.deleted, [...swept.files].sort()], [1, ['answered', 'asked']])
    assert.deepEqual([...(await one.jobWork.sweep(rules)).files].sort(), ['answered', 'asked'])
    await one.jobWork.sweep(rules)
    assert.deepEqual((await one.jobWork.sweep(rules)).files, [])
    assert.deepEqual(
      (await one.jobs.list({ limit: 9 })).map(({ id }) => id),
      [ids[2]],
    )
    assert.equal(await finish(one, there(first), ends.failed), false)
  })

  check('leave no file behind when their result is dropped', async ({ one }) => {
    const id = await submitOne(one)
    const claimed = await claimOne(one)
    await one.jobs.cancel(id)
    const result = { ...answer(), body: { file: 'too late', size: 9 } }
    assert.equal(await finish(one, claimed, { kind: 'succeeded', result }), true)
    assert.deepEqual((await one.jobWork.sweep(rules)).files, ['too late'])
  })

  check('are kept as long as they have not ended', async ({ one, pass }) => {
    await submit(one, { keepMs: minuteMs }, { keepMs: minuteMs })
    await claim(one, 1, { leaseMs: 40 * dayMs })
    pass(30 * dayMs)
    await one.jobWork.sweep(rules)
    assert.equal((await one.jobs.list({ limit: 9 })).length, 2)
  })
}

const news = (check: JobCheck): void => {
  check('show their pieces while they run, and for a while after', async ({ one, other, pass }) => {
    const id = await submitOne(one)
    const first = await claimOne(one)
    const pieces = [1, 2, 3].map((sequence) => ({ sequence, attempt: 1, text: `piece ${sequence}` }))
    await one.jobWork.pieces(first.fence, pieces)
    const seen = async (attempt: number, after: number) => (await other.jobs.details(id, { attempt, after }))?.pieces
    assert.deepEqual(await seen(1, 0), pieces)
    assert.deepEqual(await seen(1, 2), pieces.slice(2))
    await finish(one, first, ends.again)
    await one.jobWork.pieces(first.fence, [{ sequence: 4, attempt: 1, text: 'too late' }])
    const second = await claimOne(one)
    assert.deepEqual(await seen(1, 0), [])
    await one.jobWork.pieces(second.fence, [{ sequence: 1, attempt: 2, text: 'x'.repeat(1024 * 1024) }])
    await one.jobWork.pieces(second.fence, [{ sequence: 2, attempt: 2, text: 'too much' }])
    await finish(one, second)
    assert.equal((await seen(2, 0))?.length, 1)
    pass(2 * minuteMs)
    await one.jobWork.sweep(rules)
    assert.deepEqual(await seen(2, 0), [])
  })

  check('are told of to every process that watches', async ({ one, other }) => {
    const told: { here: JobsChanged[]; there: JobsChanged[] } = { here: [], there: [] }
    const stops = [
      one.jobWork.watch((what) => void told.here.push(what)),
      other.jobWork.watch((what) => void told.there.push(what)),
    ]
    const heard = async (kind: keyof JobsChanged): Promise<void> => {
      for (const changes of [told.here, told.there]) {
        await becomesTrue(() => changes.some((what) => what[kind]))
        changes.length = 0
      }
    }
    const id = await submitOne(one)
    await heard('work')
    const claimed = await claimOne(other)
    await heard('news')
    await one.jobs.cancel(id)
    await heard('work')
    await finish(other, claimed, ends.cancelled)
    await heard('news')
    for (const stop of stops) stop()
    Object.assign(told, { here: [], there: [] })
    await submitOne(one)
    await one.jobs.counts()
    assert.deepEqual(told, { here: [], there: [] })
  })

  check('tell one event for their webhook when they end, however they do', async ({ one, other, pass }) => {
    const [succeeded, failed, cancelled, lost, none] = await submit(
      one,
      { webhook: 'a' },
      { webhook: 'a' },
      { webhook: 'a', priority: 'low' },
      { webhook: 'a' },
      {},
    )
    const claimed = await claim(one, 4)
    await finish(one, there(claimed[0]))
    await finish(one, there(claimed[0]))
    await finish(one, there(claimed[1]), ends.failed)
    await finish(one, there(claimed[3]))
    await one.jobs.cancel(there(cancelled))
    await one.jobs.cancel(there(lost))
    pass(2 * minuteMs)
    await other.jobWork.sweep(rules)
    const events = (await other.webhooks.events({ limit: 9 })).toReversed()
    assert.deepEqual(
      events.map(({ job, state, endpoint, owner, status }) => [job, state, endpoint, owner, status]),
      [
        [succeeded, 'succeeded', 'a', 'team:web', 'pending'],
        [failed, 'failed', 'a', 'team:web', 'pending'],
        [cancelled, 'cancelled', 'a', 'team:web', 'pending'],
        [lost, 'cancelled', 'a', 'team:web', 'pending'],
      ],
    )
    const sequences = events.map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      [...new Set(sequences)].sort((a, b) => a - b),
    )
    assert.equal((await found(one, there(none))).state, 'succeeded')
  })
}
