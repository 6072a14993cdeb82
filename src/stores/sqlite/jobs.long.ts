import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { raceEnds } from '../../testing/job-store-suite-model.ts'
import { claim, claimOne, finish, orderOf, submit } from '../../testing/job-store-suite-parts.ts'
import type { Store } from '../store.ts'
import { createSqliteStore } from './index.ts'

const module = (name: string): string => JSON.stringify(String(new URL(name, import.meta.url)))

/** A program that has `store`, on the file, and the words of the tests. */
const programOf = (path: string, text: string): string => `
  import { setTimeout as pause } from 'node:timers/promises'
  import { createSqliteStore } from ${module('./index.ts')}
  import { claim, finish, submitOne } from ${module('../../testing/job-store-suite-parts.ts')}
  const store = await createSqliteStore(${JSON.stringify(path)})
  ${text}`

const start = (path: string, text: string): ChildProcess & { readonly lines: AsyncIterator<string> } => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', programOf(path, text)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return Object.assign(child, { lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() })
}

const lineOf = async (child: ReturnType<typeof start>): Promise<string> => {
  const { value, done } = await child.lines.next()
  assert.ok(!done, 'it prints a line')
  return value
}

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const onFile = async (work: (path: string, store: Store) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-jobs-'))
  const path = join(folder, 'tollgate.db')
  const store = await createSqliteStore(path)
  try {
    await work(path, store)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0

describe('jobs in a file, for long', { timeout: 300_000 }, () => {
  it('are all there, of 200 that were accepted, when processes are killed right after the last one', () =>
    onFile(async (path, store) => {
      const accepted: string[] = []
      const program = 'for (;;) console.log(await submitOne(store, { id: "job_" + crypto.randomUUID() }))'
      const one = async (count: number): Promise<void> => {
        const child = start(path, program)
        for (let turn = 0; turn < count; turn++) accepted.push(await lineOf(child))
        await kill(child)
      }
      for (let part = 0; part < 5; part++) await Promise.all([1, 7, 13, 19].map(one))
      assert.equal(accepted.length, 200)
      const kept = new Set((await store.jobs.list({ limit: 100_000 })).map(({ id }) => id))
      assert.deepEqual(
        accepted.filter((id) => !kept.has(id)),
        [],
      )
      assert.equal((await claim(store, 100_000)).length, kept.size)
    }))

  it('are all done when workers are killed 25 times while they do a thousand', () =>
    onFile(async (path, store) => {
      for (let part = 0; part < 10; part++)
        await submit(
          store,
          ...Array.from({ length: 100 }, (_, index) => ({ owner: `team:${index % 7}`, webhook: 'a' })),
        )
      const worker = `
        for (;;) {
          const claimed = await claim(store, 4, { leaseMs: 2_000 })
          await pause(20 * Math.random())
          for (const each of claimed) await finish(store, each)
          if (claimed.length === 0) await pause(20)
        }`
      const workers = [start(path, worker), start(path, worker)]
      let killed = 0
      const done = async (): Promise<number> => {
        await store.jobWork.sweep({ maxCrashes: 1_000 })
        const { queued, running } = await store.jobs.counts()
        return 1_000 - queued - running
      }
      let before = 0
      for (let ended = 0; ended < 1_000; ended = await done()) {
        if (killed < 25 && ended >= Math.min(before + 30, killed * 35)) {
          await kill(workers.shift() as ChildProcess)
          workers.push(start(path, worker))
          killed++
          before = ended
        }
        await pause(50)
      }
      await Promise.all(workers.map(kill))
      const jobs = await store.jobs.list({ limit: 2_000 })
      assert.equal(killed, 25)
      assert.deepEqual([...new Set(jobs.map(({ state }) => state))], ['succeeded'])
      assert.equal(jobs.length, 1_000)
      assert.equal((await store.webhooks.events({ limit: 2_000 })).length, 1_000)
      const costs = jobs.map(({ costNanos, crashes, unknownCosts, attempts }) => [
        costNanos,
        unknownCosts,
        attempts - 1,
        crashes,
      ])
      for (const [cost, unknown, repeats, crashes] of costs) {
        assert.equal(unknown, crashes)
        assert.equal(repeats, crashes)
        assert.equal(cost, 5n)
      }
      const database = new Database(path)
      assert.equal(database.pragma('integrity_check', { simple: true }), 'ok')
      database.close()
    }))

  it('have one end each when they are cancelled while they are finished, a thousand times', () =>
    onFile(async (path, store) => {
      const other = await createSqliteStore(path)
      await raceEnds(
        { one: store, other, pass: () => {}, now: Date.now, fence: async () => {}, close: async () => {} },
        1_000,
        7,
      )
      await other.close()
    }))

  it('are claimed within 20 ms of 100 000 that wait, beside a million events', () =>
    onFile(async (path, store) => {
      const body = { bytes: Buffer.alloc(500) }
      for (let part = 0; part < 100; part++)
        await store.jobs.submit(
          Array.from({ length: 1_000 }, (_, index) => ({
            order: orderOf({ owner: `team:${index % 50}`, weight: 1 + (index % 3), body, webhook: 'alive' }),
            key: undefined,
          })),
        )
      addEvents(path, 1_000_000)
      const [claims, tellings, finishes]: [number[], number[], number[]] = [[], [], []]
      for (let turn = 0; turn < 1_000; turn++) {
        let begun = performance.now()
        const claimed = await claimOne(store)
        claims.push(performance.now() - begun)
        begun = performance.now()
        await finish(store, claimed)
        finishes.push(performance.now() - begun)
        if (turn % 10 === 0) {
          begun = performance.now()
          const told = await store.webhooks.claim({ most: 10, perEndpoint: 100_000, leaseMs: 60_000 })
          tellings.push(performance.now() - begun)
          assert.ok(told.length > 0 && told.every(({ event }) => event.endpoint === 'alive'))
        }
      }
      const figures = [claims, finishes, tellings].map((each) => percentile(each, 0.99))
      console.log(
        `# p99 in ms: claim ${figures[0]?.toFixed(1)}, finish ${figures[1]?.toFixed(1)}, events ${figures[2]?.toFixed(1)}`,
      )
      for (const figure of figures) assert.ok(figure <= 20, `${figure} ms`)
    }))

  it('are told of to another process within 20 ms', () =>
    onFile(async (path, store) => {
      let heard: ((at: number) => void) | undefined
      const stop = store.jobWork.watch(({ work }) => {
        if (work) heard?.(performance.timeOrigin + performance.now())
      })
      const child = start(
        path,
        `for (;;) {
           await pause(60 + 20 * Math.random())
           await submitOne(store)
           console.log(performance.timeOrigin + performance.now())
         }`,
      )
      const late: number[] = []
      for (let turn = 0; turn < 100; turn++) {
        const hearing = new Promise<number>((resolve) => {
          heard = resolve
        })
        const [done, at] = await Promise.all([lineOf(child), hearing])
        late.push(at - Number(done))
      }
      await kill(child)
      stop()
      console.log(`# p95 in ms: ${percentile(late, 0.95).toFixed(1)}`)
      assert.ok(percentile(late, 0.95) <= 20)
    }))
})

/** Events of jobs that ended long ago: most were told, many wait at endpoints that are disabled, rest, or are due later. */
const addEvents = (path: string, count: number): void => {
  const database = new Database(path, { timeout: 10_000 })
  database
    .prepare(
      `INSERT INTO webhook_events (id, endpoint, owner, job, state, occurred_at, status, next_at)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
       SELECT 'evt_' || i, 'endpoint-' || (i % 40), 'team:' || (i % 50), 'job-' || i, 'succeeded', @now - @count + i,
         iif(i % 40 < 4, 0, 1), iif(i % 40 < 4, iif(i % 40 < 2, @now - 1000, @now + 3600000), NULL) FROM n`,
    )
    .run({ count, now: Date.now() })
  database
    .prepare(
      `INSERT INTO webhook_endpoints (endpoint, head_at, disabled_at, rests_until)
       SELECT endpoint, min(next_at), iif(endpoint = 'endpoint-0', 1, NULL), iif(endpoint = 'endpoint-1', @later, NULL)
       FROM webhook_events WHERE status = 0 AND endpoint <> 'alive' GROUP BY endpoint`,
    )
    .run({ later: Date.now() + 3_600_000 })
  database.close()
}
