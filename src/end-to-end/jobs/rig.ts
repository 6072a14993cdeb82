import assert from 'node:assert/strict'
import { type Additions, assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { Runtime } from '../../config/runtime.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { Caller } from '../../core/call.ts'
import type { Job } from '../../core/job.ts'
import type { CallRecord } from '../../core/record.ts'
import type { JobView, JobWish } from '../../jobs/jobs.ts'
import { createJobDoors } from '../../server/perform.ts'
import { createFetch } from '../../server/web.ts'
import {
  type FakeUpstream,
  openaiText,
  type ReceivedRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { forgetful, openaiAt } from '../faults/harness.ts'

export type Wish = Partial<Omit<JobWish, 'body'>> & { readonly body?: object }

/** A gateway that does jobs, before one upstream. */
export interface JobRig extends AsyncDisposable {
  readonly upstream: FakeUpstream
  readonly runtime: Runtime
  readonly records: readonly CallRecord[]
  /** Asks for a job, a chat by default. */
  submit(wish?: Wish, caller?: Caller): Promise<Job>
  /** Waits for the end of a job. */
  ended(job: Pick<Job, 'id'>): Promise<JobView>
  /** The same request at a door, as a live caller makes it. */
  live(body: object, endpoint?: string): Promise<Response>
}

export interface JobRigOptions extends Pick<Additions, 'store' | 'jobPauses'> {
  readonly config?: ConfigInput
  /** Jobs at a time; 0: none are done. Default 4. */
  readonly workers?: number
}

export const anyone: Caller = { key: 'anonymous' }

/** A question in OpenAI's language. */
export const chat = (content = 'Hello.', more: object = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content }],
  ...more,
})

/** An answer in the form that was asked for. */
export const answered =
  (text = 'Done.') =>
  ({ body }: ReceivedRequest): Step =>
    openaiText(text, { stream: JSON.parse(body).stream === true, usage: { input: 40, output: 10 } })

export const textOf = ({ job }: JobView): string => {
  const body = job.result?.body
  assert.ok(body && 'bytes' in body, `no result: ${JSON.stringify(job.error)}`)
  return Buffer.from(body.bytes).toString()
}

export const rigConfig = (url: string): ConfigInput => ({
  discover: false,
  store: 'memory',
  telemetry: { log: 'silent' },
  providers: { up: openaiAt(url) },
  models: { chat: { targets: ['up/gpt-test'] } },
  retry: { attempts: 1 },
  prices: { 'up/*': { input: 1, output: 2 } },
})

export const startJobRig = async ({ config, workers = 4, ...more }: JobRigOptions = {}): Promise<JobRig> => {
  const upstream = await startFakeUpstream()
  upstream.always(answered())
  const records: CallRecord[] = []
  const checked = await parseConfig({ ...rigConfig(upstream.url), ...config }, {})
  const runtime = await assemble(checked, {
    doors: createJobDoors,
    health: forgetful.health,
    jobPauses: { firstMs: 10, mostMs: 20 },
    sinks: [(record) => records.push(record)],
    ...more,
  })
  if (workers > 0) runtime.work(workers)
  const ask = createFetch({ ...runtime, clientKeys: new Set(), maxBodyBytes: 1_048_576 })
  return {
    upstream,
    runtime,
    records,
    submit: async ({ body = chat(), ...wish } = {}, caller = anyone) => {
      const bytes = Buffer.from(JSON.stringify(body))
      const endpoint = '/v1/chat/completions'
      const headers = { 'content-type': 'application/json' }
      return (await runtime.jobs.submit(caller, { endpoint, headers, model: 'chat', ...wish, body: { bytes } })).job
    },
    ended: ({ id }) => runtime.jobs.wait(id, { ms: 4_000 }),
    live: (body, endpoint = '/v1/chat/completions') =>
      ask(
        new Request(`http://localhost${endpoint}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    async [Symbol.asyncDispose]() {
      await runtime.close()
      await upstream.close()
    },
  }
}
