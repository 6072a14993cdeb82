import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMemoryBank } from '../../stores/memory/index.ts'
import { until } from '../faults/harness.ts'
import { answered, startJobRig, textOf } from './rig.ts'

describe('a job that is cancelled', () => {
  it('never begins when it waits', async () => {
    await using rig = await startJobRig({ workers: 0 })
    const job = await rig.submit()
    assert.equal((await rig.runtime.jobs.cancel(job.id)).state, 'cancelled')
    rig.runtime.work(1)
    const other = await rig.ended(await rig.submit())
    assert.equal(other.job.state, 'succeeded')
    assert.equal(rig.upstream.journal.length, 1)
  })

  it('closes its connection to the upstream within 100 ms when it runs', async () => {
    await using rig = await startJobRig()
    rig.upstream.always({ headDelayMs: 'forever' })
    const job = await rig.submit()
    await until(() => rig.upstream.journal.length === 1, 'never asked')
    const began = performance.now()
    await rig.runtime.jobs.cancel(job.id)
    await until(() => rig.upstream.openSockets() === 0, 'the connection stays open')
    const tookMs = performance.now() - began
    assert.ok(tookMs < 100, `${tookMs} ms`)
    const view = await rig.ended(job)
    assert.equal(view.job.state, 'cancelled')
    assert.equal(view.attempts[0]?.outcome, 'cancelled')
    await until(() => rig.records.length === 1, 'no record')
    assert.equal(rig.records[0]?.outcome, 'cancelled')
  })

  it('stops within a second when another process cancels it', async () => {
    const bank = createMemoryBank()
    await using rig = await startJobRig({ store: bank.open() })
    await using other = await startJobRig({ store: bank.open(), workers: 0 })
    rig.upstream.always({ headDelayMs: 'forever' })
    const job = await other.submit()
    await until(() => rig.upstream.journal.length === 1, 'never asked')
    const began = performance.now()
    await other.runtime.jobs.cancel(job.id)
    await until(() => rig.upstream.openSockets() === 0, 'the connection stays open')
    assert.ok(performance.now() - began < 1_000)
    assert.equal((await other.ended(job)).job.state, 'cancelled')
  })
})

describe('a worker that stops', () => {
  it('finishes what it has, and takes nothing more', async () => {
    await using rig = await startJobRig({ workers: 1 })
    rig.upstream.always((request) => ({ ...answered()(request), headDelayMs: 150 }))
    const [first, second] = [await rig.submit(), await rig.submit()]
    await until(() => rig.upstream.journal.length === 1, 'never asked')
    await rig.runtime.stopWork({ graceMs: 3_000 })
    const states = await Promise.all(
      [first, second].map(async (job) => (await rig.runtime.jobs.find(job.id)).job.state),
    )
    assert.deepEqual(states, ['succeeded', 'queued'])
  })

  it('gives back what takes too long, and the attempt does not count', async () => {
    await using rig = await startJobRig({ workers: 2 })
    rig.upstream.script({ headDelayMs: 'forever' })
    const job = await rig.submit()
    await until(() => rig.upstream.journal.length === 1, 'never asked')
    await rig.runtime.stopWork({ graceMs: 20 })
    const { job: found, attempts } = await rig.runtime.jobs.find(job.id)
    assert.equal(found.state, 'queued')
    assert.equal(found.attempts, 0)
    assert.equal(attempts[0]?.outcome, 'released')
    await until(() => rig.upstream.openSockets() === 0, 'the connection stays open')
    rig.runtime.work(1)
    assert.equal(textOf(await rig.ended(job)).includes('Done.'), true)
  })
})

describe('a gateway that comes back', () => {
  it('does what was left waiting', async () => {
    const bank = createMemoryBank()
    const holder = bank.open()
    const jobs = await (async () => {
      await using rig = await startJobRig({ store: bank.open(), workers: 0 })
      return Promise.all([rig.submit(), rig.submit(), rig.submit()])
    })()
    await using rig = await startJobRig({ store: bank.open() })
    for (const job of jobs) assert.equal((await rig.ended(job)).job.state, 'succeeded')
    await holder.close()
  })
})
