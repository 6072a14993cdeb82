import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import { noRedis, openRedis } from '../../testing/redis-server.ts'
import { sqsEnvironment, startSqsDouble } from '../../testing/sqs-double.ts'
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
