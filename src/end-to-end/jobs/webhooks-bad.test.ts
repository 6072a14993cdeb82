import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFakeClock } from '../../testing/clock.ts'
import { endJobs } from '../../testing/ended-jobs.ts'
import { type Reception, startWebhookReceiver } from '../../testing/webhook-receiver.ts'
import { countOf, onlyEvent, openMemory, ordersFor, soon, tellingFrom } from './webhook-rig.ts'

/** Where a machine is so busy that a good receiver is late, it is told again at once. */
const often = Array.from({ length: 50 }, () => 10)

describe('a receiver of webhooks', () => {
  for (const [name, answer] of [
    ['fails', { status: 500 }],
    ['sends elsewhere', { status: 301, headers: { location: '/elsewhere' } }],
    ['never answers', 'silence'],
    ['hangs up', 'hang-up'],
  ] as const satisfies readonly (readonly [string, Reception])[])
    test(`that ${name} is asked again, and told when it is well`, async () => {
      await using receiver = await startWebhookReceiver()
      receiver.script(answer)
      await using store = openMemory()
      await endJobs(store, ordersFor('results', 1))
      await using _telling = tellingFrom(store, { results: receiver }, { pace: { timeoutMs: 400, pausesMs: often } })
      await soon(async () => (await countOf(store, 'delivered')) === 1)
      assert.deepEqual([...new Set(receiver.heard.map(({ path }) => path))], ['/hook?token=not-for-logs'])
      assert.ok((await onlyEvent(store)).attempts >= 2)
    })

  test('that nobody vouches for is told nothing', async () => {
    await using receiver = await startWebhookReceiver({ isTls: true })
    await using store = openMemory()
    await endJobs(store, ordersFor('results', 1))
    await using _telling = tellingFrom(store, { results: receiver }, { pace: { pausesMs: [0] } })
    await soon(async () => (await countOf(store, 'failed')) === 1)
    const [attempt] = await store.webhooks.attempts((await onlyEvent(store)).id)
    assert.match(attempt?.problem ?? '', /SELF_SIGNED/)
    assert.equal(receiver.heard.length, 0)
  })

  test('that says 410 is told nothing more until it is enabled, and others are', async () => {
    await using gone = await startWebhookReceiver()
    await using well = await startWebhookReceiver()
    gone.script({ status: 410 })
    await using store = openMemory()
    await endJobs(store, ordersFor('gone', 1))
    await using telling = tellingFrom(store, { gone, well }, { pace: { pausesMs: [0, 1] } })
    await soon(async () => (await countOf(store, 'disabled')) === 1)
    await endJobs(store, [...ordersFor('gone', 3), ...ordersFor('well', 3)])
    telling.webhooks.wake()
    await soon(async () => (await countOf(store, 'delivered')) === 3)
    assert.equal(gone.heard.length, 1)
    assert.partialDeepStrictEqual(telling.lines, [{ level: 'error', facts: { endpoint: 'gone' } }])
    await store.webhooks.mark('gone', { disabled: null })
    telling.webhooks.wake()
    await soon(async () => (await countOf(store, 'delivered')) === 7)
  })

  test('that asks for a rest gets it for everything, and nobody else has to wait', async () => {
    const clock = createFakeClock(Date.now())
    await using busy = await startWebhookReceiver()
    await using well = await startWebhookReceiver()
    busy.script({ status: 429, headers: { 'retry-after': '60' } })
    await using store = openMemory({ now: () => clock.now() })
    await endJobs(store, ordersFor('busy', 1))
    await using telling = tellingFrom(store, { busy, well }, { now: () => clock.now() })
    await soon(async () => (await onlyEvent(store)).attempts === 1)
    assert.equal((await onlyEvent(store)).nextAt, clock.now() + 60_000)
    await endJobs(store, [...ordersFor('busy', 2), ...ordersFor('well', 2)])
    clock.advance(59_999)
    telling.webhooks.wake()
    await soon(async () => (await countOf(store, 'delivered')) === 2)
    assert.equal(busy.heard.length, 1)
    clock.advance(1)
    telling.webhooks.wake()
    await soon(async () => (await countOf(store, 'delivered')) === 5)
  })

  test('that is dead takes four places at most, and soon none, so that others are told at once', async () => {
    await using dead = await startWebhookReceiver()
    await using well = await startWebhookReceiver()
    dead.always('silence')
    await using store = openMemory()
    await endJobs(store, ordersFor('dead', 200))
    await using telling = tellingFrom(store, { dead, well }, { pace: { timeoutMs: 300, pausesMs: often, most: 8 } })
    await dead.until(4)
    await endJobs(store, ordersFor('well', 50))
    telling.webhooks.wake()
    await soon(async () => (await countOf(store, 'delivered', 'well')) === 50)
    await soon(async () => (await store.webhooks.standings()).some(({ restsUntil }) => restsUntil !== undefined))
    assert.ok(dead.heard.length <= 12)
    assert.equal(dead.mostAtOnce, 4)
    assert.match(telling.lines[0]?.message ?? '', /left alone/)
  })

  test('is waited for a moment when the process stops, and told by the next one what it did not take', async () => {
    await using slow = await startWebhookReceiver()
    slow.script('silence')
    await using store = openMemory()
    await endJobs(store, ordersFor('slow', 1))
    const telling = tellingFrom(store, { slow }, { pace: { closeMs: 30 } })
    await slow.until(1)
    const began = performance.now()
    await telling.webhooks.close()
    assert.ok(performance.now() - began < 1_000)
    await using _next = tellingFrom(store, { slow })
    await soon(async () => (await countOf(store, 'delivered')) === 1)
    assert.equal(new Set(slow.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
  })

  test('is not waited for when the process stops in a hurry', async () => {
    await using slow = await startWebhookReceiver()
    slow.always('silence')
    await using store = openMemory()
    await endJobs(store, ordersFor('slow', 1))
    const telling = tellingFrom(store, { slow }, { pace: { closeMs: 600_000, timeoutMs: 600_000 } })
    await slow.until(1)
    const hurry = new AbortController()
    const closed = telling.webhooks.close(hurry.signal)
    hurry.abort()
    await closed
    assert.partialDeepStrictEqual(await onlyEvent(store), { status: 'pending', attempts: 1 })
  })
})
