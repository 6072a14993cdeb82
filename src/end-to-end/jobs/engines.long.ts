import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { noRedis, startRedis } from '../../testing/redis-server.ts'
import { startJobRig } from './rig.ts'

describe('a Redis that tells workers of jobs', { skip: noRedis() ?? false }, () => {
  it('may be away while jobs are handed in: none is refused, and all are done soon after it is back', async () => {
    const redis = await startRedis()
    const rig = await startJobRig({ config: { queue: 'redis', redis: redis.url } })
    await redis.kill()
    const jobs = await Promise.all(Array.from({ length: 50 }, () => rig.submit()))
    await redis.start()
    const views = await Promise.all(jobs.map(({ id }) => rig.runtime.jobs.wait(id, { ms: 30_000 })))
    assert.ok(views.every(({ job }) => job.state === 'succeeded'))
    await rig[Symbol.asyncDispose]()
    await redis.close()
  })

  it('may lose everything: what waited is done within 30 s', async () => {
    const redis = await startRedis()
    const rig = await startJobRig({ config: { queue: 'redis', redis: redis.url }, workers: 0 })
    const jobs = await Promise.all(Array.from({ length: 50 }, () => rig.submit()))
    const other = new Redis(redis.url)
    await other.flushall()
    other.disconnect()
    rig.runtime.work(4)
    const views = await Promise.all(jobs.map(({ id }) => rig.runtime.jobs.wait(id, { ms: 30_000 })))
    assert.ok(views.every(({ job }) => job.state === 'succeeded'))
    assert.equal(rig.upstream.journal.length, 50)
    await rig[Symbol.asyncDispose]()
    await redis.close()
  })
})
