import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createFolder, type Folder, serve, type Working, work } from '../../cli/spawned.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { usdFromNanos } from '../../core/money.ts'
import { createSqliteStore } from '../../stores/sqlite/index.ts'
import type { Store } from '../../stores/store.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import { becomesTrue } from '../../testing/ledger-suite-parts.ts'
import { type JobJson, jobIn } from './job-json.ts'
import { arrived, kill } from './processes.ts'
import { answered, chat, rigConfig } from './rig.ts'

/** What one job may cost at most, and what it does cost. */
const held = '0.003046'
const cost = '0.00006'

interface Scene {
  readonly folder: Folder
  readonly upstream: FakeUpstream
  /** Of this process, which takes no part in the ledger. */
  readonly store: Store
}

/** A budget that one job fits into, and a file that processes come and go on. */
const onFile = async (check: (scene: Scene) => Promise<void>): Promise<void> => {
  const upstream = await startFakeUpstream()
  upstream.always(answered())
  const config: ConfigInput = {
    ...rigConfig(upstream.url),
    store: 'sqlite:./tollgate.db',
    telemetry: { log: 'warn', metrics: false },
    budgets: [{ scope: 'gateway:*', usd: 0.006 }],
    jobs: { workers: 0, lease: '1s', hold: true },
  }
  await using folder = await createFolder({ 'tollgate.json': JSON.stringify(config) })
  const store = await createSqliteStore(join(folder.path, 'tollgate.db'))
  try {
    await check({ folder, upstream, store })
  } finally {
    await store.close()
    await upstream.close()
  }
}

/** A server takes a job, and is killed as soon as it has said so. */
const submitted = async ({ folder }: Scene): Promise<JobJson> => {
  await using server = await serve({ folder: folder.path })
  const body = JSON.stringify({ endpoint: '/v1/chat/completions', body: chat('Hello.', { max_tokens: 1_000 }) })
  const ask = (): Promise<Response> =>
    fetch(`${server.url}/v1/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const job = await jobIn(await ask(), 202)
  await kill(server)
  return job
}

const startWorker = ({ folder }: Scene): Promise<Working> =>
  work(['--config', join(folder.path, 'tollgate.json'), '--concurrency', '1'], { folder: folder.path })

const standing = async ({ store }: Scene) => {
  const found = await store.ledger.standing('gateway:*/budget/total', 'gateway:*', { kind: 'total' })
  const { settled = 0n, leased = 0n, lost = 0n } = found ?? {}
  return { settled: usdFromNanos(settled), leased: usdFromNanos(leased), lost: usdFromNanos(lost) }
}

describe('money that is held for a job', { timeout: 120_000 }, () => {
  it('outlives the process that promised it, and is there when the job is done', () =>
    onFile(async (scene) => {
      const { id, held_usd } = await submitted(scene)
      assert.equal(held_usd, held)
      assert.deepEqual(await standing(scene), { settled: '0', leased: held, lost: '0' })
      {
        await using again = await serve({ folder: scene.folder.path })
        assert.equal((await jobIn(await fetch(`${again.url}/v1/jobs/${id}`))).held_usd, held)
        // What the one before leased for calls is lost; what it set aside is not, and is nobody else's.
        assert.deepEqual(await standing(scene), { settled: '0', leased: held, lost: '0' })
      }
      await using worker = await startWorker(scene)
      await becomesTrue(async () => (await scene.store.jobs.find(id))?.state === 'succeeded', 20_000)
      await kill(worker)
      assert.deepEqual(await standing(scene), { settled: cost, leased: '0', lost: '0' })
      assert.equal((await scene.store.jobs.find(id))?.heldNanos, 0n)
    }))

  it('is charged as lost with the worker that was spending it, and the job is done all the same', () =>
    onFile(async (scene) => {
      const { id } = await submitted(scene)
      scene.upstream.always(() => new Promise(() => {}))
      const worker = await startWorker(scene)
      await arrived(scene.upstream, 1)
      assert.deepEqual(await standing(scene), { settled: '0', leased: held, lost: '0' })
      await kill(worker)
      scene.upstream.always(answered())
      await using other = await startWorker(scene)
      await becomesTrue(async () => (await scene.store.jobs.find(id))?.state === 'succeeded', 20_000)
      await kill(other)
      const { settled, lost } = await standing(scene)
      assert.deepEqual({ settled, lost }, { settled: '0.003106', lost: held })
    }))
})
