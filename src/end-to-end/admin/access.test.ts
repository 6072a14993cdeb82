import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { rawRequest } from '../../testing/raw-http.ts'
import { type AdminRig, adminToken, inferenceKey, startAdminRig } from './rig.ts'

describe('who gets through the administrators’ door', () => {
  let rig: AdminRig
  before(async () => {
    rig = await startAdminRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const raw = (lines: readonly string[], body = '') =>
    rawRequest(rig.port, `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`)

  test('the admin token opens no door of inference', async () => {
    for (const headers of [{ authorization: `Bearer ${adminToken}` }, { 'x-api-key': adminToken }]) {
      const told = await rig.ask('GET', '/v1/models', { token: null, headers })
      assert.equal(told.status, 401)
    }
    assert.equal((await rig.ask('GET', '/v1/models', { token: inferenceKey })).status, 200)
  })

  test('the token is taken as a bearer only: from no other header and no query', async () => {
    for (const headers of [
      { 'x-api-key': adminToken },
      { cookie: `token=${adminToken}` },
      { authorization: adminToken },
    ]) {
      assert.equal((await rig.ask('GET', '/admin/api/keys', { token: null, headers })).status, 401)
    }
    const told = await rig.ask('GET', `/admin/api/keys?token=${adminToken}`, { token: null })
    assert.equal(told.status, 401)
  })

  test('a page of another site gets nothing, whatever it sends, and no word that would let it', async () => {
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${rig.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of foreign) {
      const told = await rig.ask('POST', '/admin/api/keys', { body: { name: 'stolen' }, headers })
      assert.deepEqual([told.status, told.at('error', 'code')], [403, 'forbidden'], JSON.stringify(headers))
      assert.equal(told.headers.get('access-control-allow-origin'), null)
    }
    const preflight = await rig.ask('OPTIONS', '/admin/api/keys', {
      token: null,
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    assert.equal(preflight.status, 403)
    assert.deepEqual(
      [...preflight.headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    )
    const own = { origin: `http://127.0.0.1:${rig.port}`, 'sec-fetch-site': 'same-origin' }
    assert.equal((await rig.ask('GET', '/admin/api/keys', { headers: own })).status, 200)
  })

  test('after ten wrong tokens an address waits, also with the right one; this machine not for long', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      assert.equal((await rig.ask('GET', '/admin/api/keys', { token: `wrong-${attempt}` })).status, 401)
    }
    const told = await rig.ask('GET', '/admin/api/keys')
    assert.deepEqual([told.status, told.at('error', 'code')], [429, 'rate_limited'])
    assert.ok(Number(told.headers.get('retry-after')) >= 1)
    rig.clock.advance(2_000)
    assert.equal((await rig.ask('GET', '/admin/api/keys')).status, 200)
  })

  test('whoever comes through a proxy of this machine does not lock the machine itself out', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    for (let attempt = 0; attempt < 11; attempt++) await rig.ask('GET', '/admin/api/keys', { token: 'wrong', headers })
    assert.equal((await rig.ask('GET', '/admin/api/keys', { headers })).status, 429)
    assert.equal((await rig.ask('GET', '/admin/api/keys')).status, 200)
    rig.clock.advance(60_000)
    assert.equal((await rig.ask('GET', '/admin/api/keys', { headers })).status, 200)
  })

  test('who says nothing is refused without being counted', async () => {
    for (let attempt = 0; attempt < 12; attempt++) {
      assert.equal((await rig.ask('GET', '/admin/api/keys', { token: null })).status, 401)
    }
    assert.equal((await rig.ask('GET', '/admin/api/keys')).status, 200)
  })

  test('the metrics are shown to the machine itself, and from elsewhere to whoever has the token', async () => {
    assert.notEqual((await rig.ask('GET', '/metrics', { token: null })).status, 401)
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    for (const token of [null, inferenceKey]) {
      assert.equal((await rig.ask('GET', '/metrics', { token, headers })).status, 401)
    }
    assert.equal((await rig.ask('GET', '/metrics', { headers })).status, 200)
  })

  test('paths that could be read in two ways are refused', async () => {
    const paths = [
      '/admin/api/../api/keys',
      '/admin//api/keys',
      '/admin/api/%2e%2e/keys',
      '/admin/api/keys/a%00',
      '/admin/./x',
    ]
    for (const path of paths) {
      const { text } = await raw([`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${adminToken}`])
      assert.match(text, /^HTTP\/1\.1 400 /, path)
    }
  })

  test('a path under /admin that is nothing is 404 with the token and 401 without', async () => {
    for (const path of ['/admin/nothing', '/admin/api', '/admin/api/nothing', '/admin/api/keys/', '/admin/v1/models']) {
      assert.equal((await rig.ask('GET', path)).status, 404, path)
      assert.equal((await rig.ask('GET', path, { token: null })).status, 401, path)
    }
    assert.equal((await rig.ask('PUT', '/admin/api/keys', { body: {} })).status, 404)
  })

  test('writes are JSON, whole, and at most a mebibyte', async () => {
    const send = (body: string, headers: Record<string, string> = {}) =>
      rig.ask('POST', '/admin/api/keys', { body, headers })
    assert.equal((await send('name=x', { 'content-type': 'application/x-www-form-urlencoded' })).status, 415)
    assert.equal((await send('{"name":"x"}', { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await send('{"name":"x"}', { 'content-encoding': 'gzip' })).status, 415)
    assert.equal((await send(`{"name":"${'x'.repeat(1024 * 1024)}"}`)).status, 413)
    for (const body of ['{', '[]', '"x"', '{"name":"a","name":"b"}', `${'['.repeat(100)}${']'.repeat(100)}`]) {
      assert.equal((await send(body)).status, 400, body)
    }
    assert.equal((await rig.ask('DELETE', '/admin/api/teams/x', { body: {} })).status, 400)
  })

  test('a body is asked for only from those who are let in', async () => {
    const head = ['POST /admin/api/keys HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json']
    const asking = [...head, 'Content-Length: 14', 'Expect: 100-continue']
    const stranger = await raw(asking)
    assert.match(stranger.text, /^HTTP\/1\.1 401 /)
    const admin = await raw([...asking, `Authorization: Bearer ${adminToken}`], '{"name":"exp"}')
    assert.match(admin.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  })

  test('nothing that is answered may be kept, framed or run', async () => {
    for (const [path, token] of [
      ['/admin/api/keys', undefined],
      ['/admin/api/keys/none', undefined],
      ['/admin/api/keys', null],
    ] as const) {
      const { headers } = await rig.ask('GET', path, { token })
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('content-type'), 'application/json')
    }
    const { headers } = await rig.ask('GET', '/admin/api/keys')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  })
})

describe('an open server', () => {
  test('answers administrators only under a name of this machine', async () => {
    await using rig = await startAdminRig({ config: { providers: { sim: { kind: 'simulated', models: ['a'] } } } })
    const lines = (host: string) => [
      'GET /admin/api/keys HTTP/1.1',
      `Host: ${host}`,
      `Authorization: Bearer ${adminToken}`,
    ]
    const ask = (host: string) => rawRequest(rig.port, `${[...lines(host), 'Connection: close'].join('\r\n')}\r\n\r\n`)
    assert.match((await ask('rebound.example')).text, /^HTTP\/1\.1 403 /)
    assert.match((await ask('localhost')).text, /^HTTP\/1\.1 200 /)
  })
})
