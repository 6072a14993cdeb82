import assert from 'node:assert/strict'
import type { JobOrder } from '../core/job.ts'
import {
  claim,
  claimOne,
  dayMs,
  ends,
  finish,
  found,
  idsOf,
  type JobCheck,
  type JobsOfProcess,
  minuteMs,
  submit,
  submitOne,
} from './job-store-suite-parts.ts'

/** Owners of the next jobs, in the order in which they begin. */
const ownersOf = async (process: JobsOfProcess, most: number): Promise<string> => {
  const owners: string[] = []
  for (let turn = 0; turn < most; turn++) owners.push((await claimOne(process)).job.owner)
  return owners.join('')
}

const many = (count: number, more: Partial<JobOrder>): Partial<JobOrder>[] => Array.from({ length: count }, () => more)

/** In which order jobs begin. */
export const turns = (check: JobCheck): void => {
  check('come in the order of submission for one owner', async ({ one, other }) => {
    const ids = await submit(one, ...many(7, {}))
    const claimed = [...(await claim(one, 3)), ...(await claim(other, 3)), ...(await claim(one, 3))]
    assert.deepEqual(idsOf(claimed), ids)
    assert.deepEqual(await claim(one, 0), [])
  })

  check('come by priority', async ({ one }) => {
    const [low, normal, high] = await submit(one, { priority: 'low' }, { priority: 'normal' }, { priority: 'high' })
    assert.deepEqual(idsOf(await claim(one, 9)), [high, normal, low])
  })

  check('are shared by owners, however many jobs one has', async ({ one, other }) => {
    await submit(one, ...many(20, { owner: 'a' }))
    await submit(other, ...many(3, { owner: 'b' }), ...many(3, { owner: 'c' }))
    const owners = await ownersOf(one, 9)
    for (const round of [owners.slice(0, 3), owners.slice(3, 6), owners.slice(6, 9)])
      assert.deepEqual([...round].sort(), ['a', 'b', 'c'])
  })

  check('are shared by weight', async ({ one }) => {
    await submit(one, ...many(40, { owner: 'a', weight: 3 }), ...many(40, { owner: 'b', weight: 1 }))
    const owners = await ownersOf(one, 40)
    assert.equal([...owners].filter((owner) => owner === 'a').length, 30)
    assert.ok(!owners.slice(4).includes('aaaaa'))
  })

  check('are not saved up by who had nothing, nor forgotten by who comes again', async ({ one }) => {
    await submit(one, ...many(30, { owner: 'a' }))
    await ownersOf(one, 20)
    await submit(one, ...many(10, { owner: 'b' }))
    assert.deepEqual([...(await ownersOf(one, 4))].sort(), ['a', 'a', 'b', 'b'])
    // Whoever submits one at a time gets no more than who has many waiting.
    let turnsOfC = 0
    for (let turn = 0; turn < 6; turn++) {
      await submit(one, { owner: 'c' })
      if ((await claimOne(one)).job.owner === 'c') turnsOfC++
    }
    assert.ok(turnsOfC <= 3, `${turnsOfC} of 6`)
  })

  check('come now and then to who has waited long behind more urgent jobs', async ({ one, pass }) => {
    await submit(one, ...many(3, { owner: 'l', priority: 'low' }), { owner: 'n' })
    assert.equal(await ownersOf(one, 1), 'n')
    pass(2 * minuteMs)
    await submit(one, ...many(20, { owner: 'h', priority: 'high' }))
    assert.equal(await ownersOf(one, 11), 'hhlhhhlhhhl')
  })

  check('come to nobody before its time', async ({ one, other, pass, now }) => {
    const runAt = now() + minuteMs
    const id = await submitOne(one, { runAt, priority: 'high' })
    const soon = await submitOne(one)
    assert.deepEqual(idsOf(await claim(other, 9)), [soon])
    const { nextAt, ready } = await other.jobWork.sweep({ maxCrashes: 3 })
    assert.deepEqual([nextAt, ready], [runAt, 0])
    pass(minuteMs + 5_000)
    assert.deepEqual(idsOf(await claim(other, 9)), [id])
    assert.equal((await other.jobWork.sweep({ maxCrashes: 3 })).nextAt, undefined)
  })

  check('are told when the time of a job has come', async ({ one, pass, now }) => {
    await submit(one, ...many(3, { runAt: now() + minuteMs }))
    pass(minuteMs + 5_000)
    assert.equal((await one.jobWork.sweep({ maxCrashes: 3 })).ready, 3)
    assert.equal((await one.jobWork.sweep({ maxCrashes: 3 })).ready, 0)
    assert.equal((await claim(one, 9)).length, 3)
  })

  check('come again after an attempt that failed, not before it is due', async ({ one, pass, now }) => {
    const id = await submitOne(one)
    await finish(one, await claimOne(one), { ...ends.again, runAt: now() + minuteMs })
    const waiting = await found(one, id)
    assert.deepEqual([waiting.state, waiting.error, waiting.attempts], ['queued', ends.again.error, 1])
    assert.deepEqual(await claim(one), [])
    pass(minuteMs + 5_000)
    const again = await claimOne(one)
    assert.deepEqual([again.job.id, again.job.attempts, again.attempt], [id, 2, 2])
  })

  check('do not come to who is past the deadline: it fails', async ({ one, other, pass, now }) => {
    const ids = await submit(
      one,
      { deadlineAt: now() + minuteMs },
      { deadlineAt: now() + minuteMs, runAt: now() + dayMs },
      {},
    )
    pass(2 * minuteMs)
    assert.deepEqual(idsOf(await claim(one, 9)), [ids[2]])
    assert.equal((await other.jobWork.sweep({ maxCrashes: 3 })).ended, 1)
    for (const id of ids.slice(0, 2)) {
      const job = await found(one, id)
      assert.deepEqual([job.state, job.error?.code, job.dead], ['failed', 'deadline_exceeded', undefined])
    }
  })
}
