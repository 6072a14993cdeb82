import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../faults/harness.ts'
import { arrived, startWorkshop } from './processes.ts'
import { answered } from './rig.ts'

describe('tollgate worker', () => {
  it('does jobs of the store, finishes what it has when it is asked to stop, and leaves the rest', async () => {
    await using shop = await startWorkshop()
    shop.upstream.always((request) => ({ ...answered()(request), headDelayMs: 200 }))
    const jobs = await shop.submit(3)
    const worker = await shop.add(2)
    await arrived(shop.upstream, 2)
    const { code, errors } = await worker.stop()
    assert.equal(code, 0, errors)
    const states = await Promise.all(jobs.map(async ({ id }) => (await shop.runtime.jobs.find(id)).job.state))
    assert.deepEqual(states.toSorted(), ['queued', 'succeeded', 'succeeded'])
  })

  it('stops a call within a second when another process cancels its job', async () => {
    await using shop = await startWorkshop()
    shop.upstream.always({ headDelayMs: 'forever' })
    const [job] = await shop.submit(1)
    await shop.add(2)
    await arrived(shop.upstream, 1)
    const began = performance.now()
    await shop.runtime.jobs.cancel(job?.id ?? '')
    await until(() => shop.upstream.openSockets() === 0, 'the connection stays open', 5_000)
    const tookMs = performance.now() - began
    const { job: ended } = await shop.runtime.jobs.wait(job?.id ?? '', { ms: 5_000 })
    assert.equal(ended.state, 'cancelled')
    assert.ok(tookMs < 1_000, `${tookMs} ms`)
  })
})
