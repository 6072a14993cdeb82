import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import { noRedis, openRedis } from '../../testing/redis-server.ts'
import { sqsEnvironment, startSqsDouble } from '../../testing/sqs-double.ts'
import { within } from '../callers/rig.ts'
import { createGate } from './gate.ts'
import { answered, chat, startJobRig } from './rig.ts'

Object.assign(process.env, sqsEnvironment)

/** Jobs of all classes, that wait until all of them are there, end in the order that the rows give them. */
const inOrder = async (config: ConfigInput): Promise<void> => {
  await using rig = await startJobRig({ config, workers: 0 })
  rig.upstream.always(answered())
  const jobs = []
  for (const priority of ['low', 'normal', 'high'] as const)
    jobs.push(await rig.submit({ body: chat(priority), priority }))
  rig.runtime.work(1)
  for (const { id } of jobs) assert.equal((await rig.runtime.jobs.wait(id, { ms: 20_000 })).job.state, 'succeeded')
  const asked = rig.upstream.journal.map(({ body }) => JSON.parse(body).messages[0].content)
  // Nobody is more urgent than its key allows, which is normal here; then the older comes first.
  assert.deepEqual(asked, ['normal', 'high', 'low'])
}

describe('jobs are done in the same order whatever tells workers of them', { concurrency: true }, () => {
  it('the store alone', () => inOrder({}))

  it('Redis', { skip: noRedis() ?? false }, async () => {
    const redis = await openRedis()
    const prefix = `{engines-${process.pid}}`
    await inOrder({ queue: { redis: { prefix } }, redis: redis.url })
    await redis.close()
  })

  it('SQS', async () => {
    const double = await startSqsDouble()
    const url = await double.makeQueue('rings')
    await inOrder({ queue: { sqs: { url, region: 'eu-central-1', endpoint: double.endpoint } } })
    await double.close()
  })
})

describe('a dead letter that is asked again', { concurrency: true }, () => {
  for (const suffix of ['', '.fifo'])
    it(`rings through SQS, in a queue rings${suffix}, and is done`, async () => {
      const double = await startSqsDouble()
      const url = await double.makeQueue(`rings${suffix}`)
      const queue = { sqs: { url, region: 'eu-central-1', endpoint: double.endpoint } }
      await using rig = await startJobRig({ config: { queue, jobs: { maxAttempts: 1 } }, workers: 1 })
      const messages = async (): Promise<number> => {
        const { waiting, hidden } = await double.counts(url)
        return waiting + hidden
      }
      rig.upstream.always({ status: 503 })
      const { job: dead } = await rig.ended(await rig.submit())
      assert.equal(dead.dead, 'exhausted')
      // While the only place is full, nobody answers what rings.
      const gate = createGate(rig.upstream)
      const other = await rig.submit()
      await within(8_000, async () => gate.waiting() === 1 && (await messages()) === 0)
      const again = await rig.runtime.jobs.retry(dead.id)
      await within(8_000, async () => (await messages()) === 1)
      gate.allow(2)
      for (const job of [other, again]) assert.equal((await rig.ended(job)).job.state, 'succeeded')
      await within(8_000, async () => (await messages()) === 0)
      await double.close()
    })
})
