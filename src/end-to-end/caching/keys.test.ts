import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type SettingsRig, startSettingsRig } from './settings-rig.ts'

const models = 'models: { kept: { targets: [sim/a], cache: { ttl: 1h, scope: gateway, semantic: true } } }\n'

const made = async (rig: SettingsRig, body: unknown): Promise<string> =>
  JSON.parse((await rig.admin('POST', 'keys', body)).text).secret

const asking = async (rig: SettingsRig, key: string, content: string, word?: string) =>
  (
    await rig.ask('kept', {
      key,
      body: { messages: [{ role: 'user', content }] },
      headers: word === undefined ? {} : { 'x-tollgate-cache': word },
    })
  ).cache

const [one, other] = ['How do I reset my password?', 'How can I reset my password?'] as const

describe('keys that are held to less of memory than their model', () => {
  test('off: it is given nothing and nothing of it is kept, whatever is wished', async () => {
    await using rig = await startSettingsRig(models)
    const off = await made(rig, { name: 'hr', cache: 'off' })
    assert.equal(await asking(rig, off, one), 'off')
    assert.equal(await asking(rig, off, one, 'semantic'), 'off')
    assert.equal(await asking(rig, 'key-of-the-web-shop', one), 'miss')
    assert.equal(await asking(rig, off, one, 'exact'), 'off')
    assert.equal(JSON.parse((await rig.admin('GET', 'cache')).text).memory.entries, 1)
  })

  test('exact: only equal questions are answered so, whatever is wished', async () => {
    await using rig = await startSettingsRig(models)
    const exact = await made(rig, { name: 'legal', cache: 'exact' })
    const like = await made(rig, { name: 'help', cache: 'semantic' })
    await asking(rig, 'key-of-the-web-shop', one)
    // It joins what is compared in the turn after.
    await setTimeout(20)
    assert.equal(await asking(rig, exact, one), 'hit')
    assert.equal(await asking(rig, like, other), 'semantic')
    assert.equal(await asking(rig, exact, other, 'semantic'), 'miss')
  })

  test('holds for keys of the configuration, and made keys are changed at once', async () => {
    await using rig = await startSettingsRig(models)
    const secret = 'key-of-the-personnel-office'
    const key = await made(rig, { name: 'made' })
    await asking(rig, 'key-of-the-web-shop', one)
    assert.equal(await asking(rig, key, one), 'hit')
    const change = (cache: unknown) => rig.admin('PATCH', 'keys/made', { cache })
    assert.equal(JSON.parse((await change('off')).text).cache, 'off')
    assert.equal(await asking(rig, key, one), 'off')
    assert.equal('cache' in JSON.parse((await change(null)).text), false)
    assert.equal(await asking(rig, key, one), 'hit')
    assert.equal((await change('always')).status, 400)
    const { file } = rig
    const { readFile, writeFile } = await import('node:fs/promises')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('keys:\n', `keys:\n  - { name: hr, key: ${secret}, cache: off }\n`))
    assert.equal((await rig.running.reload('admin')).ok, true)
    assert.equal(await asking(rig, secret, one), 'off')
  })

  test('made keys have a priority and a share, as declared ones', async () => {
    await using rig = await startSettingsRig(models)
    await made(rig, { name: 'nightly', priority: 'low', weight: 2.5 })
    const { priority, weight } = JSON.parse((await rig.admin('GET', 'keys/nightly')).text)
    assert.deepEqual([priority, weight], ['low', 2.5])
    for (const wrong of [{ weight: 0 }, { weight: 1001 }, { priority: 'urgent' }, { cache: 'read' }])
      assert.equal((await rig.admin('POST', 'keys', { name: 'wrong', ...wrong })).status, 400, JSON.stringify(wrong))
  })
})
