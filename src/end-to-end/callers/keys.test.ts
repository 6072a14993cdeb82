import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { ConfigError } from '../../config/complaints.ts'
import { parseConfig } from '../../config/load.ts'
import { startServer } from '../../server/start.ts'
import { createMemoryStore } from '../../stores/memory/index.ts'
import { startRig, storeFolder, within } from './rig.ts'

const exposure = { path: 'server.host', problem: 'is reachable from other machines' }

/** What other processes may take, by promise a second, on a busy machine. */
const heardOfMs = 3_000

describe('keys', () => {
  test('that are made close a server that was open, and are refused the moment they are revoked', async () => {
    await using rig = await startRig()
    assert.equal(await rig.ask(), 200)
    const { secret } = await rig.administer('POST', '/admin/api/keys', { name: 'web' })
    assert.equal(rig.running.isOpen, false)
    assert.equal(await rig.ask(), 401)
    assert.equal(await rig.ask(String(secret)), 200)
    assert.equal(await rig.ask(String(secret).replace(/.$/, '_')), 401)
    await rig.administer('POST', '/admin/api/keys/web/revoke')
    assert.equal(await rig.ask(String(secret)), 401)
    assert.equal(await rig.ask(), 401, 'a revoked key does not open the door again')
  })

  test('that one process makes and revokes are known to another on the same file', async () => {
    await using folder = await storeFolder()
    await using one = await startRig({ store: folder.store })
    await using other = await startRig({ store: folder.store })
    const { secret } = await one.administer('POST', '/admin/api/keys', { name: 'web' })
    const key = String(secret)
    await within(heardOfMs, async () => (await other.ask(key)) === 200 && (await other.ask()) === 401)
    await one.administer('POST', '/admin/api/keys/web/revoke')
    await within(heardOfMs, async () => (await other.ask(key)) === 401)
  })

  test('outlive the server that made them, and their secrets are not in its file', async () => {
    await using folder = await storeFolder()
    let secret = ''
    {
      await using rig = await startRig({ store: folder.store })
      secret = String((await rig.administer('POST', '/admin/api/keys', { name: 'web' })).secret)
    }
    const bytes = await readFile(folder.store.replace('sqlite:', ''), 'latin1')
    assert.ok(bytes.includes('web') && !bytes.includes(secret))
    await using again = await startRig({ store: folder.store })
    assert.equal(await again.ask(secret), 200)
    assert.equal(await again.ask(), 401)
  })

  test('are good for the doors and models that they are for', async () => {
    await using rig = await startRig({
      keys: [
        { name: 'other door', key: 'key-of-other-door', doors: ['/v1/messages', '/v1/models'] },
        { name: 'other model', key: 'key-of-other-model', models: ['sim/large'] },
        { name: 'old', key: 'key-that-is-old', expires: '2020-01-01' },
      ],
    })
    assert.equal(await rig.ask('key-of-other-door'), 403)
    assert.equal(await rig.ask('key-of-other-model'), 404)
    assert.equal(await rig.ask('key-that-is-old'), 401)
    const models = await fetch(`${rig.running.url}/v1/models`, { headers: { 'x-api-key': 'key-of-other-door' } })
    assert.equal(models.status, 200)
    await models.arrayBuffer()
  })
})

describe('an address that other machines reach', () => {
  const settings = { server: { port: 0 }, discover: false, telemetry: { log: 'silent' as const } }

  test('is refused while nobody ever had a key, and the store is closed again', async () => {
    const store = createMemoryStore()
    let closed = 0
    const config = { ...(await parseConfig(settings, {})), exposure }
    const closing = {
      ...store,
      close: () => {
        closed++
        return store.close()
      },
    }
    await assert.rejects(startServer(config, { store: closing }), (error) => {
      assert.ok(error instanceof ConfigError)
      return error.message === 'server.host: is reachable from other machines'
    })
    assert.equal(closed, 1)
  })

  test('is fine when the store holds a key', async () => {
    const store = createMemoryStore()
    await store.control.put(
      { kind: 'key', name: 'web', document: '{}', deleted: false },
      { actor: 'test', action: 'key.create', subject: 'web', detail: '{}' },
      'new',
    )
    const running = await startServer({ ...(await parseConfig(settings, {})), exposure }, { store })
    assert.equal(running.isOpen, false)
    await running.stop(AbortSignal.abort())
  })
})
