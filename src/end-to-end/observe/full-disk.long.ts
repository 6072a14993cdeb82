import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createFolder, type Served, serve } from '../../cli/spawned.ts'
import { isObject } from '../../core/json.ts'
import { smallDisk } from '../../testing/small-disk.ts'
import { adminToken } from './rig.ts'

const configFor = (disk: string): string => `
server: { admin: { token: ${adminToken} } }
telemetry: { log: warn, calls: { file: ${join(disk, 'calls.db')} }, storeBodies: true }
providers:
  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000 }
models: { chat: sim/small }
`

const askMany = async ({ url }: Served, count: number): Promise<void> => {
  const body = JSON.stringify({ model: 'chat', max_tokens: 5, messages: [{ role: 'user', content: 'x'.repeat(500) }] })
  const ask = async (): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
    assert.equal(answer.status, 200, await answer.text())
  }
  for (let left = count; left > 0; left -= 50) await Promise.all(Array.from({ length: Math.min(left, 50) }, ask))
}

/** Calls that are told of; asking writes what waits first. */
const keptBy = async ({ url }: Served): Promise<number> => {
  const headers = { authorization: `Bearer ${adminToken}` }
  const overview: unknown = await (await fetch(`${url}/admin/api/overview`, { headers })).json()
  assert.ok(isObject(overview) && isObject(overview.totals), JSON.stringify(overview))
  return Number(overview.totals.calls)
}

const droppedBy = async ({ url }: Served): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^tollgate_call_records_dropped_total (\d+)$/m.exec(text)?.[1])
}

describe('a full disk under the file of calls', () => {
  test('stops no call, is told of once, costs only records, and is over when there is room', async (context) => {
    await using disk = await smallDisk(2)
    if (!disk) return context.skip('no disk can be mounted here')
    await using folder = await createFolder({ 'tollgate.yaml': configFor(disk.path) })
    await using server = await serve({ folder: folder.path })
    await askMany(server, 50)
    assert.deepEqual([await keptBy(server), await droppedBy(server)], [50, 0])

    await disk.fill()
    await askMany(server, 500)
    const kept = await keptBy(server)
    const dropped = await droppedBy(server)
    assert.ok(dropped > 0, 'nothing was dropped')
    assert.equal(kept + dropped, 550)

    await disk.clear()
    await askMany(server, 100)
    assert.deepEqual([await keptBy(server), await droppedBy(server)], [kept + 100, dropped])
    const { code, output } = await server.stop()
    assert.equal(code, 0)
    for (const warning of ['is full', 'kept without encryption'])
      assert.equal(output.split('\n').filter((line) => line.includes(warning)).length, 1, output)
  })
})
