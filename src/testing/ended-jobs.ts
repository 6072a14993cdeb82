import { randomUUID } from 'node:crypto'
import type { JobOrder } from '../core/job.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import type { Finished } from '../stores/job-store.ts'
import type { Store } from '../stores/store.ts'

/** A job as somebody might submit it. */
export const sampleOrder = (given: Partial<JobOrder> = {}): JobOrder => ({
  id: `job_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
  owner: 'team:shop',
  caller: '{"key":"web","team":"shop"}',
  endpoint: '/v1/chat/completions',
  headers: {},
  body: { bytes: Buffer.from('{}') },
  model: 'chat',
  priority: 'normal',
  weight: 1,
  runAt: 0,
  deadlineAt: undefined,
  maxAttempts: 3,
  webhook: undefined,
  metadata: undefined,
  retryOf: undefined,
  holds: false,
  keepMs: 86_400_000,
  ...given,
})

const usage: Usage = { ...noUsage, input: 40, cacheRead: 8, output: 10, reasoning: 2 }

/** Submits jobs, has them claimed, and ends each of them so; gives their ids, in the order of submission. */
export const endJobs = async (
  { jobs, jobWork }: Pick<Store, 'jobs' | 'jobWork'>,
  orders: readonly Partial<JobOrder>[],
  end: Finished['end'] = { kind: 'cancelled' },
): Promise<readonly string[]> => {
  const submissions = orders.map((order) => ({ order: sampleOrder(order), key: undefined }))
  await jobs.submit(submissions)
  const claimed = await jobWork.claim({ worker: 'worker', most: orders.length, leaseMs: 60_000 })
  await jobWork.finish(
    claimed.map(({ fence, job: { id } }) => ({ fence, id, call: undefined, costNanos: 1_250_000n, usage, end })),
  )
  return submissions.map(({ order }) => order.id)
}
