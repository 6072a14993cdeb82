import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startSettingsRig } from './settings-rig.ts'

const models = `
models:
  kept: { targets: [sim/a], cache: 1h }
  plain: sim/a
`

const saying = (content: string) => ({ body: { messages: [{ role: 'user', content }] } })

describe('what callers meet of answers that are kept', () => {
  test('the second answer is told to be a hit that cost nothing, and the same in every other way', async () => {
    await using rig = await startSettingsRig(models)
    const first = await rig.ask('kept')
    assert.deepEqual([first.status, first.cache], [200, 'miss'])
    assert.equal(first.headers.get('age'), null)
    const again = await rig.ask('kept', { key: 'key-of-the-till' })
    assert.deepEqual([again.status, again.cache], [200, 'hit'])
    assert.equal(JSON.parse(again.text).choices[0].message.content, JSON.parse(first.text).choices[0].message.content)
    assert.match(again.headers.get('age') ?? '', /^\d+$/)
    assert.equal(again.headers.get('x-tollgate-cost-usd'), '0')
    assert.equal(again.headers.get('x-tollgate-saved-usd'), first.headers.get('x-tollgate-cost-usd'))
    assert.equal(again.headers.get('x-tollgate-attempts'), '0')
    assert.equal(again.headers.get('x-tollgate-target'), 'sim/a')
    assert.equal(again.headers.get('cache-control'), 'no-store')
    assert.equal((await rig.ask('kept', { key: 'key-of-somebody-alone' })).cache, 'miss')
  })

  test('a model that keeps no answers says nothing of it', async () => {
    await using rig = await startSettingsRig(models)
    await rig.ask('plain')
    const { status, headers } = await rig.ask('plain')
    assert.equal(status, 200)
    for (const name of ['x-tollgate-cache', 'age', 'x-tollgate-saved-usd']) assert.equal(headers.get(name), null)
  })

  test('a stream from memory tells it in its head and at its end', async () => {
    await using rig = await startSettingsRig(models)
    const asked = { body: { stream: true } }
    assert.match((await rig.ask('kept', asked)).text, /: tollgate cost_usd=\S+ target=sim\/a attempts=1 cache=miss\n/)
    const again = await rig.ask('kept', asked)
    assert.deepEqual([again.cache, again.headers.get('x-tollgate-cost-usd')], ['hit', '0'])
    assert.match(again.text, /: tollgate cost_usd=0 target=sim\/a attempts=0 cache=hit\n/)
  })

  test('callers may wish for less: no reading, no keeping, nothing too old', async () => {
    await using rig = await startSettingsRig(models)
    const wish = async (content: string, headers: Record<string, string>) =>
      (await rig.ask('kept', { ...saying(content), headers })).cache
    assert.equal(await wish('one', { 'cache-control': 'no-store' }), 'miss')
    assert.equal(await wish('one', { 'x-tollgate-cache': 'read' }), 'miss')
    assert.equal(await wish('one', { 'x-tollgate-cache': 'off' }), 'off')
    assert.equal(await wish('one', {}), 'miss')
    assert.equal(await wish('one', { 'x-tollgate-cache': 'read' }), 'hit')
    assert.equal(await wish('one', { 'x-tollgate-cache': 'semantic' }), 'hit')
    assert.equal(await wish('one', { 'cache-control': 'no-cache' }), 'off')
    assert.equal(await wish('one', { 'cache-control': 'max-age=0' }), 'miss')
    assert.equal(await wish('one', { 'cache-control': 'max-age=600, no-transform' }), 'hit')
    assert.equal(await wish('one', { 'cache-control': 'max-age=soon' }), 'hit')
  })

  test('a word that is none of ours is refused, also in the body', async () => {
    await using rig = await startSettingsRig(models)
    const bad = await rig.ask('kept', { headers: { 'x-tollgate-cache': 'always' } })
    assert.equal(bad.status, 400)
    assert.match(bad.text, /must be off, read, exact, semantic/)
    await rig.ask('kept')
    const inBody = await rig.ask('kept', { body: { metadata: { tollgate: { cache: 'off' } } } })
    assert.deepEqual([inBody.status, inBody.cache], [200, 'off'])
  })

  test('figures tell hits, misses and what was saved', async () => {
    await using rig = await startSettingsRig(models)
    await rig.ask('kept')
    await rig.ask('kept')
    const text = await rig.metrics()
    assert.match(text, /tollgate_cache_requests_total\{model="kept",outcome="miss"\} 1/)
    assert.match(text, /tollgate_cache_requests_total\{model="kept",outcome="hit"\} 1/)
    assert.match(text, /tollgate_cache_saved_usd_total\{model="kept"\} 0\.\d+/)
    assert.match(text, /tollgate_cache_entries\{tier="memory"\} 1/)
    assert.match(text, /tollgate_cache_bytes_limit\{tier="disk"\} 1073741824/)
  })
})

describe('what operators meet of answers that are kept', () => {
  test('one line keeps the answers of all models, provider/model included, but of those that say no', async () => {
    await using rig = await startSettingsRig(
      'cache: { models: 1h }\nmodels: { m: sim/a, not: { targets: [sim/a], cache: false } }',
    )
    for (const [model, second] of [
      ['m', 'hit'],
      ['sim/a', 'hit'],
      ['not', null],
    ] as const) {
      await rig.ask(model)
      assert.equal((await rig.ask(model)).cache, second, model)
    }
  })

  test('answers outlive a restart, and a reload turns keeping on and off', async () => {
    await using rig = await startSettingsRig('models: { m: sim/a }')
    assert.equal((await rig.ask('m')).cache, null)
    await rig.write('models: { m: { targets: [sim/a], cache: true } }')
    assert.equal((await rig.running.reload('admin')).ok, true)
    // It is opened beside the first calls.
    for (let left = 200; left > 0 && (await rig.ask('m')).cache !== 'hit'; left--) await setTimeout(20)
    assert.equal((await rig.ask('m')).cache, 'hit')
    await rig.restart()
    assert.equal((await rig.ask('m')).cache, 'hit')
    await rig.write('models: { m: sim/a }')
    await rig.running.reload('admin')
    assert.equal((await rig.ask('m')).cache, null)
    await rig.write('cache: { memory: 1MiB }\nmodels: { m: sim/a }')
    assert.deepEqual((await rig.running.reload('admin')).needsRestart, ['cache.memory'])
  })

  test('kept answers are taken away by team, model, owner, tag or all, and the audit log tells of it', async () => {
    await using rig = await startSettingsRig(models)
    const purge = async (body: unknown) => {
      const told = await rig.admin('POST', 'cache/purge', body)
      return told.status === 200 ? JSON.parse(told.text).purged : told.status
    }
    const keep = async () => {
      await rig.ask('kept', { ...saying('in the shop'), headers: { 'x-tollgate-tags': 'feature=search' } })
      await rig.ask('kept', { ...saying('alone'), key: 'key-of-somebody-alone' })
    }
    await keep()
    assert.equal(await purge({}), 400)
    assert.equal(await purge({ all: true, team: 'shop' }), 400)
    assert.equal(await purge({ team: 'garage' }), 0)
    assert.equal(await purge({ team: 'shop' }), 1)
    assert.equal((await rig.ask('kept', saying('in the shop'))).cache, 'miss')
    await purge({ team: 'shop' })
    await keep()
    assert.equal(await purge({ tag: 'feature=search' }), 1)
    await keep()
    assert.equal(await purge({ owner: 'alone' }), 1)
    await keep()
    assert.equal(await purge({ model: 'other' }), 0)
    assert.equal(await purge({ model: 'kept' }), 2)
    await keep()
    assert.equal(await purge({ all: true }), 2)
    const { text } = await rig.admin('GET', 'audit')
    assert.match(text, /"action":"cache\.purge"/)
    const standing = JSON.parse((await rig.admin('GET', 'cache')).text)
    assert.deepEqual([standing.memory.entries, standing.memory.mostBytes], [0, 64 * 1024 ** 2])
  })
})
