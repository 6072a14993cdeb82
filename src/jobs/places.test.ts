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
