import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { passedTo } from '../../server/passthrough.ts'
import { rawRequest } from '../../testing/index.ts'
import { passedUrl } from '../../transport/raw-post.ts'
import { until } from '../faults/harness.ts'
import { asJson, lastOf, ownKey, type Rig, startRig, upstreamKey } from './rig.ts'

/** Targets that could lead somewhere else than they seem to. */
const targets = [
  '/passthrough',
  '/passthrough/',
  '/passthrough/one',
  '/passthrough//models',
  '/passthrough/one//models',
  '/passthrough/one//evil.example/x',
  '/passthrough/one/../two/models',
  '/passthrough/one/./models',
  '/passthrough/one/a/..',
  '/passthrough/one/%2e%2e/admin',
  '/passthrough/one/%2E%2E/admin',
  '/passthrough/one/.%2e/admin',
  '/passthrough/one/a%2fb',
  '/passthrough/one/a%5cb',
  '/passthrough/one/a\\b',
  '/passthrough/one/a%00b',
  '/passthrough/one/a%0d%0aX-Evil:%201',
  '/passthrough/one/a%252e%252e',
  '/passthrough/one/a%zz',
  '/passthrough/one/a"b',
  '/passthrough/one/a<b>',
  '/passthrough/one/a;b?x=\u0001',
  '/passthrough/one/models?key=abc',
  '/passthrough/one/models?API_KEY=abc',
  '/passthrough/one/models?%6bey=abc',
  '/passthrough/one/models?access_token=abc',
  '/passthrough/http://evil.example/models',
  '/passthrough/one@evil.example/models',
  '/passthrough/one:80/models',
  '/passthrough/evil.example/models',
  '/passthrough/sim/models',
  '/Passthrough/one/models',
  '/./passthrough/one/models',
  'http://evil.example/passthrough/one/models',
  `/passthrough/one/${'a'.repeat(5_000)}`,
]

describe('a passthrough', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig({
      server: { maxBodyBytes: '1MiB' },
      budgets: [
        { scope: 'session:tight', usd: 1, hard: true },
        { scope: 'session:soft', usd: 0.000001, hard: false },
      ],
      limits: [{ scope: 'session:few', requests: '1/h' }],
      prices: { 'one/*': { input: 1, output: 2 } },
    })
    rig.first.always({ body: '{"usage":{"prompt_tokens":10,"completion_tokens":1}}' })
  })
  after(() => rig[Symbol.asyncDispose]())

  for (const target of targets) {
    test(`asks nobody for ${JSON.stringify(target.slice(0, 60))}`, async () => {
      const head = [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${ownKey}`, 'Connection: close']
      const { text } = await rawRequest(rig.gateway.port, Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'))
      assert.match(text, /^HTTP\/1\.1 4\d\d /)
      assert.ok(!text.includes(upstreamKey))
      assert.equal(rig.first.journal.length + rig.second.journal.length, 0)
    })
  }

  test('never leaves the address of its provider, whatever the path', () => {
    const provider = { baseUrl: 'https://api.example/v1', sign: undefined } as never
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', '//', '%2e', '%2f', '%5c', '\\', '@', ':', '?', '#', 'v1', 'http:', '//evil'),
      fc.string({ maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        let url: URL
        try {
          url = passedUrl(provider, passedTo(`/passthrough/one/${pieces.join('')}`).path, 'one/x')
        } catch {
          return
        }
        assert.equal(url.origin, 'https://api.example')
        assert.ok(url.pathname.startsWith('/v1/'))
        assert.ok(!/%2e|%2f|%5c|\/\.\.?(\/|$)/i.test(url.pathname), url.pathname)
      }),
      { numRuns: 2_000 },
    )
  })

  test('goes to its provider alone, whatever Host and headers say', async () => {
    const lines = [`Authorization: Bearer ${ownKey}`, 'X-Forwarded-Host: evil.example', 'X-Original-URL: /admin']
    const head = ['GET /passthrough/one/models HTTP/1.1', 'Host: evil.example', ...lines, 'Connection: close']
    const { text } = await rawRequest(rig.gateway.port, Buffer.from(`${head.join('\r\n')}\r\n\r\n`))
    assert.match(text, /^HTTP\/1\.1 200 /)
    assert.equal(lastOf(rig.first).headers.host, `127.0.0.1:${rig.first.port}`)
    assert.equal(lastOf(rig.first).headers['x-original-url'], undefined)
  })

  test('is refused where a hard budget binds, since nothing bounds what it costs', async () => {
    const before = rig.first.journal.length
    for (const path of ['/passthrough/one/chat/completions', '/v1/images/generations']) {
      const headers = { ...asJson({}).headers, 'x-tollgate-session': 'tight' }
      const response = await rig.ask(path, { ...asJson({ model: 'one/x' }), headers })
      assert.equal(response.status, 403)
      assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'price_unknown')
    }
    assert.equal(rig.first.journal.length, before)
  })

  test('is charged to budgets that only count, and counts for limits of requests', async () => {
    const ask = async (session: string) => {
      const response = await rig.ask('/passthrough/one/models', { headers: { 'x-tollgate-session': session } })
      await response.text()
      return response
    }
    assert.equal((await rig.gateway.recordOf((await ask('soft')).headers.get('x-request-id') ?? '')).costNanos, 12_000n)
    assert.equal((await ask('few')).status, 200)
    const refused = await ask('few')
    assert.equal(refused.status, 429)
    assert.ok(refused.headers.get('retry-after'))
  })

  test('takes no more than the limit of bodies, whether its length is told or not', async () => {
    const large = Buffer.alloc(2 * 1024 * 1024, 'x')
    const headers = { 'content-type': 'application/octet-stream' }
    const told = await rig.ask('/passthrough/one/files', { method: 'POST', headers, body: large })
    assert.equal(told.status, 413)
    const stream = new Blob([large]).stream()
    const untold = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit
    const response = await rig.ask('/passthrough/one/files', untold).catch(() => undefined)
    // The connection may be closed before the answer is read.
    if (response) assert.equal(response.status, 413)
    await until(() => lastOf(rig.first).abortedAt !== undefined || lastOf(rig.first).path !== '/v1/files', 'it went on')
  })

  test('is turned away while it is still being sent, and the server goes on', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'x-tollgate-session': 'few' }
    const sent = rig.first.journal.length
    for (let turn = 0; turn < 3; turn++) {
      const body = new Blob([Buffer.alloc(2 * 1024 * 1024)]).stream()
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
      const response = await rig.ask('/passthrough/one/files', init).catch(() => undefined)
      if (response) assert.equal(response.status, 429)
    }
    assert.equal(rig.first.journal.length, sent)
    assert.equal((await rig.ask('/passthrough/one/models')).status, 200)
  })

  test('waits for a reader that is slow, instead of keeping everything in memory', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    rig.first.script({ events: [piece], endless: true })
    const leaving = new AbortController()
    const response = await rig.ask('/passthrough/one/endless', { signal: leaving.signal })
    await response.body?.getReader().read()
    const memory = process.memoryUsage().rss
    await new Promise((resolve) => setTimeout(resolve, 500))
    assert.ok(process.memoryUsage().rss - memory < 100 * 1024 * 1024)
    leaving.abort()
    await until(() => lastOf(rig.first).abortedAt !== undefined, 'the upstream was not told')
  })
})
