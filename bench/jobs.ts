/**
 * How many jobs does one process do in a second, and how soon does one that has nothing to do begin? The provider answers at
 * once, inside the process, so that what is measured is taking jobs, doing them through the whole gateway, and keeping what
 * came. `node bench/jobs.ts [--store sqlite|memory] [--jobs 20000] [--workers 64] [--queue redis [--redis <url>]]`: a new store in a
 * folder that goes with it; without an address a Redis of its own, whose processor time is not told.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { assemble } from '../src/config/assemble.ts'
import { parseConfig } from '../src/config/load.ts'
import type { Runtime } from '../src/config/runtime.ts'
import { createRedisBell } from '../src/jobs/redis-bell.ts'
import { createJobDoors } from '../src/server/perform.ts'
import { startRedis } from '../src/testing/redis-server.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    jobs: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '64' },
    queue: { type: 'string' },
    redis: { type: 'string' },
  },
})
const wanted = Number(values.jobs)

const body = Buffer.from(
  JSON.stringify({ model: 'sim/small', max_tokens: 20, messages: [{ role: 'user', content: 'What is a gateway?' }] }),
)
const wish = {
  endpoint: '/v1/chat/completions',
  headers: { 'content-type': 'application/json' },
  body: { bytes: body },
  model: 'sim/small',
}
const caller = { key: 'anonymous' }
/** So many are submitted at once. */
const together = 500

/** What tells workers of jobs. */
interface Engine {
  /** As it is configured. */
  readonly settings: object
  /** Fulfilled when no ring waits to be heard. */
  quiet(): Promise<void>
  close(): Promise<void>
}

const openEngine = async (): Promise<Engine> => {
  const nothing = async (): Promise<void> => {}
  if (values.queue !== 'redis')
    return { settings: values.queue === undefined ? {} : { queue: values.queue }, quiet: nothing, close: nothing }
  const own = values.redis === undefined ? await startRedis() : undefined
  const url = own?.url ?? values.redis ?? ''
  const prefix = `{bench-${process.pid}}`
  const bell = createRedisBell({ url, prefix, report: (message, facts) => console.error(message, facts) })
  return {
    settings: { queue: { redis: { prefix } }, redis: url },
    quiet: async () => {
      while (((await bell.waiting()) ?? 0) > 0) await sleep(20)
    },
    close: async () => {
      await bell.close()
      await own?.close()
    },
  }
}

const submitAll = async ({ jobs }: Runtime, count: number): Promise<number> => {
  const began = performance.now()
  for (let made = 0; made < count; made += together)
    await Promise.all(Array.from({ length: together }, () => jobs.submit(caller, wish)))
  return performance.now() - began
}

const untilDone = async ({ jobs }: Runtime): Promise<number> => {
  const began = performance.now()
  for (;;) {
    const { queued, running } = await jobs.counts()
    if (queued + running === 0) return performance.now() - began
    await sleep(20)
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const wakeUps = async ({ jobs }: Runtime, turns: number): Promise<{ begun: number[]; ended: number[] }> => {
  const begun: number[] = []
  const ended: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    await sleep(5)
    const began = performance.now()
    const { job } = await jobs.submit(caller, wish)
    const view = await jobs.wait(job.id, { ms: 5_000 })
    ended.push(performance.now() - began)
    begun.push((view.job.startedAt ?? Number.NaN) - view.job.createdAt)
  }
  const order = (one: number, other: number): number => one - other
  return { begun: begun.sort(order), ended: ended.sort(order) }
}

const rate = (count: number, ms: number): string => `${Math.round(count / (ms / 1_000))} a second`

/** Processor time of this process for each job, in microseconds, since `from`. */
const cpuEach = (from: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(from)
  return Math.round((user + system) / wanted)
}

const measure = async (runtime: Runtime, { quiet }: Engine): Promise<void> => {
  // What is loaded and compiled at first use is not what is asked here.
  const warm = runtime.work(Number(values.workers))
  await submitAll(runtime, 1_000)
  await untilDone(runtime)
  await quiet()
  await warm.close({ graceMs: 1_000 })
  const before = process.cpuUsage()
  const submitMs = await submitAll(runtime, wanted)
  console.log(
    `${wanted} submitted, ${together} at a time: ${rate(wanted, submitMs)}, ${cpuEach(before)} µs of CPU each`,
  )
  const between = process.cpuUsage()
  runtime.work(Number(values.workers))
  const doneMs = await untilDone(runtime)
  await quiet()
  console.log(`done, ${values.workers} at a time: ${rate(wanted, doneMs)}, ${cpuEach(between)} µs of CPU each`)
  const { begun, ended } = await wakeUps(runtime, 200)
  console.log(
    `one at a time, nothing else to do: begins after ${percentile(begun, 0.5)} ms (p95 ${percentile(begun, 0.95)} ms), ` +
      `has ended after ${percentile(ended, 0.5).toFixed(1)} ms (p95 ${percentile(ended, 0.95).toFixed(1)} ms)`,
  )
}

const engine = await openEngine()
const folder = await mkdtemp(join(tmpdir(), 'tollgate-jobs-'))
const config = await parseConfig(
  {
    discover: false,
    store: values.store === 'memory' ? 'memory' : `sqlite:${join(folder, 'tollgate.db')}`,
    telemetry: { log: 'silent', metrics: true },
    providers: { sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1_000_000 } },
    ...engine.settings,
  } as never,
  {},
)
const runtime = await assemble(config, { doors: createJobDoors })
try {
  await measure(runtime, engine)
} finally {
  await runtime.close()
  await engine.close()
  await rm(folder, { recursive: true })
}
