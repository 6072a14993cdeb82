import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createRows } from '../testing/bell-rows.ts'
import { bellSuite } from '../testing/bell-suite.ts'
import { type SqsAsked, startSqsBetween } from '../testing/sqs-between.ts'
import { type SqsDouble, sqsEnvironment, startSqsDouble } from '../testing/sqs-double.ts'
import { createSqsBell } from './sqs-bell.ts'

const report = () => {}
Object.assign(process.env, sqsEnvironment)
const shared = await startSqsDouble()
after(() => shared.close())
let worlds = 0

const bellOf = (queue: { readonly url: string } | { readonly name: string }, endpoint = shared.endpoint) =>
  createSqsBell({ engine: { kind: 'sqs', queue, region: undefined, endpoint }, report, holdSeconds: 1, askMs: 10_000 })

const suite = (suffix: string): void =>
  bellSuite({
    name: `sqs, rings${suffix}`,
    open: async ({ isAlone }) => {
      let double: SqsDouble = isAlone ? await startSqsDouble() : shared
      const { endpoint } = double
      const name = `rings${worlds++}${suffix}`
      const url = await double.makeQueue(name)
      return {
        open: () => bellOf({ url }, endpoint),
        lose: () => double.purge(url),
        outage: {
          begin: () => double.close(),
          end: async () => {
            double = await startSqsDouble(Number(new URL(endpoint).port))
            await double.makeQueue(name)
          },
        },
        close: async () => (isAlone ? double.close() : undefined),
      }
    },
  })

describe('sqs', { concurrency: 3 }, () => {
  suite('')
  suite('.fifo')

  it('finds a queue by its name', async () => {
    await shared.makeQueue('named')
    const bell = bellOf({ name: 'named' })
    await bell.ring([{ job: 'job_a', owner: 'team:a' }])
    assert.equal(await bell.waiting(), 1)
    await bell.close()
  })

  it('says that a queue is not there', async () => {
    const bell = bellOf({ name: 'nowhere' })
    const words = 'SQS did not take the rings of jobs: QueueDoesNotExist.'
    await assert.rejects(bell.ring([{ job: 'job_a', owner: 'team:a' }]), { code: 'store_unavailable', message: words })
    await bell.close()
  })

  for (const suffix of ['', '.fifo'])
    it(`says whose rings are in a queue rings${suffix}`, async () => {
      const entries: SqsAsked['entries'][number][] = []
      await using between = await startSqsBetween(shared.endpoint, (asked) => {
        entries.push(...asked.entries)
        return undefined
      })
      const bell = bellOf({ url: await shared.makeQueue(`whose${suffix}`) }, between.endpoint)
      await bell.ring(['team:a', 'team:b', 'team:a'].map((owner, index) => ({ job: `job_${index}`, owner })))
      const groups = new Set(entries.map((entry) => entry.MessageGroupId))
      // In a FIFO queue a group is one after the other.
      assert.equal(groups.size, suffix === '' ? 2 : 3)
      assert.doesNotMatch([...groups].join(), /team/)
      assert.equal(new Set(entries.map((entry) => entry.MessageDeduplicationId)).size, suffix === '' ? 1 : 3)
      await bell.close()
    })

  it('takes what a stranger sends for no more than a reason to look', async () => {
    const rows = createRows()
    const url = await shared.makeQueue('open')
    const bell = bellOf({ url })
    bell.answer(rows.answerer({ name: 'one', concurrency: 1 }))
    for (const body of ['{', '[]', 'null', '{"job":5,"owner":{}}', '{"__proto__":{"job":"x"}}'])
      await shared.send(url, body)
    rows.add('job_a')
    await shared.send(url, 'look')
    await rows.done(1)
    await rows.until(async () => (await bell.waiting()) === 0)
    await bell.close()
  })
})
