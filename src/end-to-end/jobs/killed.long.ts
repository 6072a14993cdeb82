import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Working } from '../../cli/spawned.ts'
import type { Job } from '../../core/job.ts'
import { noRedis, startRedis } from '../../testing/redis-server.ts'
import { sqsEnvironment } from '../../testing/sqs-double.ts'
import { seeded, until } from '../faults/harness.ts'
import { type Engine, engines } from './engines.ts'
import { createGate } from './gate.ts'
import { arrived, kill, ledgerCalls, questionOf, startWorkshop, type Workshop } from './processes.ts'
import { answered } from './rig.ts'

Object.assign(process.env, sqsEnvironment)

interface Amount {
  readonly kills: number
  readonly count: number
}

const places = 16

/** Two workers do jobs, and every so often one of them is killed and another one comes. */
const killThroughout = async (shop: Workshop, { kills, count }: Amount): Promise<readonly Job[]> => {
  const random = seeded(11)
  const gate = createGate(shop.upstream)
  const jobs = await shop.submit(count)
  const workers = [await shop.add(places), await shop.add(places)]
  for (let killed = 0; killed < kills; killed++) {
    const before = shop.upstream.journal.length
    gate.allow(Math.floor(count / (kills + 3)))
    await until(() => shop.upstream.journal.length > before && gate.waiting() >= places, 'nothing is under way', 60_000)
    const victim = Math.floor(random() * 2)
    await kill(workers[victim] as Working)
    workers[victim] = await shop.add(places)
  }
  gate.allow(Number.MAX_SAFE_INTEGER)
  await shop.settled(180_000)
  return jobs
}

const checkAll = async (shop: Workshop, jobs: readonly Job[], { kills, count }: Amount): Promise<void> => {
  const { runtime, upstream, path } = shop
  const views = await Promise.all(jobs.map(({ id }) => runtime.jobs.find(id)))
  const states = Map.groupBy(views, ({ job }) => job.state)
  assert.deepEqual([...states.keys()], ['succeeded'], JSON.stringify(states.get('failed')?.[0]?.job.error))
  // One result each; whatever else was begun is an attempt that was lost.
  for (const { attempts } of views)
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'lost'),
      ['succeeded'],
    )
  const asked = Map.groupBy(upstream.journal, ({ body }) => questionOf(body))
  assert.equal(asked.size, count)
  const lost = views.reduce((sum, { job }) => sum + job.crashes, 0)
  assert.ok(lost >= kills, `${lost} attempts lost`)
  assert.ok(upstream.journal.length - count <= lost, `${upstream.journal.length} calls, ${lost} attempts lost`)
  // Every line of the ledger is a call that was made; the call that a job was done by has one, whoever was killed after it.
  const lines = await ledgerCalls(path)
  assert.equal(new Set(lines).size, lines.length)
  assert.ok(lines.length <= upstream.journal.length)
  const booked = new Set(lines)
  for (const { job, attempts } of views) assert.ok(booked.has(attempts.at(-1)?.call ?? ''), job.id)
  console.log(
    `${upstream.journal.length} calls for ${count} jobs, ${lost} attempts lost with their worker, ${lines.length} lines in the ledger`,
  )
}

/** How many of these jobs succeeded. */
const doneOf = async ({ runtime }: Workshop, jobs: readonly Job[]): Promise<number> => {
  const views = await Promise.all(jobs.map(({ id }) => runtime.jobs.find(id)))
  return views.filter(({ job }) => job.state === 'succeeded').length
}

describe('workers that are killed', { timeout: 900_000 }, () => {
  for (const { name, start, missing } of engines) {
    const amount = { kills: 25, count: 1_000 }
    const words = `lose none of ${amount.count} jobs and do none twice over, ${amount.kills} times on ${name}`
    it(words, { skip: missing ?? false }, async () => {
      await using engine = await start()
      const config = { ...engine.config, jobs: { lease: '2s', maxCrashes: 10 } }
      await using shop = await startWorkshop(config, engine.environment)
      await checkAll(shop, await killThroughout(shop, amount), amount)
    })
  }
})

describe('a broker that is away, or loses everything', { timeout: 300_000 }, () => {
  it('is not needed: jobs are done while it is away', { skip: noRedis() ?? false }, async () => {
    const redis = await startRedis()
    try {
      await using shop = await startWorkshop({ queue: 'redis', redis: redis.url })
      await shop.add(8)
      await redis.kill()
      const jobs = await shop.submit(50)
      await shop.settled(30_000)
      assert.equal(await doneOf(shop, jobs), 50)
    } finally {
      await redis.close()
    }
  })

  for (const { name, start, missing } of engines.filter(({ name }) => name !== 'SQLite alone'))
    it(`has every job done once, though ${name} loses everything five times`, { skip: missing ?? false }, async () => {
      await using engine = await start()
      await using shop = await startWorkshop({ ...engine.config, jobs: { lease: '10s' } }, engine.environment)
      const gate = createGate(shop.upstream)
      const jobs = await shop.submit(200)
      await Promise.all([shop.add(8), shop.add(8)])
      for (let done = 0; done < 200; done += 40) {
        await until(() => gate.waiting() >= Math.min(16, 200 - done), 'places stay free', 20_000)
        await engine.lose()
        gate.allow(40)
      }
      await shop.settled(30_000)
      assert.equal(await doneOf(shop, jobs), 200)
      assert.equal(shop.upstream.journal.length, 200)
    })
})

/** A worker freezes in the middle of a job, and wakes up when another one has done it. */
const freeze = async (engine: Engine): Promise<void> => {
  await using shop = await startWorkshop(engine.config, engine.environment)
  let answer: () => void = () => {}
  shop.upstream.script(
    (request) =>
      new Promise((resolve) => {
        answer = () => resolve(answered('first')(request))
      }),
  )
  const [job] = await shop.submit(1)
  assert.ok(job)
  const frozen = await shop.add(1)
  await arrived(shop.upstream, 1)
  frozen.child.kill('SIGSTOP')
  await shop.add(1)
  const { job: done } = await shop.runtime.jobs.wait(job.id, { ms: 60_000 })
  assert.equal(done.state, 'succeeded')
  const [before] = [await shop.runtime.jobs.find(job.id)]
  answer()
  // What it was answered waits before its door when it wakes up.
  await sleep(300)
  frozen.child.kill('SIGCONT')
  const end = performance.now() + 20_000
  let after = before
  while (after.job.unknownCosts > 0 && performance.now() < end) {
    await sleep(50)
    after = await shop.runtime.jobs.find(job.id)
  }
  assert.deepEqual(
    after.attempts.map(({ outcome }) => outcome),
    ['lost', 'succeeded'],
  )
  assert.equal(after.job.unknownCosts, 0)
  assert.equal(after.job.costNanos, before.job.costNanos * 2n)
  assert.deepEqual(after.job.result, before.job.result)
}

describe('a worker that freezes', { timeout: 300_000 }, () => {
  for (const { name, start, missing } of engines)
    it(`loses its job to another on ${name}; what it says later is not taken, and its cost is kept`, {
      skip: missing ?? false,
    }, async () => {
      await using engine = await start()
      await freeze(engine)
    })
})

/** Ends its process as soon as it sends this question. */
const preload = `import { Socket } from 'node:net'
const { write } = Socket.prototype
Socket.prototype.write = function (chunk, ...rest) {
  if (String(chunk).includes('poison pill')) process.kill(process.pid, 'SIGABRT')
  return write.call(this, chunk, ...rest)
}
`

/** One job is the end of every worker that begins it. */
const poison = async (engine: Engine): Promise<void> => {
  await using shop = await startWorkshop({ ...engine.config, jobs: { lease: '1s' } }, engine.environment)
  const file = join(dirname(shop.path), 'poison.mjs')
  await writeFile(file, preload)
  shop.upstream.always((request) => ({ ...answered()(request), headDelayMs: 50 }))
  const jobs = await shop.submit(100)
  const body = {
    bytes: Buffer.from(JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'poison pill' }] })),
  }
  const wish = {
    endpoint: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    model: 'chat',
    body,
  }
  const { job: deadly } = await shop.runtime.jobs.submit({ key: 'anonymous' }, { ...wish, priority: 'normal' })
  const more = await shop.submit(100, 100)
  let isOver = false
  const keepOne = async (): Promise<void> => {
    while (!isOver) {
      const worker = await shop.add(8, { NODE_OPTIONS: `--import ${file}` }).catch(() => undefined)
      // It may have come after the others were ended.
      if (isOver) worker?.child.kill('SIGKILL')
      await worker?.ended
    }
  }
  const keeping = [keepOne(), keepOne()]
  try {
    await shop.settled(120_000)
  } finally {
    isOver = true
    await shop.stop()
    await Promise.all(keeping)
  }
  const view = await shop.runtime.jobs.find(deadly.id)
  assert.equal(view.job.dead, 'poison')
  assert.equal(view.job.crashes, 3)
  const done = await doneOf(shop, [...jobs, ...more])
  assert.equal(done, 200)
}

describe('a job of which workers die', { timeout: 600_000 }, () => {
  for (const { name, start, missing } of engines)
    it(`is a dead letter after three of them on ${name}, and the others are done`, {
      skip: missing ?? false,
    }, async () => {
      await using engine = await start()
      await poison(engine)
    })
})
