import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openaiError, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle } from '../faults/client.ts'
import { openaiAt, startGateway, until } from '../faults/harness.ts'
import { startRoutingRig } from '../routing/rig.ts'
import { answerAfter, mostWithin } from './rig.ts'

after(closeIdle)

const queued = (more: object = {}) => ({
  targets: ['one/m'],
  queue: { maxWait: '20s', ...more },
  retry: { attempts: 1 },
})

test('calls beyond the limit of a provider wait and are all answered, and the provider never gets more than its limit', async () => {
  await using rig = await startRoutingRig(queued(), { limits: [{ scope: 'provider:one', requests: '5/2s' }] })
  rig.one.always(answerAfter(10))
  const answers = await Promise.all(Array.from({ length: 12 }, () => rig.ask()))
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  )
  assert.equal(rig.one.journal.length, 12)
  // When each was sent; on a busy machine it arrives at any time after.
  await until(() => rig.gateway.records.length === 12, 'calls are still under way')
  const sent = rig.gateway.records.map(({ attempts }) => attempts[0]?.started ?? 0)
  assert.ok(mostWithin(sent, 2_000) <= 5, `${mostWithin(sent, 2_000)} within two seconds`)
  const waits = answers.map(({ headers }) => Number(headers.get('x-tollgate-queue-ms')))
  assert.ok(Math.min(...waits) < 1_500 && Math.max(...waits) >= 3_000, `${waits}`)
  // Its own time begins when it is sent.
  assert.ok(answers.every(({ headers }) => Number(headers.get('x-tollgate-upstream-ms')) < 2_000))
})

test('a call whose turn would come after its deadline is refused at once, and its provider is never asked', async () => {
  await using rig = await startRoutingRig(queued(), { limits: [{ scope: 'provider:one', requests: '1/1m' }] })
  rig.one.always(answerAfter(0))
  assert.equal((await rig.ask()).status, 200)
  const began = performance.now()
  const { status, text, headers } = await rig.ask({}, { 'x-tollgate-timeout-ms': '5000' })
  assert.ok(performance.now() - began < 1_000)
  assert.equal(status, 503)
  const { error } = JSON.parse(text)
  assert.equal(error.code, 'queue_timeout')
  assert.equal(error.tollgate.queue.reason, 'hopeless')
  const after = Number(headers.get('retry-after'))
  assert.ok(after > 5 && after <= 60, `retry-after ${after}`)
  assert.equal(rig.one.journal.length, 1)
})

test('who would wait in vain is answered by the next target', async () => {
  const chat = { targets: ['one/m', 'two/m'], policies: ['order'], queue: { maxWait: '1s' } }
  await using rig = await startRoutingRig(chat, { limits: [{ scope: 'provider:one', requests: '1/1m' }] })
  rig.one.always(answerAfter(0))
  rig.two.always(answerAfter(0))
  assert.equal((await rig.ask()).headers.get('x-tollgate-target'), 'one/m')
  const second = await rig.ask()
  assert.equal(second.status, 200)
  assert.equal(second.headers.get('x-tollgate-target'), 'two/m')
  assert.equal(second.headers.get('x-tollgate-attempts'), '1')
})

test('a caller that goes away while it waits leaves its place within a tenth of a second', async () => {
  await using rig = await startRoutingRig(queued({ concurrency: 1 }))
  rig.one.always(answerAfter(1_500))
  const first = rig.ask()
  await until(() => rig.one.journal.length === 1, 'nobody was asked')
  const stop = new AbortController()
  const leaving = fetch(`http://127.0.0.1:${rig.gateway.port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'leaving-one' },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'hi' }] }),
    signal: stop.signal,
  }).catch(() => undefined)
  await until(() => rig.gateway.gateway.inFlight === 2, 'it did not come')
  const third = rig.ask()
  await until(() => rig.gateway.gateway.inFlight === 3, 'it did not come')
  stop.abort()
  const left = performance.now()
  await until(() => rig.gateway.gateway.inFlight === 2, 'it did not leave')
  assert.ok(performance.now() - left < 300)
  await leaving
  assert.equal((await first).status, 200)
  assert.equal((await third).status, 200)
  assert.equal(rig.one.journal.length, 2)
  const record = await rig.gateway.recordOf('leaving-one')
  assert.equal(record.outcome, 'cancelled')
  assert.equal(record.attempts[0]?.sent, false)
})

test('a provider that says it has too much is left alone for as long as it asks, while calls wait', async () => {
  await using rig = await startRoutingRig(queued())
  rig.one.script({ ...openaiError(429, 'rate_limit_exceeded', 'Slow down.'), headers: { 'retry-after-ms': '700' } })
  rig.one.always(answerAfter(0))
  assert.equal((await rig.ask()).status, 429)
  const began = performance.now()
  const next = await rig.ask()
  assert.equal(next.status, 200)
  assert.ok(performance.now() - began >= 500, 'it was asked too soon')
  assert.ok(Number(next.headers.get('x-tollgate-queue-ms')) >= 500)
})

test('limits that a provider tells in its headers are kept without any configuration', async () => {
  await using rig = await startRoutingRig(queued({ maxWait: '1s' }))
  let left = 3
  rig.one.always((request) => ({
    ...answerAfter(0)(request),
    headers: {
      'x-ratelimit-limit-requests': '3',
      'x-ratelimit-remaining-requests': String(--left),
      'x-ratelimit-reset-requests': '60s',
    },
  }))
  const statuses: number[] = []
  for (let index = 0; index < 5; index++) statuses.push((await rig.ask()).status)
  assert.deepEqual(statuses, [200, 200, 200, 503, 503])
  assert.equal(rig.one.journal.length, 3)
})

test('what a refusal tells of limits in its headers is kept like what answers tell', async () => {
  await using rig = await startRoutingRig(queued({ maxWait: '1s' }))
  rig.one.script({
    ...openaiError(429, 'rate_limit_exceeded', 'Slow down.'),
    headers: {
      'retry-after-ms': '10',
      'x-ratelimit-limit-requests': '40',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '50s',
    },
  })
  rig.one.always(answerAfter(0))
  assert.equal((await rig.ask()).status, 429)
  const next = await rig.ask()
  assert.equal(next.status, 503)
  const after = Number(next.headers.get('retry-after'))
  assert.ok(after > 30 && after <= 60, `retry-after ${after}`)
  assert.equal(rig.one.journal.length, 1)
})

test('without a queue nothing waits, and nobody is told of one', async () => {
  await using rig = await startRoutingRig(
    { targets: ['one/m'] },
    { limits: [{ scope: 'provider:one', requests: '1/1m' }] },
  )
  rig.one.always(answerAfter(0))
  const first = await rig.ask()
  assert.equal(first.headers.get('x-tollgate-queue-ms'), null)
  assert.equal((await rig.ask()).status, 429)
})

test('a stream that waits is told its place and about when its turn comes', async () => {
  await using upstream = await startFakeUpstream()
  await using gateway = await startGateway(
    {
      providers: { one: { ...openaiAt(upstream.url), queue: { concurrency: 1 } } },
      models: { chat: { targets: ['one/m'], retry: { attempts: 1 } } },
    },
    { keepAliveMs: 200 },
  )
  upstream.always(answerAfter(1_500))
  const first = ask(gateway.port)
  await until(() => upstream.journal.length === 1, 'nobody was asked')
  const second = await ask(gateway.port, { stream: true })
  assert.equal((await first).status, 200)
  assert.equal(second.status, 200)
  assert.equal(second.headers['x-tollgate-queue-position'], '1')
  assert.match(String(second.headers['x-tollgate-queue-estimate-ms']), /^\d+$/)
  assert.match(second.text, /^: tollgate queue_position=1 queue_estimate_ms=\d+$/m)
  assert.ok(second.text.includes('data: [DONE]'), second.text)
})
