import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import {
  countOf,
  onlyEvent,
  openMemory,
  ordersFor,
  soon,
  tellingFrom,
  webhookSecrets,
} from '../end-to-end/jobs/webhook-rig.ts'
import { createMemoryBank } from '../stores/memory/index.ts'
import type { Store } from '../stores/store.ts'
import { createFakeClock } from '../testing/clock.ts'
import { endJobs } from '../testing/ended-jobs.ts'
import { type HeardWebhook, startWebhookReceiver } from '../testing/webhook-receiver.ts'
import { deliveryPausesMs } from './webhook-schedule.ts'

const signatureIsGood = ({ headers, body }: HeardWebhook, secret: string): boolean => {
  const signed = new Webhook(secret).sign(
    String(headers['webhook-id']),
    new Date(Number(headers['webhook-timestamp']) * 1_000),
    body,
  )
  return String(headers['webhook-signature']).split(' ').includes(signed)
}

const result = { status: 200, contentType: 'application/json', body: { bytes: Buffer.from('{}') } }

describe('the end of a job', () => {
  test('is told to its webhook once, signed with every secret in force', async () => {
    await using receiver = await startWebhookReceiver()
    await using store = openMemory()
    const [id] = await endJobs(store, [{ webhook: 'results' }, {}], { kind: 'succeeded', result })
    receiver.always({ status: 200, body: 'thanks' })
    await using _telling = tellingFrom(store, { results: receiver })
    const [message = assert.fail('nothing came')] = await receiver.until(1)
    await soon(async () => (await countOf(store, 'delivered')) === 1)
    const event = await onlyEvent(store)
    for (const secret of webhookSecrets) {
      const told = new Webhook(secret).verify(message.body, message.headers as Record<string, string>)
      assert.partialDeepStrictEqual(told, { type: 'job.succeeded', data: { id, status: 'succeeded', sequence: 1 } })
    }
    assert.equal(message.headers['webhook-id'], event.id)
    assert.equal(receiver.heard.length, 1)
    const [attempt] = await store.webhooks.attempts(event.id)
    assert.partialDeepStrictEqual(attempt, { status: 200, problem: undefined, said: 'thanks' })
  })

  test('is told again at exactly the times of the schedule, as the same event, and then no more', async () => {
    const clock = createFakeClock(Date.UTC(2026, 10, 30))
    await using receiver = await startWebhookReceiver()
    receiver.always({ status: 500 })
    await using store = openMemory({ now: () => clock.now() })
    await endJobs(store, [{ webhook: 'results' }])
    await using telling = tellingFrom(store, { results: receiver }, { now: () => clock.now() })
    for (const [made, pauseMs] of deliveryPausesMs.entries()) {
      if (pauseMs > 0) {
        assert.equal((await onlyEvent(store)).nextAt, clock.now() + pauseMs)
        clock.advance(pauseMs - 1)
        telling.webhooks.wake()
        assert.deepEqual(await store.webhooks.claim({ most: 1, perEndpoint: 1, leaseMs: 1 }), [])
        assert.equal(receiver.heard.length, made)
        clock.advance(1)
      }
      telling.webhooks.wake()
      await soon(async () => (await store.webhooks.events({ limit: 1 }))[0]?.attempts === made + 1)
    }
    assert.equal((await onlyEvent(store)).status, 'failed')
    assert.equal(receiver.heard.length, 10)
    assert.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
    assert.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-timestamp'])).size, 10)
    assert.ok(receiver.heard.every((message) => webhookSecrets.every((secret) => signatureIsGood(message, secret))))
    assert.match(telling.lines.at(-1)?.message ?? '', /was not told/)
    assert.doesNotMatch(JSON.stringify(telling.lines), /not-for-logs/)
  })

  test('is told when somebody asks for it again', async () => {
    await using receiver = await startWebhookReceiver()
    receiver.script({ status: 500 })
    await using store = openMemory()
    await endJobs(store, [{ webhook: 'results' }])
    await using telling = tellingFrom(store, { results: receiver }, { pace: { pausesMs: [0] } })
    await soon(async () => (await countOf(store, 'failed')) === 1)
    assert.equal(await store.webhooks.redeliver({ endpoint: 'results', since: 0 }), 1)
    telling.webhooks.wake()
    await soon(async () => (await countOf(store, 'delivered')) === 1)
    assert.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
  })

  test('is told once, however many processes look for it', async () => {
    await using receiver = await startWebhookReceiver()
    const bank = createMemoryBank()
    const stores = [bank.open(), bank.open(), bank.open()]
    const [first = assert.fail('there is no store')] = stores
    await endJobs(first, ordersFor('results', 60))
    const all = stores.map((store) => tellingFrom(store, { results: receiver }))
    await soon(async () => (await countOf(first, 'delivered')) === 60)
    for (const each of all) await each.webhooks.close()
    assert.equal(receiver.heard.length, 60)
    assert.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size, 60)
    for (const store of stores) await store.close()
  })

  test('for an endpoint that is not configured any more is kept for later', async () => {
    await using store = openMemory()
    await endJobs(store, [{ webhook: 'nobody' }])
    await using _telling = tellingFrom(store, {})
    await soon(async () => (await onlyEvent(store)).attempts === 1)
    const event = await onlyEvent(store)
    assert.equal(event.status, 'pending')
    const [attempt] = await store.webhooks.attempts(event.id)
    assert.partialDeepStrictEqual(attempt, { status: undefined, problem: 'is no name of webhooks.endpoints' })
  })

  test('waits for a store that does not answer', async () => {
    await using receiver = await startWebhookReceiver()
    await using store = openMemory()
    await endJobs(store, [{ webhook: 'results' }])
    let failures = 2
    const claim: Store['webhooks']['claim'] = async (by) => {
      if (failures-- > 0) throw new Error('no')
      return await store.webhooks.claim(by)
    }
    await using telling = tellingFrom(store, { results: receiver }, { store: { ...store.webhooks, claim } })
    await receiver.until(1)
    assert.equal(telling.lines.filter(({ message }) => /does not tell/.test(message)).length, 2)
  })
})
