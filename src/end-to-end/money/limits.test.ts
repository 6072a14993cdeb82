import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Allowance } from '../../core/allowance.ts'
import { GatewayError } from '../../core/errors.ts'
import { anthropicText, openaiError, openaiText, type ReceivedRequest, type Step } from '../../testing/index.ts'
import { plainAllowance } from '../../testing/plain-ledger.ts'
import { ask, closeIdle } from '../faults/client.ts'
import { until } from '../faults/harness.ts'
import { type Rig, startRig } from './rig.ts'

after(closeIdle)

const of = (unit: Allowance['unit'], limit: bigint, more: Partial<Allowance> = {}): Allowance =>
  plainAllowance({ id: unit, unit, limit, window: { kind: 'rolling', ms: 60_000 }, ...more })

const answer = ({ body, path }: ReceivedRequest): Step => {
  const { stream } = JSON.parse(body)
  const usage = { input: 40, output: 10 }
  return path.includes('messages') ? anthropicText('Yes.', { stream, usage }) : openaiText('Yes.', { stream, usage })
}

const idle = async ({ ledger, gateway }: Rig): Promise<void> => {
  await until(() => gateway.inFlight === 0, 'calls are still under way')
  assert.equal(ledger.heldCount, 0)
}

describe('a limit of requests', () => {
  test('lets in as many as it says, and tells the rest when to come again', async () => {
    const requests = of('requests', 3n)
    await using rig = await startRig([requests])
    rig.upstream.always(answer)
    const statuses: number[] = []
    for (let index = 0; index < 5; index++) statuses.push((await ask(rig.port)).status)
    assert.deepEqual(statuses, [200, 200, 200, 429, 429])
    const { headers } = await ask(rig.port)
    assert.equal(headers['x-should-retry'], 'true')
    assert.ok(Number(headers['retry-after']) >= 1 && Number(headers['retry-after-ms']) >= 1_000)
    assert.equal(headers['x-ratelimit-remaining-requests'], '0')
    await idle(rig)
    assert.equal(rig.upstream.journal.length, 3)
  })

  test('is not used up by a call that another limit refuses, nor by one that no provider was asked for', async () => {
    const requests = of('requests', 3n)
    const money = plainAllowance({ limit: 1n })
    await using rig = await startRig([requests, money, of('tokens', 1_000_000n)])
    assert.equal((await ask(rig.port)).status, 402)
    assert.equal((await ask(rig.port, { model: 'nobody' })).status, 404)
    await idle(rig)
    assert.equal(rig.ledger.settled(requests, 'key:anonymous'), 0n)
  })

  test('is used up by a call that a provider refused', async () => {
    const requests = of('requests', 3n)
    await using rig = await startRig([requests])
    rig.upstream.always(openaiError(400, null, 'No.'))
    assert.equal((await ask(rig.port)).status, 400)
    await idle(rig)
    assert.equal(rig.ledger.settled(requests, 'key:anonymous'), 1n)
  })

  test('of one model leaves the others free', async () => {
    await using rig = await startRig([of('requests', 1n, { model: 'chat' })])
    rig.upstream.always(answer)
    const statuses: number[] = []
    for (const model of ['chat', 'chat', 'claude']) statuses.push((await ask(rig.port, { model })).status)
    assert.deepEqual(statuses, [200, 429, 200])
  })

  test('is told in headers of every answer, in the words of its door, the tightest first', async () => {
    const wide = of('requests', 100n, { id: 'wide', scope: 'gateway:*' })
    await using rig = await startRig([wide, of('requests', 7n), of('tokens', 50_000n)])
    rig.upstream.always(answer)
    for (const stream of [false, true]) {
      const { headers } = await ask(rig.port, { stream })
      assert.equal(headers['x-ratelimit-limit-requests'], '7')
      assert.equal(headers['x-ratelimit-limit-tokens'], '50000')
    }
    const { headers } = await ask(rig.port, { language: 'anthropic' })
    assert.equal(headers['anthropic-ratelimit-requests-limit'], '7')
    assert.equal(headers['anthropic-ratelimit-requests-remaining'], '4')
    assert.equal(headers['x-ratelimit-remaining-requests'], '4')
  })

  test('is never exceeded by a crowd', async () => {
    const requests = of('requests', 20n)
    await using rig = await startRig([requests])
    rig.upstream.always(answer)
    const all = await Promise.all(Array.from({ length: 60 }, () => ask(rig.port)))
    await idle(rig)
    assert.equal(all.filter(({ status }) => status === 200).length, 20)
    assert.equal(rig.upstream.journal.length, 20)
  })
})

describe('a limit of tokens', () => {
  test('sets aside what a call may use, and gives back what it did not', async () => {
    const tokens = of('tokens', 10_000n)
    await using rig = await startRig([tokens])
    let held = 0n
    rig.upstream.always((received) => {
      held = rig.ledger.view(tokens, 'key:anonymous').used
      return answer(received)
    })
    assert.equal((await ask(rig.port, { more: { max_tokens: 500 } })).status, 200)
    await idle(rig)
    assert.ok(held > 500n && held < 600n, `${held} were held`)
    assert.equal(rig.ledger.settled(tokens, 'key:anonymous'), 50n)
  })

  test('counts the tokens of every attempt', async () => {
    const tokens = of('tokens', 10_000n)
    await using rig = await startRig([tokens], { retry: { attempts: 2, sameTarget: 1 } })
    const { body, ...step } = openaiText('Yes.', { usage: { input: 40, output: 10 } })
    rig.upstream.script({ ...step, body: String(body).replace('"choices"', '"choices_"') }, answer)
    await ask(rig.port)
    await idle(rig)
    assert.equal(rig.upstream.journal.length, 2)
    assert.ok(rig.ledger.settled(tokens, 'key:anonymous') > 50n)
  })

  test('keeps the estimate where nothing is known', async () => {
    const tokens = of('tokens', 10_000n)
    await using rig = await startRig([tokens])
    rig.upstream.always(openaiText('Yes.', { usage: false }))
    await ask(rig.port, { more: { max_tokens: 500 } })
    await idle(rig)
    assert.ok(rig.ledger.settled(tokens, 'key:anonymous') > 500n)
  })

  test('that is smaller than what a call may use lets it in when nothing else was used', async () => {
    const tokens = of('tokens', 100n)
    await using rig = await startRig([tokens])
    rig.upstream.always(answer)
    assert.equal((await ask(rig.port, { more: { max_tokens: 5_000 } })).status, 200)
    assert.equal((await ask(rig.port, { more: { max_tokens: 5_000 } })).status, 429)
    await idle(rig)
    assert.equal(rig.ledger.settled(tokens, 'key:anonymous'), 50n)
  })

  test('is not touched by counting tokens, which is a request all the same', async () => {
    const tokens = of('tokens', 10_000n)
    const requests = of('requests', 10n)
    await using rig = await startRig([tokens, requests, of('concurrency', 1n)])
    const { status } = await fetch(`http://127.0.0.1:${rig.port}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude', messages: [{ role: 'user', content: 'hi' }] }),
    })
    await idle(rig)
    assert.equal(status, 200)
    assert.equal(rig.ledger.settled(tokens, 'key:anonymous'), 0n)
    assert.equal(rig.ledger.settled(requests, 'key:anonymous'), 1n)
    assert.equal(rig.ledger.lines.length, 0)
  })
})

describe('a limit of calls at once', () => {
  test('is free again when a call has ended, however it ended', async () => {
    await using rig = await startRig([of('concurrency', 2n)])
    rig.upstream.script((received) => ({ ...answer(received), headDelayMs: 100 }), {
      headDelayMs: 100,
      hangUp: 'reset',
    })
    const both = [ask(rig.port), ask(rig.port)]
    await until(() => rig.upstream.journal.length === 2, 'two are asked')
    assert.equal((await ask(rig.port)).status, 429)
    await Promise.all(both)
    await idle(rig)
    rig.upstream.always(answer)
    assert.equal((await ask(rig.port)).status, 200)
  })
})

describe('a limit of a provider', () => {
  test('sends the call to the next target when it is full', async () => {
    const requests = of('requests', 1n, { scope: 'provider:open' })
    await using rig = await startRig([requests], { models: { chat: { targets: ['open/m', 'anthro/m'] } } })
    rig.upstream.always(answer)
    const targets: unknown[] = []
    for (let index = 0; index < 2; index++) targets.push((await ask(rig.port)).headers['x-tollgate-target'])
    assert.deepEqual(targets, ['open/m', 'anthro/m'])
    await idle(rig)
  })

  test('is told as a limit when there is no other target', async () => {
    await using rig = await startRig([of('requests', 1n, { scope: 'provider:open' })])
    rig.upstream.always(answer)
    await ask(rig.port)
    const { status, headers } = await ask(rig.port)
    assert.deepEqual([status, headers['x-should-retry'], headers['x-tollgate-attempts']], [429, 'true', '0'])
    await idle(rig)
  })
})

describe('without its store', () => {
  const failing = (rig: Rig): void => {
    rig.ledger.waits = () => Promise.reject(new GatewayError('store_unavailable', 'The store is away.'))
  }

  test('limits let calls in', async () => {
    await using rig = await startRig([of('requests', 1n)])
    rig.upstream.always(answer)
    failing(rig)
    assert.equal((await ask(rig.port)).status, 200)
  })

  test('budgets do not', async () => {
    await using rig = await startRig([plainAllowance({})])
    failing(rig)
    const { status, headers } = await ask(rig.port)
    assert.deepEqual([status, headers['x-should-retry']], [503, 'true'])
    assert.equal(rig.upstream.journal.length, 0)
  })
})
