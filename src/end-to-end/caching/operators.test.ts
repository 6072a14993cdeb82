import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type SettingsRig, startSettingsRig } from './settings-rig.ts'

const models = 'models: { kept: { targets: [sim/a], cache: 1h } }\n'

const purge = async (rig: SettingsRig, body: unknown): Promise<unknown> => {
  const { status, text } = await rig.admin('POST', 'cache/purge', body)
  return status === 200 ? JSON.parse(text).purged : status
}

const made = async (rig: SettingsRig, body: unknown): Promise<string> =>
  JSON.parse((await rig.admin('POST', 'keys', body)).text).secret

/** A key in a team of an org. */
const garageKey = async (rig: SettingsRig): Promise<string> => {
  assert.equal((await rig.admin('PUT', 'orgs/acme', {})).status, 200)
  assert.equal((await rig.admin('PUT', 'teams/garage', { org: 'acme' })).status, 200)
  return made(rig, { name: 'made', team: 'garage' })
}

describe('answers that are taken away', () => {
  test('go with the key that asked first', async () => {
    await using rig = await startSettingsRig(models)
    const key = await made(rig, { name: 'made', team: 'shop' })
    await rig.ask('kept', { key })
    assert.equal((await rig.ask('kept')).cache, 'hit')
    assert.equal((await rig.admin('POST', 'keys/made/revoke', {})).status, 200)
    assert.equal((await rig.ask('kept')).cache, 'miss')
  })

  test('go with the team that shares them, for good', async () => {
    await using rig = await startSettingsRig(models)
    const key = await garageKey(rig)
    const move = async (team: string | null) =>
      assert.equal((await rig.admin('PATCH', 'keys/made', { team })).status, 200)
    await rig.ask('kept', { key })
    await rig.ask('kept')
    await move(null)
    await move('garage')
    assert.equal((await rig.ask('kept', { key })).cache, 'hit')
    await move(null)
    assert.equal((await rig.admin('DELETE', 'teams/garage')).status, 204)
    await rig.admin('PUT', 'teams/garage', { org: 'acme' })
    await move('garage')
    assert.equal((await rig.ask('kept', { key })).cache, 'miss')
    assert.equal((await rig.ask('kept')).cache, 'hit')
  })

  test('are those of a team in every org, also when the team is named as a scope', async () => {
    await using rig = await startSettingsRig(models)
    const key = await garageKey(rig)
    await rig.ask('kept', { key })
    await rig.ask('kept')
    assert.equal(await purge(rig, { scope: 'team:other' }), 0)
    assert.equal(await purge(rig, { scope: 'team:garage' }), 1)
    await rig.ask('kept', { key })
    assert.equal(await purge(rig, { scope: 'team:acme/garage' }), 1)
    await rig.ask('kept', { key })
    assert.equal(await purge(rig, { team: 'garage' }), 1)
    assert.equal((await rig.ask('kept')).cache, 'hit')
  })

  test('are those of everybody where the gateway is the scope', async () => {
    await using rig = await startSettingsRig('models: { kept: { targets: [sim/a], cache: { scope: gateway } } }')
    for (const scope of ['gateway', 'gateway:*']) {
      await rig.ask('kept')
      assert.equal((await rig.ask('kept', { key: 'key-of-somebody-alone' })).cache, 'hit')
      assert.equal(await purge(rig, { scope }), 1)
    }
    for (const scope of ['gateway:', 'gateway:shop', 'team:', 'shop'])
      assert.equal(await purge(rig, { scope }), 400, scope)
  })
})

/** Every byte beside the store, as text. */
const bytesBeside = async (rig: SettingsRig): Promise<string> => {
  const folder = dirname(rig.store.replace('sqlite:', ''))
  const files = (await readdir(folder)).filter((name) => name.includes('cache'))
  return (await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')))).join('\n')
}

/** What is kept is written a moment later. */
const written = async (rig: SettingsRig): Promise<void> => {
  for (let left = 200; left > 0; left--) {
    if (JSON.parse((await rig.admin('GET', 'cache')).text).disk?.entries === 1) return
    await setTimeout(20)
  }
  assert.fail('Nothing was written.')
}

describe('the file of kept answers', () => {
  const asked = { headers: { 'x-tollgate-tags': 'feature=cormorant-quicksilver' } }
  const plain = ['feature=cormorant-quicksilver', 'cormorant-quicksilver', 'team:shop', 'sim/a', 'kept']
  const secret = Buffer.alloc(32, 5).toString('base64')

  test('holds nothing to be read where there is a key, and is read again with it', async () => {
    await using rig = await startSettingsRig(`cache: { key: ['${secret}'] }\n${models}`)
    await rig.ask('kept', asked)
    await written(rig)
    await rig.restart()
    const bytes = await bytesBeside(rig)
    assert.ok(bytes.length > 1_000)
    for (const word of plain) assert.equal(bytes.includes(word), false, word)
    assert.equal((await rig.ask('kept', asked)).cache, 'hit')
  })

  test('holds it as it is where there is none, so that this could be seen', async () => {
    await using rig = await startSettingsRig(models)
    await rig.ask('kept', asked)
    await written(rig)
    const bytes = await bytesBeside(rig)
    for (const word of plain.slice(1)) assert.equal(bytes.includes(word), true, word)
  })

  test('is of no use to whoever has another key', async () => {
    await using rig = await startSettingsRig(`cache: { key: ['${secret}'] }\n${models}`)
    await rig.ask('kept', asked)
    await written(rig)
    await rig.write(`cache: { key: ['${Buffer.alloc(32, 6).toString('base64')}'] }\n${models}`)
    await rig.restart()
    assert.equal((await rig.ask('kept', asked)).cache, 'miss')
  })
})

describe('what else is told', () => {
  test('calls that the gateway makes for itself are counted by purpose', async () => {
    await using rig = await startSettingsRig('models: { kept: { targets: [sim/a], cache: { ttl: 1s, stale: 1h } } }')
    await rig.ask('kept')
    let told = await rig.ask('kept')
    for (let left = 60; left > 0 && told.cache !== 'stale'; left--) {
      await setTimeout(50)
      told = await rig.ask('kept')
    }
    assert.equal(told.cache, 'stale')
    const counted = /tollgate_own_calls_total\{purpose="refresh",outcome="ok"\} 1/
    let text = await rig.metrics()
    for (let left = 100; left > 0 && !counted.test(text); left--) {
      await setTimeout(20)
      text = await rig.metrics()
    }
    assert.match(text, counted)
    assert.match(text, /tollgate_cache_requests_total\{model="kept",outcome="stale"\} 1/)
  })
})
