import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createId } from '../../core/call.ts'
import { GatewayError } from '../../core/errors.ts'
import { anthropicText, openaiText, type ScriptStep, type Step } from '../../testing/index.ts'
import { plainAllowance } from '../../testing/plain-ledger.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { type Asking, ask, closeIdle, requestBytes } from '../faults/client.ts'
import { inParallel, seeded, until } from '../faults/harness.ts'
import { type Rig, startRig } from './rig.ts'
import { rawVisit } from './visit.ts'

after(closeIdle)

const budget = plainAllowance({ limit: 1_000_000_000_000n })

const settledIn = ({ ledger }: Rig): bigint => ledger.settled(budget, 'key:anonymous')

const idle = async (rig: Rig): Promise<void> => {
  await until(() => rig.gateway.inFlight === 0, 'calls are still under way')
  assert.equal(rig.ledger.heldCount, 0)
  const lines = rig.ledger.lines.reduce((sum, { cost }) => sum + BigInt(cost ?? '0'), 0n)
  assert.equal(lines, settledIn(rig), 'the lines add up to what was settled')
}

/** One call to an upstream that does this, and what the ledger says of it. */
const booked = async (step: ScriptStep, asking: Asking = {}) => {
  await using rig = await startRig([budget], { retry: { attempts: 1 } })
  rig.upstream.always(step)
  await ask(rig.port, asking)
  await idle(rig)
  const [line] = rig.ledger.lines
  return { line, held: BigInt(line?.held ?? '0'), cost: BigInt(line?.cost ?? '0') }
}

const withUsage = (usage: object): Step => {
  const { body, ...step } = openaiText('Yes.')
  return { ...step, body: JSON.stringify({ ...JSON.parse(String(body)), usage }) }
}

describe('what a provider reports', () => {
  test('is booked as it is when it is more than was held, for it is owed', async () => {
    const { line, held, cost } = await booked(withUsage({ prompt_tokens: 10, completion_tokens: 400_000 }))
    assert.equal(cost, 4_000_010_000n)
    assert.ok(cost > held)
    assert.equal(line?.usage?.source, 'measured')
  })

  const absurd: readonly (readonly [string, Step])[] = [
    ['negative', withUsage({ prompt_tokens: -5, completion_tokens: -5 })],
    ['a text', withUsage({ prompt_tokens: 'many', completion_tokens: '7' })],
    ['a fraction', withUsage({ prompt_tokens: 1.5, completion_tokens: 2 })],
    ['a million millions', withUsage({ prompt_tokens: 1e12, completion_tokens: 1e12 })],
    ['beyond all numbers', withUsage({ prompt_tokens: 1e300, completion_tokens: 1 })],
    ['missing', openaiText('Yes.', { usage: false })],
  ]
  for (const [what, step] of absurd)
    test(`costs what was held, and is called an estimate, when it is ${what}`, async () => {
      const { line, held, cost } = await booked(step)
      assert.ok(held > 0n)
      assert.equal(cost, held)
      assert.equal(line?.usage?.source, 'estimated')
    })

  test('is missing at the end of a stream, too', async () => {
    for (const language of ['openai', 'anthropic'] as const) {
      const { held, cost } = await booked(openaiText('Yes.', { usage: false, stream: true }), {
        stream: true,
        language,
      })
      assert.equal(cost, held)
    }
  })
})

describe('an attempt that breaks off', () => {
  test('costs an estimate that is no more than was held', async () => {
    const text = 'one two three four five six seven eight nine ten '.repeat(40)
    for (const by of ['end', 'reset'] as const) {
      const { line, held, cost } = await booked(
        { ...openaiText(text, { stream: true }), cut: { atByte: 20_000, by } },
        { stream: true },
      )
      assert.equal(line?.usage?.source, 'estimated')
      assert.ok(cost > 0n && cost <= held, `${cost} of ${held}`)
    }
  })

  test('costs nothing when the provider refused it, and nothing when nobody was there', async () => {
    assert.equal((await booked({ status: 429, body: '{"error":{"message":"Slow down."}}' })).cost, 0n)
    await using rig = await startRig([budget], {
      providers: { open: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'sk-nobody' } },
      models: { chat: 'open/m' },
      prices: { 'open/m': { input: 1, output: 10 } },
      retry: { attempts: 1 },
    })
    assert.equal((await ask(rig.port)).status, 502)
    await idle(rig)
    assert.deepEqual([settledIn(rig), rig.ledger.lines.length], [0n, 0])
  })
})

describe('an answer that nobody reads', () => {
  const question = (stream: boolean) => ({
    request: openaiChat.readRequest(
      { model: 'chat', stream, messages: [{ role: 'user', content: 'hi' }] },
      { operation: 'chat' },
    ),
    caller: { key: 'anonymous' },
  })

  for (const stream of [true, false])
    test(`is settled when its time is over${stream ? ', as a stream' : ''}`, async () => {
      await using rig = await startRig([budget])
      rig.upstream.always(openaiText('Yes.', { stream }))
      const { answer } = rig.gateway.open({ ...question(stream), timeoutMs: 300 })
      await answer
      assert.equal(rig.ledger.heldCount, 1)
      await idle(rig)
      assert.ok(settledIn(rig) > 0n)
      assert.equal(rig.ledger.lines.length, 1)
      await assert.rejects(async () => (await answer).pull(), { code: 'deadline_exceeded' })
    })

  test('is settled when the gateway stops', async () => {
    await using rig = await startRig([budget])
    rig.upstream.always(openaiText('Yes.'))
    await rig.gateway.open(question(false)).answer
    rig.gateway.cancelAll(new GatewayError('cancelled', 'Enough.', { outcome: 'cancelled' }))
    assert.equal(rig.ledger.heldCount, 0)
    assert.ok(settledIn(rig) > 0n)
  })

  test('is given up while its money is waited for', async () => {
    await using rig = await startRig([budget])
    rig.upstream.always(openaiText('Yes.'))
    rig.ledger.waits = () => sleep(50)
    const { answer, cancel } = rig.gateway.open(question(false))
    cancel(new GatewayError('cancelled', 'Enough.', { outcome: 'cancelled' }))
    await assert.rejects(answer, { code: 'cancelled' })
    await idle(rig)
    assert.deepEqual([settledIn(rig), rig.upstream.journal.length], [0n, 0])
  })
})

describe('callers that leave at random moments', () => {
  test('leave nothing held, and the lines add up', async () => {
    const random = seeded(11)
    await using rig = await startRig([budget], { retry: { attempts: 2, sameTarget: 1 } })
    rig.upstream.always(({ body, path }) => {
      const { stream } = JSON.parse(body)
      const said = path.includes('messages') ? anthropicText : openaiText
      const step = said('One two three four five.', { stream })
      const mood = random()
      if (mood < 0.1) return { status: 500, body: '{"error":{"message":"No."}}' }
      if (mood < 0.2) return { ...step, cut: { atByte: 300, by: 'reset' } }
      return { ...step, headDelayMs: random() * 20, eventDelayMs: 2 }
    })
    await inParallel(Array.from({ length: 200 }), 20, () => {
      const language = random() < 0.5 ? 'openai' : 'anthropic'
      const asking = { language, stream: random() < 0.7, model: random() < 0.5 ? 'chat' : 'claude' } as const
      return rawVisit(rig.port, requestBytes({ ...asking, id: createId() }), random() * 80)
    })
    await idle(rig)
    assert.ok(rig.ledger.lines.length > 50)
    assert.equal(
      new Set(rig.ledger.lines.map(({ call, ordinal }) => `${call} ${ordinal}`)).size,
      rig.ledger.lines.length,
    )
    for (const { held, cost } of rig.ledger.lines) assert.ok(BigInt(cost ?? '0') <= BigInt(held ?? '0'))
  })
})
