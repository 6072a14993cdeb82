import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Working } from '../../cli/spawned.ts'
import type { Job } from '../../core/job.ts'
import { noRedis, startRedis } from '../../testing/redis-server.ts'
import { seeded, until } from '../faults/harness.ts'
import { arrived, kill, ledgerCalls, questionOf, startWorkshop, type Workshop } from './processes.ts'
import { answered } from './rig.ts'

const kills = 25
const count = 1_000

/** An upstream that answers only as often as it is allowed to, so that there is always something under way when somebody is killed. */
const createGate = ({ upstream }: Workshop) => {
  const waiting: (() => void)[] = []
  let allowed = 0
  upstream.always(async (request) => {
    if (allowed > 0) allowed--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return answered()(request)
  })
  return {
    waiting: () => waiting.length,
    allow: (more: number) => {
      allowed += more
      while (allowed > 0 && waiting.length > 0) {
        allowed--
        waiting.shift()?.()
      }
    },
  }
}

const places = 16

/** Two workers do a thousand jobs, and every so often one of them is killed and another one comes. */
const killThroughout = async (shop: Workshop): Promise<readonly Job[]> => {
  const random = seeded(11)
  const gate = createGate(shop)
  const jobs = await shop.submit(count)
  const workers = [await shop.add(places), await shop.add(places)]
  for (let killed = 0; killed < kills; killed++) {
    const before = shop.upstream.journal.length
    // What was asked by a process that is gone is answered too, and nobody hears it.
    gate.allow(Math.floor(count / (kills + 3)) + places)
    await until(() => shop.upstream.journal.length > before && gate.waiting() >= places, 'nothing is under way', 60_000)
    const victim = Math.floor(random() * 2)
    await kill(workers[victim] as Working)
    workers[victim] = await shop.add(places)
  }
  gate.allow(Number.MAX_SAFE_INTEGER)
  await shop.settled(180_000)
  return jobs
}

const checkAll = async ({ runtime, upstream, path }: Workshop, jobs: readonly Job[]): Promise<void> => {
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
  // Every line of the ledger is a call that was made, and every call but those of killed processes has one.
  const lines = await ledgerCalls(path)
  assert.equal(new Set(lines).size, lines.length)
  assert.ok(lines.length <= upstream.journal.length)
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
  it(`lose none of ${count} jobs and do none twice over, ${kills} times on SQLite`, async () => {
    await using shop = await startWorkshop({ jobs: { lease: '2s', maxCrashes: 10 } })
    await checkAll(shop, await killThroughout(shop))
  })
})

describe('a broker that loses everything', { timeout: 300_000 }, () => {
  it('costs 30 seconds at most, and no job', { skip: noRedis() ?? false }, async () => {
    const redis = await startRedis()
    try {
      await using shop = await startWorkshop({ queue: 'redis', redis: redis.url })
      await shop.add(8)
      await redis.kill()
      const jobs = await shop.submit(50)
      await redis.start()
      const began = performance.now()
      await shop.settled(60_000)
      const tookMs = performance.now() - began
      assert.equal(await doneOf(shop, jobs), 50)
      assert.ok(tookMs < 30_000, `${tookMs} ms`)
      console.log(`all done ${Math.round(tookMs)} ms after`)
    } finally {
      await redis.close()
    }
  })
})

describe('a worker that freezes', { timeout: 120_000 }, () => {
  it('loses its job to another; what it says later is not taken, and its cost is kept', async () => {
    await using shop = await startWorkshop()
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

describe('a job of which workers die', { timeout: 300_000 }, () => {
  it('is a dead letter after three of them, and the others are done', async () => {
    await using shop = await startWorkshop({ jobs: { lease: '1s' } })
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
    const { job: poison } = await shop.runtime.jobs.submit({ key: 'anonymous' }, { ...wish, priority: 'normal' })
    const more = await shop.submit(100, 100)
    let isOver = false
    const keepOne = async (): Promise<void> => {
      while (!isOver) {
        const worker = await shop.add(8, { NODE_OPTIONS: `--import ${file}` }).catch(() => undefined)
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
    const view = await shop.runtime.jobs.find(poison.id)
    assert.equal(view.job.dead, 'poison')
    assert.equal(view.job.crashes, 3)
    const done = await doneOf(shop, [...jobs, ...more])
    assert.equal(done, 200)
  })
})
