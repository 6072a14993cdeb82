import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AdminRig, startAdminRig } from './rig.ts'

describe('keys over HTTP', () => {
  let rig: AdminRig
  before(async () => {
    rig = await startAdminRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const create = (body: unknown) => rig.ask('POST', '/admin/api/keys', { body })

  test('a key is made, shown, changed, given a new secret and revoked', async () => {
    const made = await create({ name: 'life', team: 'shop', models: ['chat'], expiresAt: '2100-01-01T02:00:00+02:00' })
    assert.equal(made.status, 200)
    assert.equal(made.at('key', 'expiresAt'), '2100-01-01T00:00:00.000Z')
    const path = '/admin/api/keys/life'
    assert.deepEqual((await rig.ask('GET', path)).at(), made.at('key'))
    const changed = await rig.ask('PATCH', path, { body: { team: null, user: 'ann' } })
    assert.deepEqual([changed.at('team'), changed.at('user'), changed.at('models', 0)], [undefined, 'ann', 'chat'])
    const rotated = await rig.ask('POST', `${path}/rotate`, { body: { overlap: '1h' } })
    assert.notEqual(rotated.at('secret'), made.at('secret'))
    const revoked = await rig.ask('POST', `${path}/revoke`, { body: {} })
    assert.equal(revoked.at('state'), 'revoked')
  })

  test('a secret is in the answer that made it and in no other', async () => {
    const secret = String((await create({ name: 'secret' })).at('secret'))
    const newer = String((await rig.ask('POST', '/admin/api/keys/secret/rotate', { body: {} })).at('secret'))
    const digests = (await rig.store.changes(0)).flatMap(({ document }) => document.match(/[\da-f]{64}/g) ?? [])
    assert.ok(digests.length > 0)
    for (const path of ['/admin/api/keys', '/admin/api/keys/secret', '/admin/api/audit', '/admin/api/openapi.json']) {
      const { text } = await rig.ask('GET', path)
      for (const word of [secret, newer, ...digests]) assert.ok(!text.includes(word), path)
    }
  })

  test('fields that nobody may set are refused, by name', async () => {
    const fields = [
      'role',
      'admin',
      'digest',
      'digests',
      'secret',
      'shown',
      'state',
      'version',
      'isDeclared',
      'declared',
      'createdAt',
      'revokedAt',
      'base_url',
    ]
    await create({ name: 'target' })
    for (const field of fields) {
      const made = await create({ name: 'assigned', [field]: 'admin' })
      assert.equal(made.status, 400, field)
      assert.match(String(made.at('error', 'message')), new RegExp(field))
      const changed = await rig.ask('PATCH', '/admin/api/keys/target', { body: { [field]: 'admin' } })
      assert.equal(changed.status, 400, field)
    }
    const renamed = await rig.ask('PATCH', '/admin/api/keys/target', { body: { name: 'other' } })
    assert.equal(renamed.status, 400)
    assert.equal((await rig.ask('GET', '/admin/api/keys/assigned')).status, 404)
  })

  test('words made to break out of where they stand are names of nothing, or refused', async () => {
    const strings = [
      "' OR '1'='1",
      "x'; DROP TABLE keys; --",
      '{{7*7}}',
      `\${process.exit()}`,
      '<script>alert(1)</script>',
      '../../etc/passwd',
      'a\u0000b',
      'a\r\nset-cookie: a=b',
      '=cmd()',
      'constructor',
      '%',
    ]
    const before = (await rig.ask('GET', '/admin/api/keys?limit=1000')).text
    for (const text of strings) {
      const made = text === 'constructor' ? undefined : await create({ name: text })
      assert.ok(made === undefined || made.status === 400, text)
      const found = await rig.ask('GET', `/admin/api/keys/${encodeURIComponent(text)}`)
      assert.ok([400, 404].includes(found.status), `${text} ${found.status}`)
      assert.equal(found.headers.get('set-cookie'), null)
      const filtered = await rig.ask('GET', `/admin/api/keys?team=${encodeURIComponent(text)}`)
      assert.deepEqual([filtered.status, filtered.at('data')], [200, []], text)
    }
    assert.equal((await rig.ask('GET', '/admin/api/keys?limit=1000')).text, before)
  })

  test('keys that reach for prototypes change nothing', async () => {
    const made = await create('{"name":"proto","__proto__":{"models":["chat"]},"constructor":{"prototype":{"x":1}}}')
    assert.equal(made.status, 200)
    assert.equal(made.at('key', 'models'), undefined)
    assert.equal(Reflect.get({}, 'x'), undefined)
  })

  test('what is wrong with a field is told by its name', async () => {
    for (const [field, body] of [
      ['name', { name: 7 }],
      ['name', {}],
      ['name', { name: 'a b' }],
      ['models.0', { name: 'a', models: [''] }],
      ['expiresAt', { name: 'a', expiresAt: 'tomorrow' }],
      ['expiresAt', { name: 'a', expiresAt: '2020-01-01T00:00:00Z' }],
      ['expiresAt', { name: 'a', expiresAt: 1_800_000_000_000 }],
    ] as const) {
      const told = await create(body)
      assert.deepEqual([told.status, told.at('error', 'param')], [400, field], told.text)
      assert.equal(told.at('error', 'code'), 'invalid_request')
    }
  })

  test('conflicts and what is not there have their own statuses', async () => {
    await create({ name: 'twice' })
    const again = await create({ name: 'twice' })
    assert.deepEqual([again.status, again.at('error', 'code')], [409, 'conflict'])
    const none = await rig.ask('PATCH', '/admin/api/keys/none', { body: { team: 'shop' } })
    assert.deepEqual([none.status, none.at('error', 'code')], [404, 'not_found'])
  })

  test('lists are walked page by page, each key once, also while keys are made', async () => {
    await using fresh = await startAdminRig()
    for (const name of ['d', 'b', 'a', 'e', 'c']) await fresh.ask('POST', '/admin/api/keys', { body: { name } })
    const seen: unknown[] = []
    let cursor = ''
    for (let page = 0; page < 10; page++) {
      const told = await fresh.ask('GET', `/admin/api/keys?limit=2${cursor}`)
      seen.push(told.at('data', 0, 'name'), told.at('data', 1, 'name'))
      if (page === 0) await fresh.ask('POST', '/admin/api/keys', { body: { name: 'aa' } })
      if (told.at('next') === undefined) break
      cursor = `&cursor=${told.at('next')}`
    }
    assert.deepEqual(seen.filter(Boolean), ['a', 'b', 'c', 'd', 'e'])
  })

  test('a limit that is none is refused', async () => {
    for (const limit of ['0', '-1', '1e3', '1001', '', 'x']) {
      assert.equal((await rig.ask('GET', `/admin/api/keys?limit=${limit}`)).status, 400, limit)
    }
  })
})
