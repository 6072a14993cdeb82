import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolder, type Working, work } from '../../cli/spawned.ts'
import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { Runtime } from '../../config/runtime.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { Job } from '../../core/job.ts'
import { createJobDoors } from '../../server/perform.ts'
import { createSqliteStore } from '../../stores/sqlite/index.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { answered, anyone, chat, rigConfig } from './rig.ts'

/** Variables of an environment. */
type Variables = Readonly<Record<string, string>>

/** Workers of the command line on one store, and whoever gives them jobs. */
export interface Workshop extends AsyncDisposable {
  readonly upstream: FakeUpstream
  /** Of the process of the test, which does no jobs. */
  readonly runtime: Runtime
  readonly path: string
  /** Starts one more worker. */
  add(concurrency?: number, environment?: Variables): Promise<Working>
  /** Ends all workers at once. */
  stop(): Promise<void>
  /** So many jobs, each with its number as the question. */
  submit(count: number, from?: number): Promise<readonly Job[]>
  /** Waits until no job waits or runs. */
  settled(withinMs: number): Promise<void>
}

/** `surroundings`: for every worker. */
export const startWorkshop = async (more: ConfigInput = {}, surroundings: Variables = {}): Promise<Workshop> => {
  const upstream = await startFakeUpstream()
  upstream.always(answered())
  const folder = await createFolder()
  const path = join(folder.path, 'tollgate.db')
  const input: ConfigInput = {
    ...rigConfig(upstream.url),
    store: `sqlite:${path}`,
    telemetry: { log: 'warn', metrics: false },
    server: { drain: { notReady: '0s', streams: '5s' } },
    jobs: { lease: '2s', maxAttempts: 3 },
    ...more,
  }
  const file = join(folder.path, 'tollgate.json')
  await writeFile(file, JSON.stringify(input))
  const config = await parseConfig({ ...input, telemetry: { log: 'silent' } }, {})
  const runtime = await assemble(config, { doors: createJobDoors })
  const workers: Working[] = []
  const stop = async (): Promise<void> => {
    for (const { child } of workers) child.kill('SIGKILL')
    await Promise.all(workers.map(({ ended }) => ended))
  }
  return {
    upstream,
    runtime,
    path,
    add: async (concurrency = 8, environment = {}) => {
      const words = ['--config', file, '--concurrency', String(concurrency)]
      const worker = await work(words, { folder: folder.path, environment: { ...surroundings, ...environment } })
      workers.push(worker)
      return worker
    },
    submit: (count, from = 0) =>
      Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const body = { bytes: Buffer.from(JSON.stringify(chat(`question ${from + index}`))) }
          const headers = { 'content-type': 'application/json' }
          const endpoint = '/v1/chat/completions'
          return (await runtime.jobs.submit(anyone, { endpoint, headers, model: 'chat', body })).job
        }),
      ),
    settled: async (withinMs) => {
      const end = performance.now() + withinMs
      for (;;) {
        const { queued, running } = await runtime.jobs.counts()
        if (queued + running === 0) return
        assert.ok(performance.now() < end, `${queued} wait and ${running} run`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await runtime.close()
      await upstream.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Ends a worker as a machine without power does. */
export const kill = async ({ child, ended }: Working): Promise<void> => {
  child.kill('SIGKILL')
  await ended
}

/** Lines of the ledger, by the id of their call. */
export const ledgerCalls = async (path: string): Promise<readonly string[]> => {
  const store = await createSqliteStore(path)
  try {
    const texts = await store.reports.lines({ from: 0, to: Date.now() + 3_600_000, where: {}, limit: 1_000_000 })
    return texts.map((text) => (JSON.parse(text) as { call: string }).call)
  } finally {
    await store.close()
  }
}

/** Which question a request at the upstream asks. */
export const questionOf = (body: string): string => JSON.parse(body).messages[0].content

/** Waits until the upstream was asked so often. */
export const arrived = (upstream: FakeUpstream, count: number): Promise<void> =>
  until(() => upstream.journal.length >= count, `not ${count} calls at the upstream`, 60_000)
