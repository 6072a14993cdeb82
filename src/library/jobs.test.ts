import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGateway, type LibraryGateway } from './create-gateway.ts'

const within = async (work: (gateway: LibraryGateway) => Promise<void>, more: object = {}): Promise<void> => {
  const gateway = await createGateway({
    discover: false,
    providers: { sim: { kind: 'simulated', latencyMs: { p50: 1, p99: 2 }, tokensPerSecond: 100_000 } },
    ...more,
  })
  try {
    await work(gateway)
  } finally {
    await gateway.close()
  }
}

const asked = (model = 'sim/small') => ({ model, messages: [{ role: 'user' as const, content: 'Hello' }] })

describe('jobs of a program', () => {
  test('wait until it works, and hold the answer then', () =>
    within(async (gateway) => {
      const job = await gateway.jobs.enqueue(asked(), { metadata: { order: '7' } })
      assert.deepEqual([job.state, job.position, job.answer, job.metadata], ['queued', 0, undefined, { order: '7' }])
      assert.equal((await gateway.jobs.wait(job.id, { timeoutMs: 30 })).state, 'queued')
      const worker = gateway.work({ concurrency: 2 })
      const done = await gateway.jobs.wait(job.id)
      assert.equal(done.state, 'succeeded')
      assert.equal((done.answer as { object: string }).object, 'chat.completion')
      assert.match(done.costUsd ?? '', /^0\.\d+$/)
      assert.ok(done.endedAt instanceof Date)
      await worker.close()
      assert.equal(worker.running, 0)
      assert.equal((await gateway.jobs.enqueue(asked())).state, 'queued')
    }))

  test('belong to whoever they were submitted for', () =>
    within(async (gateway) => {
      const shop = gateway.asCaller({ team: 'shop' })
      const { id } = await shop.jobs.enqueue(asked())
      await assert.rejects(gateway.jobs.get(id), { code: 'not_found' })
      assert.deepEqual(await gateway.jobs.list(), [])
      const [listed] = await shop.jobs.list({ states: ['queued'] })
      assert.equal(listed?.id, id)
      assert.equal((await shop.jobs.cancel(id)).state, 'cancelled')
      const again = await shop.jobs.retry(id)
      assert.equal(again.retryOf, id)
      gateway.work()
      assert.equal((await shop.jobs.wait(again.id)).state, 'succeeded')
    }))

  test('hold the most that they may cost, where they say so', () =>
    within(
      async (gateway) => {
        const shop = gateway.asCaller({ team: 'shop' })
        const request = { ...asked(), max_tokens: 100 }
        const { id, heldUsd } = await shop.jobs.enqueue(request, { hold: true })
        assert.equal(heldUsd, '0.0001445')
        await assert.rejects(shop.jobs.enqueue(request, { hold: true }), { code: 'budget_exhausted' })
        assert.equal((await shop.jobs.enqueue(request)).heldUsd, '0')
        assert.equal((await shop.jobs.cancel(id)).heldUsd, '0')
        assert.equal((await shop.jobs.retry(id)).heldUsd, heldUsd)
      },
      { budgets: [{ scope: 'team:*', usd: 0.0002, onShort: 'reject' }] },
    ))

  test('are the same under the same key, and refused for models that are not there', () =>
    within(async (gateway) => {
      const first = await gateway.jobs.enqueue(asked(), { idempotencyKey: 'k' })
      assert.equal((await gateway.jobs.enqueue(asked(), { idempotencyKey: 'k' })).id, first.id)
      await assert.rejects(gateway.jobs.enqueue(asked('none')), { code: 'unknown_model' })
      await assert.rejects(gateway.jobs.enqueue(asked(), { timeoutMs: 0 }), { code: 'invalid_request' })
      assert.throws(() => gateway.work({ concurrency: 0.5 }), { code: 'invalid_request' })
    }))

  test('that fail for good tell why', () =>
    within(
      async (gateway) => {
        gateway.work()
        const { id } = await gateway.jobs.enqueue(asked('broken'))
        const failed = await gateway.jobs.wait(id)
        assert.deepEqual([failed.state, failed.isDead, failed.attempts], ['failed', true, 1])
        assert.equal(failed.error?.code, 'upstream_failed')
        assert.match(JSON.stringify(failed.answer), /error/)
      },
      {
        providers: { down: { kind: 'simulated', failing: true, latencyMs: { p50: 0, p99: 0 } } },
        models: { broken: 'down/small' },
        retry: { attempts: 1 },
        jobs: { maxAttempts: 1 },
      },
    ))
})
