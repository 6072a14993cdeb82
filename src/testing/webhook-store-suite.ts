import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Delivered, WebhookEvent } from '../stores/webhook-store.ts'
import {
  checkerOf,
  claim as claimJobs,
  dayMs,
  finish,
  type JobCheck,
  type JobsOfProcess,
  minuteMs,
  type OpenedJobs,
  submit,
  there,
} from './job-store-suite-parts.ts'
import { becomesTrue } from './ledger-suite-parts.ts'

/** What every store of events for webhooks does, checked. */
export const webhookStoreSuite = (name: string, open: () => Promise<OpenedJobs>): void => {
  const check = checkerOf(open)
  describe(`${name}: events that are due`, () => due(check))
  describe(`${name}: deliveries`, () => deliveries(check))
  describe(`${name}: endpoints`, () => endpoints(check))
}

/** Ends one job for each endpoint named, in this order. */
const end = async (process: JobsOfProcess, ...webhooks: readonly string[]): Promise<void> => {
  for (const webhook of webhooks) {
    await submit(process, { webhook, owner: `team:${webhook}` })
    for (const claimed of await claimJobs(process)) await finish(process, claimed)
  }
}

interface Told {
  readonly event: WebhookEvent
  readonly fence: number
}

const claim = (
  { webhooks }: JobsOfProcess,
  by: { most?: number; perEndpoint?: number } = {},
): Promise<readonly Told[]> => webhooks.claim({ most: 100, perEndpoint: 100, leaseMs: minuteMs, ...by })

const claimOne = async (process: JobsOfProcess): Promise<Told> => there((await claim(process, { most: 1 }))[0])

const settle = async (
  { webhooks }: JobsOfProcess,
  { event, fence }: Told,
  next: Delivered['next'] = { kind: 'delivered' },
): Promise<void> => {
  const attempt = { event: event.id, at: 1, durationMs: 2.5, status: 200, problem: undefined, said: 'ok' }
  await webhooks.settle([{ fence, attempt, next }])
}

const endpointsOf = (told: readonly Told[]): string => told.map(({ event }) => event.endpoint).join('')

const statusOf = async ({ webhooks }: JobsOfProcess, { event }: Told): Promise<string | undefined> =>
  (await webhooks.events({ limit: 100 })).find(({ id }) => id === event.id)?.status

const due = (check: JobCheck): void => {
  check('are given to one process each, oldest first', async ({ one, other }) => {
    await end(one, 'a', 'b', 'a', 'c')
    const all = [...(await claim(one, { most: 2 })), ...(await claim(other))]
    assert.equal(endpointsOf(all), 'abac')
    assert.equal(new Set(all.map(({ fence }) => fence)).size, 4)
    assert.match(there(all[0]).event.id, /^evt_[\w-]{24}$/)
    assert.deepEqual(await claim(one), [])
  })

  check('are so many at once for each endpoint, of all processes together', async ({ one, other }) => {
    await end(one, 'a', 'a', 'a', 'b', 'a')
    const first = await claim(one, { perEndpoint: 2 })
    assert.equal(endpointsOf(first), 'aab')
    assert.deepEqual(await claim(other, { perEndpoint: 2 }), [])
    await settle(one, there(first[0]))
    assert.equal(endpointsOf(await claim(other, { perEndpoint: 2 })), 'a')
    assert.equal(endpointsOf(await claim(other, { perEndpoint: 3, most: 1 })), 'a')
    assert.deepEqual(await claim(other, { most: 0 }), [])
  })

  check('are given anew when who had them is not heard of', async ({ one, other, pass }) => {
    await end(one, 'a')
    const lost = await claimOne(one)
    pass(30_000)
    assert.deepEqual(await claim(other), [])
    pass(40_000)
    const [again] = await claim(other)
    assert.equal(again?.event.id, lost.event.id)
    await settle(one, lost, { kind: 'failed' })
    assert.equal(await statusOf(one, lost), 'pending')
    await settle(other, there(again))
    assert.equal(await statusOf(one, lost), 'delivered')
    assert.equal((await one.webhooks.events({ limit: 1 }))[0]?.attempts, 2)
  })

  check('are given to one of all who ask at once', async ({ one, other }) => {
    await end(one, ...Array(10).fill('a'))
    const all = await Promise.all([one, other, one, other].map((process) => claim(process, { perEndpoint: 4 })))
    assert.equal(all.flat().length, 4)
  })
}

const deliveries = (check: JobCheck): void => {
  check('are over once they are done or given up', async ({ one, other, pass }) => {
    await end(one, 'a', 'a')
    const [first, second] = await claim(one)
    await settle(one, there(first))
    await settle(one, there(second), { kind: 'failed' })
    pass(dayMs)
    assert.deepEqual(await claim(other), [])
    const events = await other.webhooks.events({ limit: 9 })
    assert.deepEqual(
      events.map(({ status, attempts, nextAt }) => [status, attempts, nextAt]),
      [
        ['failed', 1, undefined],
        ['delivered', 1, undefined],
      ],
    )
  })

  check('are tried again when that is due, and remembered', async ({ one, other, pass, now }) => {
    await end(one, 'a')
    const first = await claimOne(one)
    const at = now() + 5 * minuteMs
    await settle(one, first, { kind: 'again', at })
    assert.equal((await one.webhooks.events({ limit: 1 }))[0]?.nextAt, at)
    pass(4 * minuteMs)
    assert.deepEqual(await claim(other), [])
    pass(2 * minuteMs)
    const [second] = await claim(other)
    const attempt = {
      event: first.event.id,
      at: 7,
      durationMs: 9,
      status: undefined,
      problem: 'It did not answer.',
      said: undefined,
    }
    await other.webhooks.settle([{ fence: second?.fence ?? 0, attempt, next: { kind: 'failed' } }])
    const attempts = await one.webhooks.attempts(first.event.id)
    assert.deepEqual(attempts, [
      { event: first.event.id, at: 1, durationMs: 2.5, status: 200, problem: undefined, said: 'ok' },
      attempt,
    ])
    assert.deepEqual(await one.webhooks.attempts('evt_unknown'), [])
  })

  check('are remembered 50 times', async ({ one }) => {
    await end(one, 'a')
    for (let turn = 0; turn < 60; turn++) {
      const [told] = await claim(one)
      await settle(one, there(told), { kind: 'again', at: 0 })
    }
    const [event] = await one.webhooks.events({ limit: 1 })
    assert.equal(event?.attempts, 60)
    assert.equal((await one.webhooks.attempts(there(event).id)).length, 50)
  })

  check('are asked for again, whatever became of them', async ({ one, other }) => {
    await end(one, 'a', 'a', 'a')
    const [done, failed, open] = [await claimOne(one), await claimOne(one), await claimOne(one)]
    await settle(one, done)
    await settle(one, failed, { kind: 'failed' })
    for (const told of [done, failed, open]) {
      assert.equal(await one.webhooks.redeliver({ event: told.event.id }), 1)
      assert.equal((await claimOne(other)).event.id, told.event.id)
    }
    await settle(one, open, { kind: 'failed' })
    assert.equal(await statusOf(one, open), 'pending')
    assert.equal(await one.webhooks.redeliver({ event: 'evt_unknown' }), 0)
  })

  check('that failed since a moment are asked for again together', async ({ one, other, pass, now }) => {
    await end(one, 'a', 'b')
    for (const told of await claim(one)) await settle(one, told, { kind: 'failed' })
    pass(minuteMs)
    const since = now() - 1_000
    await end(one, 'a', 'b', 'a', 'a')
    const [first, ...more] = await claim(one)
    await settle(one, there(first))
    for (const told of more) await settle(one, told, { kind: 'failed' })
    assert.equal(await other.webhooks.redeliver({ endpoint: 'a', since }), 2)
    assert.equal(endpointsOf(await claim(other)), 'aa')
  })

  check('are forgotten after a month', async ({ one, pass }) => {
    await end(one, 'a')
    pass(29 * dayMs)
    await one.jobWork.sweep({ maxCrashes: 3 })
    assert.equal((await one.webhooks.events({ limit: 9 })).length, 1)
    pass(2 * dayMs)
    await one.jobWork.sweep({ maxCrashes: 3 })
    assert.deepEqual(await one.webhooks.events({ limit: 9 }), [])
    assert.deepEqual(await claim(one), [])
  })

  check('are told of to who watches', async ({ one, other }) => {
    await end(one, 'a')
    const told = await claimOne(one)
    await settle(one, told)
    let heard = 0
    const stop = other.jobWork.watch(({ news }) => {
      if (news) heard++
    })
    await one.webhooks.redeliver({ event: told.event.id })
    await becomesTrue(() => heard > 0)
    stop()
  })
}

const endpoints = (check: JobCheck): void => {
  check('that are disabled are told nothing until they are enabled', async ({ one, other }) => {
    await end(one, 'a', 'b')
    await one.webhooks.mark('a', { disabled: { at: 5, because: 'It is gone.' } })
    assert.equal(endpointsOf(await claim(other)), 'b')
    const statuses = async (status: WebhookEvent['status']) =>
      (await other.webhooks.events({ status, limit: 9 })).map(({ endpoint }) => endpoint).join('')
    assert.deepEqual([await statuses('disabled'), await statuses('pending')], ['a', 'b'])
    await end(one, 'a')
    assert.deepEqual(await claim(other), [])
    await other.webhooks.mark('a', { disabled: null })
    assert.equal(endpointsOf(await claim(one)), 'aa')
  })

  check('that rest are told nothing for a while', async ({ one, other, pass, now }) => {
    await end(one, 'a')
    await one.webhooks.mark('a', { restsUntil: now() + minuteMs })
    assert.deepEqual(await claim(other), [])
    pass(minuteMs + 5_000)
    assert.equal(endpointsOf(await claim(other)), 'a')
  })

  check('tell how they stand', async ({ one, other }) => {
    await end(one, 'b', 'b', 'c')
    await one.webhooks.mark('a', { failingSince: 5, restsUntil: 7 })
    await one.webhooks.mark('a', { disabled: { at: 9, because: 'It is gone.' } })
    const [, , told] = await claim(one)
    await settle(one, there(told))
    const none = { failingSince: undefined, disabledAt: undefined, disabledBecause: undefined, restsUntil: undefined }
    const marked = {
      endpoint: 'a',
      failingSince: 5,
      disabledAt: 9,
      disabledBecause: 'It is gone.',
      restsUntil: 7,
      pending: 0,
    }
    assert.deepEqual(await other.webhooks.standings(), [marked, { endpoint: 'b', ...none, pending: 2 }])
    await other.webhooks.mark('a', { failingSince: null, disabled: null, restsUntil: null })
    assert.deepEqual(await one.webhooks.standings(), [{ endpoint: 'b', ...none, pending: 2 }])
  })

  check('have their events listed, newest first, page by page', async ({ one, other }) => {
    await end(one, 'a', 'b', 'a', 'b', 'a')
    const list = async (query: Partial<Parameters<typeof one.webhooks.events>[0]>) =>
      (await other.webhooks.events({ limit: 9, ...query })).map(({ sequence, endpoint }) => `${endpoint}${sequence}`)
    const all = await list({})
    assert.equal(all.join('').replaceAll(/\d/g, ''), 'ababa')
    assert.deepEqual(
      await list({ endpoint: 'a' }),
      all.filter((each) => each.startsWith('a')),
    )
    assert.deepEqual(
      await list({ owner: 'team:b' }),
      all.filter((each) => each.startsWith('b')),
    )
    const [first] = await other.webhooks.events({ limit: 1 })
    assert.deepEqual(await list({ after: first?.id, limit: 2 }), all.slice(1, 3))
    assert.deepEqual(await list({ job: first?.job }), all.slice(0, 1))
    assert.deepEqual(await list({ after: 'evt_unknown' }), [])
    assert.deepEqual(await list({ status: 'failed' }), [])
  })
}
