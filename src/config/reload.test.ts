import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import type { Config } from './config.ts'
import { parseConfig } from './load.ts'
import { createReloader, type ReloadOutcome } from './reload.ts'
import { restartNeeded } from './restart.ts'

const configOf = (models: Record<string, string>, more: object = {}): Promise<Config> =>
  parseConfig({ discover: false, providers: { sim: { kind: 'simulated' } }, models, ...more }, {})

describe('reading the configuration again', () => {
  test('puts a good one in force and gives it another hash', async () => {
    const wanted = await configOf({ other: 'sim/small' })
    const inForce: Config[] = []
    const reloader = createReloader({
      config: await configOf({ chat: 'sim/small' }),
      load: async () => wanted,
      replace: (config) => {
        inForce.push(config)
        return []
      },
      told: () => {},
    })
    const { hash } = reloader
    const outcome = await reloader.reload('signal')
    assert.deepEqual([outcome.ok, outcome.complaints, inForce], [true, [], [wanted]])
    assert.notEqual(reloader.hash, hash)
  })

  test('tells every complaint of a wrong one and leaves everything as it was', async () => {
    const told: ReloadOutcome[] = []
    const reloader = createReloader({
      config: await configOf({ chat: 'sim/small' }),
      load: () => configOf({ one: 'nobody/small', two: 'nothing' }),
      replace: () => assert.fail('it is wrong'),
      told: (outcome) => told.push(outcome),
    })
    const { hash } = reloader
    const outcome = await reloader.reload('file')
    assert.equal(outcome.ok, false)
    assert.match(
      outcome.complaints.join('\n'),
      /models\.one: no provider is called "nobody"[\s\S]*models\.two: expected a target/,
    )
    assert.deepEqual([told, reloader.latest, reloader.hash], [[outcome], outcome, hash])
  })

  test('reads once more, and only once, for all who ask while it is being read', async () => {
    const config = await configOf({ chat: 'sim/small' })
    let readings = 0
    const reloader = createReloader({
      config,
      load: async () => {
        readings++
        await new Promise((resolve) => setTimeout(resolve, 10))
        return config
      },
      replace: () => [],
      told: () => {},
    })
    const asked = ['file', 'signal', 'admin', 'file'] as const
    const outcomes = await Promise.all(asked.map((cause) => reloader.reload(cause)))
    assert.equal(readings, 2)
    assert.ok(outcomes.every(({ ok }) => ok))
  })

  test('goes on after a failure that is no complaint', async () => {
    const config = await configOf({ chat: 'sim/small' })
    let isBroken = true
    const reloader = createReloader({
      config,
      load: async () => {
        if (isBroken) throw new Error('the disk is gone')
        return config
      },
      replace: () => [],
      told: () => {},
    })
    assert.deepEqual((await reloader.reload('file')).complaints, ['the disk is gone'])
    isBroken = false
    assert.equal((await reloader.reload('file')).ok, true)
  })

  test('counts a replacement that is refused as a failure', async () => {
    const config = await configOf({ chat: 'sim/small' })
    const refusal = new ConfigError([{ path: 'server.host', problem: 'is reachable' }])
    const reloader = createReloader({
      config,
      load: async () => config,
      replace: () => {
        throw refusal
      },
      told: () => {},
    })
    assert.deepEqual((await reloader.reload('admin')).complaints, ['server.host: is reachable'])
  })
})

describe('what holds only after a restart', () => {
  test('is said by the names of the fields', async () => {
    const running = await configOf({ chat: 'sim/small' })
    const wanted = await configOf(
      { chat: 'sim/large' },
      {
        server: { port: 4100, drain: { notReady: '1s' }, admin: { token: 'a-token-for-administrators' } },
        timeouts: { connect: '2s', total: '5m' },
      },
    )
    assert.deepEqual(restartNeeded(running, wanted), [
      'server.port',
      'server.drain',
      'server.admin',
      'timeouts.connect',
    ])
  })

  test('is nothing where only models, keys, prices and clocks differ', async () => {
    const running = await configOf({ chat: 'sim/small' })
    const wanted = await configOf(
      { chat: 'sim/large' },
      {
        keys: [{ name: 'web', key: 'a-key-of-the-web' }],
        prices: { 'sim/*': { input: 1, output: 2 } },
        timeouts: { idle: '5s' },
      },
    )
    assert.deepEqual(restartNeeded(running, wanted), [])
  })
})
