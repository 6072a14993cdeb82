import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { startRig } from './rig.ts'

const statusOf = async (coming: Promise<Response>): Promise<number> => {
  const response = await coming
  await response.arrayBuffer()
  return response.status
}

describe('a server with nearly as many calls under way as fit', () => {
  it('ends connections with their answers, and keeps them when there is room again', async () => {
    await using rig = await startRig({ capacity: 10 })
    const before = await rig.ask()
    assert.deepEqual(
      [await before.text().then(() => before.status), before.headers.get('connection')],
      [200, 'keep-alive'],
    )
    const release = await rig.fill(8)
    const during = await rig.ask()
    assert.deepEqual([await during.text().then(() => during.status), during.headers.get('connection')], [200, 'close'])
    await release()
    const after = await rig.ask()
    await after.arrayBuffer()
    assert.equal(after.headers.get('connection'), 'keep-alive')
  })

  it('turns low priority away, then retries, then everybody, and says when to come again', async () => {
    await using rig = await startRig({ capacity: 20 })
    const releases = [await rig.fill(18)]
    assert.equal(await statusOf(rig.ask({ 'x-tollgate-priority': 'low' })), 503)
    assert.equal(await statusOf(rig.ask({ 'x-stainless-retry-count': '1' })), 200)
    releases.push(await rig.fill(1))
    assert.equal(await statusOf(rig.ask({ 'x-stainless-retry-count': '1' })), 503)
    assert.equal(await statusOf(rig.ask()), 200)
    releases.push(await rig.fill(1))
    const refused = await rig.ask()
    const body = (await refused.json()) as { error: { code: string; message: string } }
    assert.equal(refused.status, 503)
    assert.equal(body.error.code, 'overloaded')
    assert.equal(refused.headers.get('x-should-retry'), 'true')
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    const metrics = await (await fetch(`${rig.running.url}/metrics`)).text()
    for (const whom of ['low', 'retry', 'all'])
      assert.match(metrics, new RegExp(`tollgate_shed_total\\{reason="calls",whom="${whom}"\\} 1`))
    for (const path of ['/healthz', '/readyz']) assert.equal(await statusOf(fetch(rig.running.url + path)), 200)
    for (const release of releases) await release()
    assert.equal(await statusOf(rig.ask()), 200)
  })

  it('answers before a body has come, and before it looks at a key', async () => {
    await using rig = await startRig({ capacity: 1 })
    const release = await rig.fill(1)
    const { port } = new URL(rig.running.url)
    const started = performance.now()
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      'POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer nobody\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{',
    )
    const answer = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))))
    assert.match(answer, /^HTTP\/1\.1 503 /)
    assert.match(answer, /"type":"overloaded_error"/)
    assert.ok(performance.now() - started < 1_000)
    socket.destroy()
    await release()
  })
})
