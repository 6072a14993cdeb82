import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import { loadConfig } from './load.ts'

const providers = 'discover: false\nproviders: { sim: { kind: simulated, models: [a, v] } }\n'
const load = async (text: string) =>
  (await loadConfig({ text: providers + text, environment: { TOLLGATE_STORE: 'sqlite:/data/shop.db' } })).config
const complaints = (text: string): Promise<string> =>
  load(text).then(
    () => '',
    (thrown) => (thrown instanceof ConfigError ? thrown.message : Promise.reject(thrown)),
  )
const rulesOf = async (text: string, model = 'm') => (await load(text)).models.get(model)?.cache

describe('what is written of caching', () => {
  test('nothing is kept until it is asked for', async () => {
    const { cache, models } = await load('models: { m: sim/a }')
    assert.deepEqual([cache.models, models.get('m')?.cache], [undefined, undefined])
    assert.deepEqual(cache.disk, { path: '/data/shop-cache.db', mostBytes: 1024 ** 3 })
    assert.equal(cache.memoryBytes, 64 * 1024 ** 2)
  })

  test('a word, a duration and a map mean the same where they say the same', async () => {
    const usual = await rulesOf('models: { m: { targets: [sim/a], cache: true } }')
    assert.equal(usual?.ttlMs, 3_600_000)
    assert.equal(usual?.scope, 'team')
    assert.deepEqual(await rulesOf('models: { m: { targets: [sim/a], cache: 1h } }'), usual)
    assert.deepEqual(await rulesOf('models: { m: { targets: [sim/a], cache: { ttl: 1h } } }'), {
      ...usual,
      semantic: undefined,
    })
  })

  test('a model takes what it does not say from the top, and may say no', async () => {
    const top = 'cache: { models: { ttl: 2h, scope: key, semantic: true } }\n'
    const models = 'models: { m: sim/a, n: { targets: [sim/a], cache: 5m }, o: { targets: [sim/a], cache: false } }'
    const [m, n, o] = await Promise.all(['m', 'n', 'o'].map((name) => rulesOf(top + models, name)))
    assert.deepEqual([m?.ttlMs, m?.scope, m?.semantic?.embed], [7_200_000, 'key', { kind: 'ngrams' }])
    assert.deepEqual([n?.ttlMs, n?.scope, n?.semantic?.check], [300_000, 'key', 0.05])
    assert.equal(o, undefined)
  })

  test('keys are read in both spellings, in order, and never shown', async () => {
    const key = Buffer.alloc(32, 3)
    const { cache } = await load(`cache: { key: ['${key.toString('hex')}', '${key.toString('base64')}'] }`)
    assert.deepEqual(
      cache.keys.map((each) => Buffer.from(each.key)),
      [key, key],
    )
    assert.equal(cache.keys[0]?.id, cache.keys[1]?.id)
  })

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['models: { m: { targets: [sim/a], cache: 31d } }', /models\.m\.cache/],
    ['models: { m: { targets: [sim/a], cache: { scope: user } } }', /models\.m\.cache/],
    [
      'models: { m: { targets: [sim/a], cache: { semantic: { embed: nobody } } } }',
      /semantic\.embed: no model is called/,
    ],
    ['models: { m: { targets: [sim/a], cache: { semantic: { embed: m } } } }', /cannot compare its own questions/],
    ['models: { m: { targets: [sim/a], cache: { semantic: { judge: no/one } } } }', /semantic\.judge/],
    ['cache: { key: short }', /cache\.key: expected 32 bytes/],
    ['cache: { file: /data/shop.db }', /cache\.file: expected another file/],
    ['cache: { disc: 1GiB }', /cache/],
  ]
  for (const [text, expected] of wrong)
    test(`${text} is complained of with its path`, async () => assert.match(await complaints(text), expected))

  test('a file needs a store that keeps what questions are named by', async () => {
    const told = loadConfig({ text: `${providers}cache: { file: a.db }`, environment: { TOLLGATE_STORE: 'memory' } })
    await assert.rejects(told, /needs a store with a file/)
  })
})
