import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRows } from '../testing/bell-rows.ts'
import { Places } from './places.ts'

const report = () => {}

describe('the places of a worker', () => {
  it('have room as long as one is free, and again when a task ends', async () => {
    const rows = createRows()
    const work = rows.holdTasks()
    const places = new Places(rows.answerer({ name: 'one', concurrency: 2 }), { report })
    assert.equal(places.room, 2)
    await places.free()
    places.wake(rows.add('job_a', 'job_b', 'job_c'))
    await rows.begun(2)
    assert.equal(places.room, 0)
    let isFree = false
    const freed = places.free().then(() => {
      isFree = true
    })
    await rows.pause(10)
    assert.equal(isFree, false)
    work.go()
    await freed
    await rows.done(3)
    await rows.until(() => places.isIdle)
    await places.close()
  })

  it('are all filled by one ring, where there are jobs for them', async () => {
    const rows = createRows()
    const work = rows.holdTasks()
    const places = new Places(rows.answerer({ name: 'one', concurrency: 16 }), { report })
    const [ring] = rows.add(...Array.from({ length: 20 }, (_, index) => `job_${index}`))
    places.wake(ring ? [ring] : [])
    await rows.begun(16)
    work.go()
    await rows.done(20)
    await places.close()
  })

  it('find jobs by themselves, if they are to look, until they are closed', async () => {
    const rows = createRows()
    const places = new Places(rows.answerer({ name: 'one' }), { report, lookMs: 5 })
    rows.add('job_a', 'job_b')
    await rows.done(2)
    await places.close()
    const asked = rows.asked('one')
    rows.add('job_c')
    await rows.pause(30)
    assert.equal(rows.asked('one'), asked)
  })

  it('have none while their store fails, and go on by themselves', async () => {
    const rows = createRows()
    const places = new Places(rows.answerer({ name: 'one' }), { report })
    rows.failTakes(1)
    places.wake(rows.add('job_a'))
    await rows.until(() => places.room === 0)
    await places.free()
    await rows.done(1)
    await places.close()
  })

  it('tell when the store has answered what rang: with a job, or that there is none', async () => {
    const rows = createRows()
    const work = rows.holdTasks()
    const places = new Places(rows.answerer({ name: 'one' }), { report })
    rows.failTakes(2)
    places.wake(rows.add('job_a'))
    assert.equal(await places.answered(), true)
    assert.deepEqual([rows.asked('one') > 0, rows.finished()], [true, []])
    await rows.until(() => places.room === 1)
    places.wake([])
    assert.equal(await places.answered(), true)
    work.go()
    await places.close()
  })

  it('take no answer for what rang after it was asked for', async () => {
    const answers: PromiseWithResolvers<undefined>[] = []
    const take = (): Promise<undefined> => {
      const answer = Promise.withResolvers<undefined>()
      answers.push(answer)
      return answer.promise
    }
    const places = new Places({ concurrency: 1, take }, { report })
    places.wake([])
    places.hear({ job: 'job_a', owner: 'team:a' })
    let isAnswered = false
    const answered = places.answered().then(() => {
      isAnswered = true
    })
    answers[0]?.resolve(undefined)
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([answers.length, isAnswered], [2, false])
    answers[1]?.resolve(undefined)
    await answered
    await places.close()
  })

  it('tell that nothing was answered when they are closed before', async () => {
    const rows = createRows()
    const places = new Places(rows.answerer({ name: 'one' }), { report })
    rows.failTakes(Number.POSITIVE_INFINITY)
    places.wake(rows.add('job_a'))
    const answered = places.answered()
    await rows.until(() => places.room === 0)
    await places.close()
    assert.deepEqual([await answered, await places.answered()], [false, false])
  })

  it('tell whoever waits for one that they are closed', async () => {
    const rows = createRows()
    const work = rows.holdTasks()
    const places = new Places(rows.answerer({ name: 'one', concurrency: 1 }), { report })
    places.wake(rows.add('job_a'))
    await rows.begun(1)
    const freed = places.free()
    const closed = places.close()
    await freed
    work.go()
    await closed
    assert.deepEqual(rows.finished(), ['job_a'])
  })
})
