import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildDashboard } from '../../../scripts/build-dashboard.ts'
import { createAssets } from '../../server/admin/assets.ts'
import { rawRequest } from '../../testing/raw-http.ts'
import { type AdminRig, startAdminRig } from './rig.ts'

const most = 60 * 1024

describe('the files of the dashboard', () => {
  let rig: AdminRig
  before(async () => {
    await buildDashboard({ onlyWhenStale: true })
    rig = await startAdminRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const get = (path: string, headers: Record<string, string> = {}) => rig.ask('GET', path, { token: null, headers })
  const filesOf = (html: string): string[] =>
    [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => `/admin/${path}`)

  test('are all of 60 KiB packed, ask nothing of anybody else, and hold no program in the page', async () => {
    const { text } = await get('/admin/')
    const files = filesOf(text)
    assert.equal(files.length, 2)
    const told = await Promise.all(files.map((path) => get(path)))
    const bytes = [text, ...told.map((each) => each.text)].reduce((sum, each) => sum + gzipSync(each).length, 0)
    assert.ok(bytes <= most, `${bytes} bytes`)
    for (const each of [text, ...told.map((file) => file.text)]) {
      assert.doesNotMatch(each.replaceAll(/http:\/\/www\.w3\.org\/[\w/.-]+/g, ''), /(?:src|href|url\()=?["']?https?:/)
      assert.doesNotMatch(each, /innerHTML\s*=(?!=)[^=]*location|document\.write|\beval\(|new Function/)
    }
    assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/)
  })

  test('need no token, tell browsers to trust nothing else, and are kept only where their names change with them', async () => {
    const { status, headers, text } = await get('/admin/')
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      assert.ok(policy.split('; ').includes(part), part)
    }
    for (const path of filesOf(text)) {
      const file = await get(path)
      assert.equal(file.headers.get('cache-control'), 'public, max-age=31536000, immutable')
      assert.equal(file.headers.get('content-encoding'), 'gzip')
      assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
    }
  })

  test('/admin leads to the page; other paths and other methods still need a token', async () => {
    assert.equal((await get('/admin')).status, 200)
    for (const path of ['/admin/index.html', '/admin/api/keys', '/admin/x'])
      assert.equal((await get(path)).status, 401, path)
    assert.equal((await rig.ask('POST', '/admin/', { token: null, body: {} })).status, 401)
    assert.equal((await get('/admin/assets/none.js')).status, 404)
    for (const path of ['/admin/assets/../index.html', '/admin/assets/%2e%2e/index.html']) {
      assert.notEqual((await get(path)).status, 200, path)
    }
  })

  test('may be visited from a link elsewhere, but not be loaded into a page of another site', async () => {
    const [script = ''] = filesOf((await get('/admin/')).text)
    const status = async (path: string, lines: readonly string[]): Promise<string | undefined> => {
      const head = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...lines, 'Connection: close']
      const { text } = await rawRequest(rig.port, `${head.join('\r\n')}\r\n\r\n`)
      return /^HTTP\/1\.1 (\d+)/.exec(text)?.[1]
    }
    const elsewhere = (mode: string, dest: string) => [
      'Sec-Fetch-Site: cross-site',
      `Sec-Fetch-Mode: ${mode}`,
      `Sec-Fetch-Dest: ${dest}`,
    ]
    assert.equal(await status('/admin/', elsewhere('navigate', 'document')), '200')
    for (const lines of [
      elsewhere('no-cors', 'script'),
      elsewhere('navigate', 'iframe'),
      ['Origin: https://evil.example'],
    ]) {
      assert.equal(await status(script, lines), '403')
      assert.equal(await status('/admin/', lines), '403')
    }
  })

  test('where it is not built, the page says what to run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
    const assets = createAssets(pathToFileURL(`${folder}/`))
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      assert.equal(assets.answer(request, response), true)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/`)
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /npm run build:dashboard/)
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
})
