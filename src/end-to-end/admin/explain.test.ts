import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import type { Explained } from '../../explained.ts'
import { viewOfExplained } from '../../server/explain-view.ts'
import { openaiError, openaiText } from '../../testing/index.ts'
import { hello, startWorld, type World, web } from './explain-rig.ts'

const firstOf = ({ targets }: Explained): string | undefined =>
  targets.find(({ position, skipped }) => position !== undefined && skipped === undefined)?.target.id

const both: ConfigInput['models'] = { chat: ['one/m', 'two/m'] }
const shop = (budget: object): ConfigInput => ({ models: both, teams: { shop: { budget: budget as never } } })

/** Explained and asked: both must come to the same. */
const compared = async (world: World, ...asking: Parameters<World['ask']>) => {
  const explained = await world.explain(...asking)
  const record = await world.ask(...asking)
  const attempt = record.attempts.find(({ outcome }) => outcome === 'ok')
  assert.equal(explained.refusal?.code, record.error)
  if (record.error === undefined) {
    assert.equal(firstOf(explained), record.notes.cache?.outcome === 'hit' ? firstOf(explained) : record.target)
    const planned = explained.targets.find(({ target }) => target.id === attempt?.target)
    if (attempt?.heldNanos !== undefined) assert.equal(planned?.bound?.nanos, attempt.heldNanos)
  }
  return { explained, record }
}

describe('the target that is asked first', () => {
  const ways: Readonly<Record<string, ConfigInput>> = {
    'in the order that is written': { models: both },
    'the cheapest': { models: { chat: { targets: ['one/m', 'two/m'], policies: ['cheapest'] } } },
    'by a rule for who asks': {
      models: {
        chat: {
          targets: ['one/m', 'two/m'],
          policies: [{ when: { team: 'shop' }, use: ['two/m'] }],
        },
      },
    },
    'by what belongs together': { models: { chat: { targets: ['one/m', 'two/m'], policies: ['sticky'] } } },
    'what a budget leaves': shop({ usd: 0.002, onLimit: 'cheaper', onShort: 'reject' }),
  }
  for (const [name, input] of Object.entries(ways))
    test(`is the one of the call: ${name}`, async () => {
      await using world = await startWorld(input)
      const { record } = await compared(world, hello('chat', { max_completion_tokens: 150 }))
      assert.equal(record.outcome, 'ok')
    })

  test('is not one that keeps failing, and says why', async () => {
    await using world = await startWorld({ models: both, retry: { attempts: 1 } })
    world.upstream.always(openaiError(500, 'server_error', 'It failed.'))
    for (let count = 0; count < 5; count++) await world.ask(hello())
    const { targets } = await world.explain(hello())
    assert.deepEqual(
      targets.map(({ target, position, skipped }) => [target.id, position, skipped]),
      [
        ['two/m', 1, undefined],
        ['one/m', undefined, 'it kept failing'],
      ],
    )
  })

  test('is drawn where weights draw it, and that is said', async () => {
    const models = {
      chat: {
        targets: [
          { target: 'one/m', weight: 1 },
          { target: 'two/m', weight: 3 },
        ],
      },
    }
    await using world = await startWorld({ models })
    const { notes } = viewOfExplained(await world.explain(hello()))
    assert.match(notes.join(), /drawn by weights/)
  })
})

describe('what is set aside', () => {
  test('is what the call holds, also where its output is shortened', async () => {
    await using world = await startWorld(shop({ usd: 0.003 }))
    const { explained, record } = await compared(world, hello())
    assert.equal(record.notes.shortened, true)
    assert.equal(
      explained.allowances[0]?.wouldHold,
      record.attempts[0]?.heldNanos === undefined ? 0n : explained.allowances[0]?.wouldHold,
    )
    assert.ok((record.attempts[0]?.heldNanos ?? 0n) > 0n)
  })

  test('is what the call holds where a target must be told of a format in words', async () => {
    const at = { kind: 'openai-compatible', apiKey: 'sk-upstream', quirks: { schemaFormat: false } } as const
    await using world = await startWorld(shop({ usd: 1 }), (url) => ({
      one: { ...at, baseUrl: `${url}/v1` },
      two: { ...at, baseUrl: `${url}/v1` },
    }))
    world.upstream.always(openaiText('{"a":1}', { usage: { input: 10, output: 2 } }))
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    const { explained, record } = await compared(world, hello('chat', { response_format: format }))
    assert.equal(record.outcome, 'ok')
    assert.equal(explained.conforms, true)
    assert.match(world.upstream.journal[0]?.body ?? '', /properties/)
  })

  test('is nothing: explaining often leaves all of it to the calls', async () => {
    const limits = { requests: '3/m' }
    await using world = await startWorld({
      models: both,
      teams: { shop: { budget: { usd: 1 }, limits } },
    })
    for (let count = 0; count < 10; count++) assert.equal((await world.explain(hello())).refusal, undefined)
    const left = [3n, 2n, 1n]
    for (const amount of left) {
      const { allowances } = await world.explain(hello())
      assert.equal(allowances.find(({ allowance }) => allowance.unit === 'requests')?.left, amount)
      assert.equal((await world.ask(hello())).outcome, 'ok')
    }
    assert.equal(world.upstream.journal.length, 3)
    const { record } = await compared(world, hello())
    assert.equal(record.error, 'rate_limited')
  })
})

describe('a refusal', () => {
  const refusals: Readonly<Record<string, { input: ConfigInput; model?: string; more?: object }>> = {
    'of a model that is not there': { input: { models: both }, model: 'none' },
    'of a budget that is used up': { input: shop({ usd: 0 }) },
    'of a budget that only a shorter answer would fit': { input: shop({ usd: 0.0001, onShort: 'reject' }) },
    'of a price that is not known': { input: { ...shop({ usd: 1 }), prices: {} } },
    'of a schema that is none': {
      input: { models: { chat: { targets: ['one/m'], output: { attempts: 2 } } } },
      more: {
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'nothing' } } },
      },
    },
    'of calls at once': { input: { models: both, teams: { shop: { limits: { concurrency: 0 } } } } },
  }
  for (const [name, { input, model = 'chat', more = {} }] of Object.entries(refusals))
    test(`is the one that the call meets: ${name}`, async () => {
      await using world = await startWorld(input)
      const { record, explained } = await compared(world, hello(model, more as never))
      assert.equal(record.outcome, 'error')
      assert.equal(explained.refusal?.details.param, world.lastError?.details.param)
      assert.equal(world.upstream.journal.length, 0)
    })
})

describe('memory', () => {
  test('would hit where the call hits, and nothing is used or renewed by looking', async () => {
    await using world = await startWorld({ models: { chat: { targets: ['one/m'], cache: {} } } })
    const { explained: before, record: first } = await compared(world, hello())
    assert.equal(before.memory?.outcome, 'miss')
    assert.equal(first.notes.cache?.outcome, 'miss')
    const { explained, record } = await compared(world, hello())
    assert.equal(explained.memory?.outcome, 'hit')
    assert.equal(record.notes.cache?.outcome, 'hit')
    assert.equal(explained.memory?.key, before.memory?.key)
    assert.equal(explained.memory?.scope, 'team:shop')
    assert.equal(world.upstream.journal.length, 1)
    const other = await world.explain(hello(), { key: 'app', team: 'other' })
    assert.equal(other.memory?.outcome, 'miss')
    const off = await world.explain(hello(), web, { 'x-tollgate-cache': 'off' })
    assert.equal(off.memory?.outcome, 'off')
  })
})

describe('a queue', () => {
  test('tells how long the call would wait, and sends it elsewhere where that is in vain', async () => {
    const at = { kind: 'openai-compatible', apiKey: 'sk-upstream' } as const
    const queue = { maxWait: '1s', concurrency: 1, length: 10 }
    await using world = await startWorld({ models: both }, (url) => ({
      one: { ...at, baseUrl: `${url}/v1`, queue },
      two: { ...at, baseUrl: `${url}/v1` },
    }))
    const waitsOf = ({ targets }: Explained) => targets.map(({ target, queuedMs }) => [target.id, queuedMs])
    assert.deepEqual(waitsOf(await world.explain(hello())), [
      ['one/m', 0],
      ['two/m', undefined],
    ])
    world.upstream.script(openaiError(429, null, 'Slow down.', { 'retry-after': '20' }))
    await world.ask(hello())
    const { targets, refusal } = await world.explain(hello())
    assert.equal(refusal, undefined)
    const one = targets.find(({ target }) => target.id === 'one/m')
    assert.match(one?.skipped ?? '', /pause/)
    const { record } = await compared(world, hello())
    assert.equal(record.target, 'two/m')
  })
})

describe('a limit that lets calls wait', () => {
  test('refuses nobody who can wait, and whoever would wait too long', async () => {
    const waiting = (requests: string): ConfigInput => ({
      models: both,
      teams: { shop: { limits: { requests, onLimit: 'wait' } } },
    })
    await using soon = await startWorld(waiting('1/s'))
    await soon.ask(hello())
    assert.equal((await soon.explain(hello())).refusal, undefined)
    await using late = await startWorld(waiting('1/h'))
    await late.ask(hello())
    const { record } = await compared(late, hello())
    assert.equal(record.error, 'rate_limited')
  })
})
