import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Job, JobOrder } from '../core/job.ts'
import type { ClaimedJob, Finished, JobStore, JobWork } from '../stores/job-store.ts'
import type { LedgerStore } from '../stores/store.ts'
import type { WebhookStore } from '../stores/webhook-store.ts'

/** What one process sees of jobs. */
export interface JobsOfProcess {
  /** Where money is set aside for them. */
  readonly ledger: LedgerStore
  readonly jobs: JobStore
  readonly jobWork: JobWork
  readonly webhooks: WebhookStore
}

/** One store of jobs as two processes have it, empty at first. */
export interface OpenedJobs {
  readonly one: JobsOfProcess
  readonly other: JobsOfProcess
  /** Moves the store's clock on. */
  pass(ms: number): void
  /** The store's clock, about. */
  now(): number
  /** Makes the store take whoever has money of a job for dead. */
  fence(): Promise<void>
  close(): Promise<void>
}

export type JobCheck = (behaviour: string, body: (opened: OpenedJobs) => Promise<void>) => void

/** Runs a behaviour against a store of its own. */
export const checkerOf =
  (open: () => Promise<OpenedJobs>): JobCheck =>
  (behaviour, body) => {
    it(behaviour, async () => {
      const opened = await open()
      try {
        await body(opened)
      } finally {
        await opened.close()
      }
    })
  }

export const minuteMs = 60_000
export const dayMs = 86_400_000

let lastId = 0

/** An order like any other. */
export const orderOf = (more: Partial<JobOrder> = {}): JobOrder => ({
  id: `job_${String(++lastId).padStart(24, '0')}`,
  owner: 'team:web',
  caller: '{"key":"web"}',
  endpoint: '/v1/chat/completions',
  headers: { 'content-type': 'application/json' },
  body: { bytes: Buffer.from('{"model":"fast"}') },
  model: 'fast',
  priority: 'normal',
  weight: 1,
  runAt: 0,
  deadlineAt: undefined,
  maxAttempts: 3,
  webhook: undefined,
  metadata: undefined,
  retryOf: undefined,
  holds: false,
  keepMs: dayMs,
  ...more,
})

/** What must be there. */
export const there = <T>(value: T | undefined): T => value ?? assert.fail('it is not there')

/** Submits orders, each a job of its own; gives their ids. */
export const submit = async ({ jobs }: JobsOfProcess, ...orders: readonly Partial<JobOrder>[]): Promise<string[]> => {
  const submitted = await jobs.submit(orders.map((more) => ({ order: orderOf(more), key: undefined })))
  return submitted.map((each) => {
    assert.ok(each.kind === 'made')
    return each.job.id
  })
}

/** Submits one. */
export const submitOne = async (process: JobsOfProcess, more: Partial<JobOrder> = {}): Promise<string> => {
  const [id] = await submit(process, more)
  return there(id)
}

export const claim = (
  { jobWork }: JobsOfProcess,
  most = 1,
  { worker = 'a worker', leaseMs = minuteMs }: { readonly worker?: string; readonly leaseMs?: number } = {},
): Promise<readonly ClaimedJob[]> => jobWork.claim({ worker, most, leaseMs })

/** Claims one that must be there. */
export const claimOne = async (process: JobsOfProcess, leaseMs?: number): Promise<ClaimedJob> => {
  const [claimed] = await claim(process, 1, leaseMs === undefined ? {} : { leaseMs })
  return there(claimed)
}

/** What a job came to. */
export const answer = (text = 'the answer') => ({
  status: 200,
  contentType: 'application/json',
  body: { bytes: Buffer.from(text) },
})

export const failure = { code: 'upstream_failed', message: 'The provider failed.' } as const

export const ends = {
  succeeded: { kind: 'succeeded', result: answer() },
  failed: { kind: 'failed', error: failure },
  exhausted: { kind: 'failed', error: failure, dead: 'exhausted' },
  again: { kind: 'again', error: failure, runAt: 0 },
  cancelled: { kind: 'cancelled' },
  released: { kind: 'released' },
} as const satisfies Record<string, Finished['end']>

/** Ends an attempt. */
export const finish = async (
  { jobWork }: JobsOfProcess,
  { fence, job: { id } }: ClaimedJob,
  end: Finished['end'] = ends.succeeded,
  more: Partial<Pick<Finished, 'costNanos' | 'usage' | 'call' | 'spent'>> = {},
): Promise<boolean> => {
  const [taken] = await jobWork.finish([{ fence, id, call: 'a call', costNanos: 5n, ...more, end }])
  return there(taken)
}

/** A job that must be there. */
export const found = async ({ jobs }: JobsOfProcess, id: string): Promise<Job> => there(await jobs.find(id))

export const textOf = (body: JobOrder['body'] | undefined): string =>
  body && 'bytes' in body ? Buffer.from(body.bytes).toString() : assert.fail('no bytes')

export const idsOf = (claimed: readonly ClaimedJob[]): string[] => claimed.map(({ job }) => job.id)
