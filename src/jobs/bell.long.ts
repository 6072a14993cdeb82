import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { after, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import type { JobEngine } from '../core/job-engine.ts'
import { createRows } from '../testing/bell-rows.ts'
import { noRedis, startRedis } from '../testing/redis-server.ts'
import { sqsEnvironment, startSqsDouble } from '../testing/sqs-double.ts'
import type { Bell } from './bell.ts'
import { createRedisBell } from './redis-bell.ts'
import { createSqsBell } from './sqs-bell.ts'

Object.assign(process.env, sqsEnvironment)
const report = () => {}

const open = (engine: JobEngine): Bell =>
  engine.kind === 'sqs'
    ? createSqsBell({ engine, report, holdSeconds: 2 })
    : createRedisBell({ url: engine.kind === 'redis' ? engine.url : '', prefix: '{long}', report, lockMs: 2_000 })

/** What a child does: it hears one ring, says so, and never comes to an end with it. */
if (process.argv[2] !== undefined) {
  open(JSON.parse(process.argv[2])).answer({
    concurrency: 1,
    take: async (ring) => {
      if (!ring) return undefined
      console.log(ring.job)
      return () => new Promise(() => {})
    },
  })
} else {
  await proofs()
}

async function proofs(): Promise<void> {
  const redis = noRedis() === undefined ? await startRedis() : undefined
  const double = await startSqsDouble()
  const engines: JobEngine[] = []
  if (redis) engines.push({ kind: 'redis', url: redis.url, prefix: '{long}' })
  for (const name of ['rings', 'rings.fifo']) {
    const url = await double.makeQueue(name)
    engines.push({ kind: 'sqs', queue: { url }, region: undefined, endpoint: double.endpoint })
  }
  after(() => Promise.all([redis?.close(), double.close()]))

  for (const engine of engines) {
    const name = engine.kind === 'sqs' && 'url' in engine.queue ? engine.queue.url.replace(/.*\//, 'sqs ') : engine.kind
    describe(`a bell on ${name}`, () => {
      for (const signal of ['SIGKILL', 'SIGSTOP'] as const)
        it(`keeps no job from others when a process that heard its ring gets ${signal}`, () =>
          lostWorker(engine, signal))
    })
  }
  describe('a bell on redis', { skip: noRedis() ?? false }, () => {
    it('has a thousand jobs done, though Redis loses everything ten times', () => flushed(redis?.url ?? ''))
  })
}

const answersInChild = async (engine: JobEngine): Promise<{ child: ChildProcess; rung: Promise<unknown[]> }> => {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(engine)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  assert.ok(child.stdout)
  return { child, rung: once(createInterface(child.stdout), 'line') }
}

const lostWorker = async (engine: JobEngine, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> => {
  const rows = createRows()
  const bell = open(engine)
  const { child, rung } = await answersInChild(engine)
  try {
    const rings = rows.add('job_a')
    await bell.ring(rings)
    assert.deepEqual(await rung, ['job_a'])
    child.kill(signal)
    const start = performance.now()
    bell.answer(rows.answerer({ name: 'another' }))
    await rows.done(1)
    await bell.ring(rows.add('job_b'))
    await rows.done(2)
    // Nobody rings for this one.
    rows.add('job_c')
    await rows.done(3)
    assert.ok(performance.now() - start < 5_000, 'whatever the engine still holds')
  } finally {
    child.kill('SIGKILL')
    await bell.close()
  }
}

const flushed = async (url: string): Promise<void> => {
  const rows = createRows()
  const redis = new Redis(url)
  const bell = open({ kind: 'redis', url, prefix: '{long}' })
  bell.answer(rows.answerer({ name: 'one', concurrency: 8, workMs: 2 }))
  bell.answer(rows.answerer({ name: 'other', concurrency: 8, workMs: 2 }))
  for (let batch = 0; batch < 10; batch += 1) {
    await bell.ring(rows.add(...Array.from({ length: 100 }, (_, index) => `job_${batch}_${index}`)))
    await redis.flushall()
  }
  await rows.until(async () => {
    await bell.look(async () => 1)
    return rows.finished().length >= 1_000
  })
  assert.equal(new Set(rows.finished()).size, 1_000)
  redis.disconnect()
  await bell.close()
}
