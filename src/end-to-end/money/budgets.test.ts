import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Allowance } from '../../core/allowance.ts'
import {
  anthropicText,
  openaiError,
  openaiText,
  type ReceivedRequest,
  rawRequest,
  type Step,
} from '../../testing/index.ts'
import { plainAllowance } from '../../testing/plain-ledger.ts'
import { type Asking, ask, closeIdle, type Transcript } from '../faults/client.ts'
import { until } from '../faults/harness.ts'
import { type Rig, startRig } from './rig.ts'

after(closeIdle)

const usd = (amount: number): bigint => BigInt(Math.round(amount * 1e9))

const answer =
  (usage: { input: number; output: number } | false = { input: 100, output: 10 }) =>
  ({ body, path }: ReceivedRequest): Step => {
    const { stream } = JSON.parse(body)
    return path.includes('messages') ? anthropicText('Yes.', { stream, usage }) : openaiText('Yes.', { stream, usage })
  }

const codeIn = ({ text }: Transcript): unknown => JSON.parse(text).tollgate?.code ?? JSON.parse(text).error?.code

const idle = async ({ ledger, gateway }: Rig): Promise<void> => {
  await until(() => gateway.inFlight === 0, 'calls are still under way')
  assert.equal(ledger.heldCount, 0)
}

describe('a hard budget', () => {
  test('books what an answer cost, the same at both doors and in both forms, in one line each', async () => {
    const budget = plainAllowance({})
    await using rig = await startRig([budget])
    rig.upstream.always(answer())
    const askings: Asking[] = (['openai', 'anthropic'] as const).flatMap((language) =>
      [false, true].flatMap((stream) => ['chat', 'claude'].map((model) => ({ language, stream, model }))),
    )
    for (const asking of askings) {
      const { status, headers, text } = await ask(rig.port, asking)
      assert.equal(status, 200, text)
      if (asking.stream) assert.match(text, /cost_usd=0\.0002 /)
      else assert.equal(headers['x-tollgate-cost-usd'], '0.0002')
    }
    await idle(rig)
    assert.equal(rig.ledger.settled(budget, 'key:anonymous'), usd(0.0002) * BigInt(askings.length))
    assert.deepEqual(
      rig.ledger.lines.map(({ cost, last, outcome }) => [cost, last, outcome]),
      askings.map(() => ['200000', true, 'ok']),
    )
    for (const { held } of rig.ledger.lines) assert.ok(BigInt(held ?? '0') > 200_000n)
  })

  test('is never overspent by two hundred calls at once', async () => {
    const budget = plainAllowance({ limit: usd(1) })
    await using rig = await startRig([budget], { prices: { 'open/m': { input: 0, output: 0, perCall: 0.01 } } })
    rig.upstream.always((received) => ({ ...answer()(received), headDelayMs: 20 }))
    const calls = Array.from({ length: 200 }, (_, index) => ask(rig.port, { stream: index % 2 === 0 }))
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    await idle(rig)
    assert.equal(statuses.filter((status) => status === 200).length, 100)
    assert.equal(statuses.filter((status) => status === 402).length, 100)
    assert.equal(rig.ledger.settled(budget, 'key:anonymous'), usd(1))
    assert.equal(rig.ledger.peaks.get('budget key:anonymous'), usd(1))
    assert.equal(rig.upstream.journal.length, 100)
  })

  test('shortens an answer to what it can pay for, in the field of the target, and keeps what the caller wrote', async () => {
    await using rig = await startRig([plainAllowance({ limit: usd(0.01) })])
    rig.upstream.always(answer())
    const fields = { chat: 'max_completion_tokens', claude: 'max_tokens' } as const
    for (const model of ['chat', 'claude'] as const)
      for (const language of ['openai', 'anthropic'] as const) {
        await ask(rig.port, { model, language, more: { max_tokens: 5_000, temperature: 0.5 } })
        const body = rig.sent().at(-1)
        const most = Number(body?.[fields[model]])
        assert.ok(most >= 16 && most < 1_000, `${model}, ${language}: ${most}`)
        assert.equal(body?.temperature, 0.5)
      }
    await idle(rig)
  })

  test('asks for no more than the model can say where the caller names no limit', async () => {
    await using rig = await startRig([plainAllowance({ limit: usd(100) })])
    rig.upstream.always(answer())
    await ask(rig.port)
    await ask(rig.port, { model: 'claude' })
    const [openai, anthropic] = rig.sent()
    const most = (body: Record<string, unknown> | undefined) => body?.max_completion_tokens ?? body?.max_tokens
    assert.deepEqual([most(openai), most(anthropic)], [4_096, 4_096])
  })

  test('sends what a caller asks for as it came when it can be paid', async () => {
    await using rig = await startRig([plainAllowance({ limit: usd(100) })])
    rig.upstream.always(answer())
    await ask(rig.port, { more: { max_completion_tokens: 77, own_word: [1, 2] } })
    const [body] = rig.sent()
    assert.deepEqual([body?.max_completion_tokens, body?.own_word], [77, [1, 2]])
  })

  test('refuses at once what does not fit whole, where answers may not be shortened', async () => {
    await using rig = await startRig([plainAllowance({ limit: usd(0.01), onShort: 'reject' })])
    rig.upstream.always(answer())
    const refused = await ask(rig.port, { more: { max_tokens: 5_000 } })
    assert.deepEqual(
      [refused.status, codeIn(refused), refused.headers['x-should-retry']],
      [402, 'budget_exhausted', 'false'],
    )
    assert.equal((await ask(rig.port, { more: { max_tokens: 500 } })).status, 200)
    assert.equal(rig.upstream.journal.length, 1)
  })

  test('refuses when not even sixteen tokens can be paid for, and no provider hears of it', async () => {
    await using rig = await startRig([plainAllowance({ limit: usd(0.001) })])
    const refused = await ask(rig.port)
    assert.deepEqual([refused.status, refused.headers['x-tollgate-attempts']], [402, '0'])
    assert.equal(rig.upstream.journal.length, 0)
    assert.equal(rig.ledger.lines.length, 0)
  })

  test('says no before a body has come when nothing is left', async () => {
    const budget = plainAllowance({ limit: usd(1) })
    await using rig = await startRig([budget])
    rig.ledger.charge({ allowance: budget, subject: 'key:anonymous' }, usd(1))
    const head = ['POST /v1/chat/completions HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json']
    for (const length of [10, 1_000_000]) {
      const bytes = `${[...head, `content-length: ${length}`].join('\r\n')}\r\n\r\n`
      const { text } = await rawRequest(rig.port, bytes, { until: 'tollgate' })
      assert.match(text, /^HTTP\/1\.1 402 /)
      assert.match(text, /x-should-retry: false/)
    }
    assert.equal(rig.records.length, 0)
  })

  test('is closed to what has no known price, unless another target has one', async () => {
    const models = { chat: 'open/other', both: { targets: ['open/other', 'open/m'], policies: ['order' as const] } }
    await using rig = await startRig([plainAllowance({})], { models })
    rig.upstream.always(answer())
    const refused = await ask(rig.port)
    assert.deepEqual([refused.status, codeIn(refused)], [403, 'price_unknown'])
    assert.equal((await ask(rig.port, { model: 'both' })).headers['x-tollgate-target'], 'open/m')
    assert.equal(rig.upstream.journal.length, 1)
    await idle(rig)
  })

  describe('that looks for something cheaper', () => {
    const prices = { 'open/dear': { input: 100, output: 1_000 }, 'open/cheap': { input: 1, output: 10 } }
    const models = { chat: { targets: ['open/dear', 'open/cheap'], policies: ['order' as const] } }
    const cheaper: Partial<Allowance> = { onLimit: 'cheaper', limit: usd(0.05) }

    test('goes on to the next target that fits', async () => {
      await using rig = await startRig([plainAllowance(cheaper)], { prices, models })
      rig.upstream.always(answer())
      const served = await ask(rig.port)
      assert.deepEqual(
        [served.status, served.headers['x-tollgate-target'], served.headers['x-tollgate-attempts']],
        [200, 'open/cheap', '1'],
      )
      await idle(rig)
    })

    test('refuses with the budget’s own word when nothing fits', async () => {
      await using rig = await startRig([plainAllowance({ ...cheaper, limit: usd(0.0001) })], { prices, models })
      const refused = await ask(rig.port)
      assert.deepEqual(
        [refused.status, codeIn(refused), refused.headers['x-should-retry']],
        [402, 'budget_exhausted', 'false'],
      )
    })

    test('does not go on where the budget says that it refuses', async () => {
      await using rig = await startRig([plainAllowance({ ...cheaper, onLimit: 'refuse' })], { prices, models })
      assert.equal((await ask(rig.port)).status, 402)
      assert.equal(rig.upstream.journal.length, 0)
    })
  })

  test('covers a fallback anew: a target ten times as dear is not asked with too little left', async () => {
    const budget = plainAllowance({ limit: usd(0.05) })
    await using rig = await startRig([budget], {
      prices: { 'open/cheap': { input: 1, output: 10 }, 'open/dear': { input: 100, output: 1_000 } },
      models: { chat: { targets: ['open/cheap', 'open/dear'], policies: ['order'] } },
      retry: { attempts: 3, sameTarget: 0 },
    })
    rig.upstream.always(openaiError(500, 'server_error', 'No.'))
    assert.equal((await ask(rig.port)).status, 402)
    await idle(rig)
    assert.equal(rig.upstream.journal.length, 1)
    assert.equal(rig.ledger.settled(budget, 'key:anonymous'), 0n)
    assert.deepEqual(
      rig.ledger.lines.map(({ target, cost, last }) => [target, cost, last]),
      [['open/cheap', '0', true]],
    )
  })

  test('has a line for each attempt that was sent, and calls one of them the last', async () => {
    await using rig = await startRig([plainAllowance({})], { retry: { attempts: 3, sameTarget: 1 } })
    rig.upstream.script(openaiError(500, 'server_error', 'No.'), answer())
    assert.equal((await ask(rig.port)).status, 200)
    await idle(rig)
    assert.deepEqual(
      rig.ledger.lines.map(({ ordinal, outcome, cost, last }) => [ordinal, outcome, cost, last]),
      [
        [1, 'server', '0', undefined],
        [2, 'ok', '200000', true],
      ],
    )
  })

  test('several at once hold all or nothing, and each is charged', async () => {
    const key = plainAllowance({ id: 'key' })
    const everybody = plainAllowance({ id: 'all', scope: 'gateway:*', limit: usd(0.001) })
    await using rig = await startRig([everybody, key])
    rig.upstream.always(answer())
    assert.equal((await ask(rig.port)).status, 402)
    await idle(rig)
    assert.equal(rig.ledger.peaks.get('key key:anonymous'), undefined)
  })
})

describe('a soft budget', () => {
  test('is charged and never refuses, and a cost that is not known is not charged', async () => {
    const soft = plainAllowance({ isHard: false, limit: 1n })
    await using rig = await startRig([soft], { models: { chat: 'open/m', other: 'open/other' } })
    rig.upstream.always(answer())
    assert.equal((await ask(rig.port)).status, 200)
    assert.equal((await ask(rig.port)).status, 200)
    const unknown = await ask(rig.port, { model: 'other' })
    assert.deepEqual([unknown.status, unknown.headers['x-tollgate-cost-usd']], [200, undefined])
    await idle(rig)
    assert.deepEqual(rig.ledger.charged, [200_000n, 200_000n])
    assert.deepEqual(
      rig.ledger.lines.map(({ cost, held }) => [cost, held]),
      [
        ['200000', undefined],
        ['200000', undefined],
        [undefined, undefined],
      ],
    )
    assert.equal(rig.sent()[0]?.max_completion_tokens, undefined)
  })
})
