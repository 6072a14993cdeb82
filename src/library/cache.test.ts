import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGateway, type LibraryGateway } from './create-gateway.ts'

const start = (more: object = {}): Promise<LibraryGateway> =>
  createGateway({
    discover: false,
    providers: {
      sim: { kind: 'simulated', models: ['a'], latencyMs: { p50: 1, p99: 2 }, tokensPerSecond: 100_000 },
    },
    prices: { '*/*': { input: 1, output: 10 } },
    models: { kept: { targets: ['sim/a'], cache: '1h' }, plain: 'sim/a' },
    ...more,
  })

const within = async (work: (gateway: LibraryGateway) => Promise<void>): Promise<void> => {
  const gateway = await start()
  try {
    await work(gateway)
  } finally {
    await gateway.close()
  }
}

const asked = (model = 'kept', content = 'Hello') => ({ model, messages: [{ role: 'user' as const, content }] })

describe('answers from memory in a program', () => {
  test('say so, how old they are and what they saved, and cost nothing', () =>
    within(async (gateway) => {
      const first = await gateway.chat(asked())
      assert.deepEqual(first.cache, { outcome: 'miss', ageMs: undefined, savedUsd: undefined })
      const again = await gateway.chat(asked())
      assert.equal(again.text, first.text)
      assert.deepEqual([again.costUsd, again.attempts, again.target], ['0', 0, 'sim/a'])
      assert.deepEqual([again.cache?.outcome, again.cache?.savedUsd], ['hit', first.costUsd])
      assert.ok((again.cache?.ageMs ?? -1) >= 0)
      assert.equal((await gateway.chat(asked('plain'))).cache, undefined)
    }))

  test('are told of by streams too', () =>
    within(async (gateway) => {
      await gateway.chat(asked())
      const stream = gateway.stream(asked())
      for await (const _delta of stream);
      assert.deepEqual([stream.answer?.cache?.outcome, stream.answer?.costUsd], ['hit', '0'])
    }))

  test('are given and kept as the program wishes', () =>
    within(async (gateway) => {
      const outcome = async (cache?: 'off' | 'read' | 'exact' | 'semantic') =>
        (await gateway.chat(asked(), { cache })).cache?.outcome
      assert.deepEqual([await outcome('read'), await outcome('off'), await outcome()], ['miss', 'off', 'miss'])
      assert.deepEqual([await outcome('exact'), await outcome('semantic'), await outcome('off')], ['hit', 'hit', 'off'])
      await assert.rejects(gateway.chat(asked(), { cache: 'always' as 'off' }), { code: 'invalid_request' })
    }))

  test('are counted, and taken away by team, model, key, tag or all at once', () =>
    within(async (gateway) => {
      const shop = gateway.asCaller({ team: 'shop', org: 'acme', tags: { feature: 'search' } })
      const keep = async () => {
        await shop.chat(asked())
        await gateway.chat(asked())
      }
      await keep()
      assert.equal((await gateway.cache.standing()).memory.entries, 2)
      assert.equal(await gateway.cache.purge({ team: 'garage' }), 0)
      assert.equal(await gateway.cache.purge({ tag: 'feature=search' }), 1)
      await keep()
      assert.equal(await gateway.cache.purge({ model: 'plain' }), 0)
      assert.equal(await gateway.cache.purge({ model: 'kept', key: 'library' }), 2)
      assert.equal((await gateway.chat(asked())).cache?.outcome, 'miss')
      assert.equal(await gateway.cache.purge({ all: true }), 1)
      await assert.rejects(gateway.cache.purge({}), { code: 'invalid_request' })
    }))
})
