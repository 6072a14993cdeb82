import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { ConfigInput } from '../../config/schema.ts'
import { usdFromNanos } from '../../core/money.ts'
import { createMemoryStore } from '../../stores/memory/index.ts'
import type { Store } from '../../stores/store.ts'
import { openaiText } from '../../testing/index.ts'
import { adminTokens, chat, type DoorRig, startDoorRig } from './door-rig.ts'
import { errorIn, type JobJson, jobIn } from './job-json.ts'

/** What a job of `asked` may cost at most, and what it does cost. */
const held = '0.003042'
const cost = '0.000011'

const asked = { ...chat(), max_tokens: 1_000 }
const wish = { endpoint: '/v1/chat/completions', body: asked, hold: true }

interface Held {
  readonly rig: DoorRig
  readonly store: Store
}

/** A gateway with so much money for everybody; nothing is done before somebody works. */
const withBudget = async (usd: number, check: (held: Held) => Promise<void>, more: ConfigInput = {}): Promise<void> => {
  const store = createMemoryStore()
  await using rig = await startDoorRig({ store, config: { budgets: [{ scope: 'gateway:*', usd }], ...more } })
  await check({ rig, store })
}

/** What of the budget was paid, and what is set aside, in the store; a process may keep some free besides. */
const standing = async ({ store }: Held) => {
  const found = await store.ledger.standing('gateway:*/budget/total', 'gateway:*', { kind: 'total' })
  return { settled: usdFromNanos(found?.settled ?? 0n), leased: usdFromNanos(found?.leased ?? 0n) }
}

const submit = (rig: DoorRig, more: object = {}): Promise<Response> => rig.post('/v1/jobs', { ...wish, ...more })

const ended = async (rig: DoorRig, { id }: JobJson): Promise<JobJson> =>
  jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: { prefer: 'wait=5' } }))

describe('a job that holds its money', () => {
  it('has the most that it may cost set aside, until it has ended', () =>
    withBudget(0.01, async (here) => {
      const { rig } = here
      const job = await jobIn(await submit(rig), 202)
      assert.equal(job.held_usd, held)
      assert.deepEqual(await standing(here), { settled: '0', leased: held })
      assert.equal((await jobIn(await rig.ask(`/v1/jobs/${job.id}`))).held_usd, held)
      const page = await rig.runtime.jobs.list({ limit: 9 })
      assert.equal(page[0]?.heldNanos, 3_042_000n)
      rig.work()
      const { status, held_usd, cost_usd } = await ended(rig, job)
      assert.deepEqual({ status, held_usd, cost_usd }, { status: 'succeeded', held_usd: '0', cost_usd: cost })
      assert.deepEqual(await standing(here), { settled: cost, leased: '0' })
    }))

  it('is done, though everything else is spent by then', () =>
    withBudget(0.004, async ({ rig }) => {
      const job = await jobIn(await submit(rig), 202)
      const answers: number[] = []
      for (let call = 0; call < 3; call++) answers.push((await rig.post('/v1/chat/completions', asked)).status)
      // What is left is less than even the shortest answer may cost.
      assert.deepEqual(answers, [402, 402, 402])
      rig.work()
      assert.equal((await ended(rig, job)).status, 'succeeded')
      // Until then the refusal is believed.
      await setTimeout(300)
      assert.equal((await rig.post('/v1/chat/completions', asked)).status, 200)
    }))

  it('is refused where the budget has too little, in the language of its door', () =>
    withBudget(0.0035, async ({ rig }) => {
      await jobIn(await submit(rig), 202)
      const error = await errorIn(await submit(rig), 402)
      assert.equal(error.code, 'budget_exhausted')
      assert.match(error.message, /0\.003042 of 0\.0035 USD are spent or set aside/)
      const later = { prefer: 'respond-async', 'x-tollgate-hold': 'true', 'anthropic-version': '2023-06-01' }
      const refused = await rig.post('/v1/messages', asked, later)
      const told = (await refused.json()) as { type: string; error: { type: string } }
      assert.deepEqual([refused.status, told.type, told.error.type], [402, 'error', 'billing_error'])
      const counts = await rig.runtime.jobs.counts()
      assert.equal(counts.queued, 1)
    }))

  it('gives it back when it is cancelled, and sets it aside again when it is asked again', () =>
    withBudget(0.004, async (here) => {
      const { rig } = here
      const job = await jobIn(await submit(rig), 202)
      const cancelled = await jobIn(await rig.post(`/v1/jobs/${job.id}/cancel`, {}))
      assert.deepEqual([cancelled.status, cancelled.held_usd], ['cancelled', '0'])
      assert.deepEqual(await standing(here), { settled: '0', leased: '0' })
      const again = await jobIn(await rig.post(`/v1/jobs/${job.id}/retry`, {}), 202)
      assert.equal(again.held_usd, held)
      assert.equal((await jobIn(await rig.post(`/v1/jobs/${job.id}/retry`, {}), 202)).id, again.id)
      assert.deepEqual(await standing(here), { settled: '0', leased: held })
    }))

  it('is not asked again for a key that is gone', () =>
    withBudget(0.004, async ({ rig }) => {
      const job = await jobIn(await submit(rig), 202)
      await jobIn(await rig.post(`/v1/jobs/${job.id}/cancel`, {}))
      rig.runtime.replace({ ...rig.runtime.config, keys: rig.runtime.config.keys.filter(({ name }) => name !== 'web') })
      await assert.rejects(rig.runtime.jobs.retry(job.id), { code: 'conflict', message: /The key "web" .* not valid/ })
    }))

  it('gives it back when it fails, and keeps it between its attempts', () =>
    withBudget(0.004, async (here) => {
      const { rig } = here
      rig.upstream.always({ status: 400, body: '{"error":{"message":"No."}}' })
      const bad = await jobIn(await submit(rig), 202)
      rig.work()
      const failed = await ended(rig, bad)
      assert.deepEqual([failed.status, failed.held_usd], ['failed', '0'])
      assert.deepEqual(await standing(here), { settled: '0', leased: '0' })
      rig.upstream.always({ status: 503 })
      const job = await jobIn(await submit(rig), 202)
      const { status, attempts_made } = await ended(rig, job)
      assert.deepEqual([status, attempts_made], ['failed', 3])
      assert.equal((await standing(here)).leased, '0')
    }))

  it('finds what its own process leased for calls and does not need', () =>
    withBudget(0.0125, async ({ rig }) => {
      // A call has a part of the budget leased, for others to come.
      const call = await rig.post('/v1/chat/completions', asked)
      assert.equal(call.status, 200)
      await call.text()
      for (let job = 0; job < 4; job++) await jobIn(await submit(rig), 202)
      await errorIn(await submit(rig), 402)
    }))

  it('is covered whichever of its targets answers', () =>
    withBudget(
      0.016,
      async ({ rig }) => {
        const job = await jobIn(await submit(rig), 202)
        assert.equal(job.held_usd, '0.01521')
        assert.equal((await rig.post('/v1/chat/completions', asked)).status, 402)
        rig.upstream.always(({ body }) => {
          const { model } = JSON.parse(body) as { model: string }
          return model === 'one' ? { status: 500 } : openaiText('Well.', {})
        })
        rig.work()
        assert.equal((await ended(rig, job)).status, 'succeeded')
      },
      {
        models: { chat: { targets: ['up/one', 'up/dear'] } },
        prices: { 'up/one': { input: 1, output: 2 }, 'up/dear': { input: 5, output: 10 } },
      },
    ))

  it('holds nothing where nobody bounds what it costs, and no budget asks', () =>
    withBudget(
      0.004,
      async ({ rig }) => {
        assert.equal((await jobIn(await submit(rig), 202)).held_usd, '0')
      },
      { budgets: [{ scope: 'key:other', usd: 1 }], prices: {} },
    ))
})

describe('who wants money to be held', () => {
  it('says so for each job, by its body or by a header', () =>
    withBudget(0.1, async ({ rig }) => {
      assert.equal((await jobIn(await submit(rig, { hold: undefined }), 202)).held_usd, '0')
      const header = { 'x-tollgate-hold': 'true' }
      const body = { ...wish, hold: undefined }
      assert.equal((await jobIn(await rig.post('/v1/jobs', body, header), 202)).held_usd, held)
      assert.equal((await jobIn(await rig.post('/v1/jobs', { ...body, hold: false }, header), 202)).held_usd, '0')
      const direct = await rig.post('/v1/chat/completions', asked, { ...header, prefer: 'respond-async' })
      assert.equal((await jobIn(direct, 202)).held_usd, held)
      const error = await errorIn(await submit(rig, { hold: 'yes' }), 400)
      assert.equal(error.param, 'hold')
    }))

  it('says so for all of them by the configuration', () =>
    withBudget(
      0.1,
      async ({ rig }) => {
        assert.equal((await jobIn(await submit(rig, { hold: undefined }), 202)).held_usd, held)
        assert.equal((await jobIn(await submit(rig, { hold: false }), 202)).held_usd, '0')
        const seen = await fetch(`${rig.url}/admin/api/jobs`, {
          headers: { authorization: `Bearer ${adminTokens.read}` },
        })
        const { data } = (await seen.json()) as { data: { held: { usd: string } }[] }
        assert.deepEqual(
          data.map((job) => job.held.usd),
          ['0', held],
        )
      },
      { jobs: { hold: true } },
    ))
})
