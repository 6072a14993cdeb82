/** How many rings a second does a bell carry, and how long is it from a ring to its worker? Run: node bench/bells.ts */
import { setTimeout as wait } from 'node:timers/promises'
import type { Bell } from '../src/jobs/bell.ts'
import { createEmbeddedBell } from '../src/jobs/embedded-bell.ts'
import { createRedisBell } from '../src/jobs/redis-bell.ts'
import { createSqsBell } from '../src/jobs/sqs-bell.ts'
import { noRedis, startRedis } from '../src/testing/redis-server.ts'
import { sqsEnvironment, startSqsDouble } from '../src/testing/sqs-double.ts'

const places = 16
const atOnce = 100
const rounds = 200
const report = (message: string, facts: unknown): void => console.error(message, facts)

const ringsOf = (count: number) =>
  Array.from({ length: count }, () => ({ job: `job_${crypto.randomUUID()}`, owner: 'team:a' }))

interface Pace {
  readonly perSecond: number
  /** Of this process, for each ring. */
  readonly cpuMicros: number
}

/** Rings that are rung and answered; a job is there for each, and takes no time. */
const paceOf = async (bell: Bell, count: number): Promise<Pace> => {
  const all = Promise.withResolvers<void>()
  let due = 0
  let done = 0
  const task = async (): Promise<void> => {
    done += 1
    if (done === count) all.resolve()
  }
  const start = performance.now()
  const before = process.cpuUsage()
  const take = async () => {
    if (due === 0) return undefined
    due -= 1
    return task
  }
  const answering = bell.answer({ concurrency: places, take })
  for (let rung = 0; rung < count; rung += atOnce) {
    due += atOnce
    await bell.ring(ringsOf(atOnce))
  }
  await all.promise
  while (((await bell.waiting()) ?? 0) > 0) await wait(1)
  const perSecond = count / ((performance.now() - start) / 1000)
  const { user, system } = process.cpuUsage(before)
  await answering.close()
  return { perSecond, cpuMicros: (user + system) / count }
}

/** Milliseconds from a ring to the question of a worker that has nothing to do, in order. */
const delays = async (bell: Bell): Promise<readonly number[]> => {
  const found: number[] = []
  let rung: PromiseWithResolvers<void> | undefined
  const take = async () => {
    rung?.resolve()
    rung = undefined
    return undefined
  }
  const answering = bell.answer({ concurrency: places, take })
  await wait(500)
  for (let round = 0; round < rounds; round += 1) {
    rung = Promise.withResolvers<void>()
    const { promise } = rung
    const start = performance.now()
    await Promise.all([bell.ring(ringsOf(1)), promise])
    found.push(performance.now() - start)
    await wait(5)
  }
  await answering.close()
  return found.sort((a, b) => a - b)
}

const measure = async (name: string, bell: Bell, count: number): Promise<void> => {
  const found = await delays(bell)
  const at = (share: number): string => (found[Math.floor(found.length * share)] ?? 0).toFixed(1)
  const { perSecond, cpuMicros } = await paceOf(bell, count)
  console.log(`| ${name} | ${perSecond.toFixed(0)} | ${cpuMicros.toFixed(0)} µs | ${at(0.5)} / ${at(0.95)} ms |`)
  await bell.close()
}

console.log(
  '| engine | rings a second | CPU of one here | from ring to worker, half / 95 % |\n| --- | --- | --- | --- |',
)
await measure('embedded', createEmbeddedBell({ watch: () => () => {}, report }), 100_000)
if (noRedis() === undefined) {
  const redis = await startRedis()
  await measure('redis', createRedisBell({ url: redis.url, prefix: '{bench}', report }), 10_000)
  await redis.close()
}
Object.assign(process.env, sqsEnvironment)
const double = await startSqsDouble()
const url = await double.makeQueue('rings')
const engine = { kind: 'sqs', queue: { url }, region: undefined, endpoint: double.endpoint } as const
await measure('sqs (an emulator in this process)', createSqsBell({ engine, report, askMs: 10_000 }), 500)
await double.close()
