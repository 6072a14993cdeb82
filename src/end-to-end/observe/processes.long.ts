import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createFolder, type Served, serve } from '../../cli/spawned.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { adminToken } from './rig.ts'

const files = {
  'tollgate.yaml': `
server: { admin: { token: ${adminToken} } }
telemetry: { log: silent, storeBodies: true }
providers:
  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000 }
models: { chat: sim/small, code: sim/large }
`,
}

/** Asks something and gives the id of the call. */
const asked = async ({ url }: Served, model: string): Promise<string> => {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  assert.equal(answer.status, 200, await answer.text())
  return answer.headers.get('x-request-id') ?? ''
}

const read = async ({ url }: Served, path: string): Promise<JsonObject> => {
  const answer = await fetch(`${url}/admin/api${path}`, { headers: { authorization: `Bearer ${adminToken}` } })
  const value: unknown = await answer.json()
  assert.ok(answer.ok && isObject(value), JSON.stringify(value))
  return value
}

const totalsOf = async (server: Served): Promise<JsonObject> => {
  const { totals } = await read(server, '/overview')
  assert.ok(isObject(totals))
  return totals
}

/** What the other process has not written yet comes within a moment. */
const totalsOnce = async (server: Served, calls: number): Promise<JsonObject> => {
  for (const deadline = performance.now() + 10_000; ; await pause(50)) {
    const totals = await totalsOf(server)
    if (Number(totals.calls) >= calls || performance.now() > deadline) return totals
  }
}

const namesOf = (value: JsonObject, list: string): (readonly [unknown, unknown])[] => {
  const rows = value[list]
  assert.ok(Array.isArray(rows))
  return rows.filter(isObject).map(({ name, calls }) => [name, calls] as const)
}

describe('two processes on one store', () => {
  test('tell the same of all calls, whichever of them is asked', async () => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    await using first = await serve(surroundings)
    await using second = await serve(surroundings)
    const each = 60
    const ids = await Promise.all(
      Array.from({ length: 2 * each }, (_, index) =>
        asked(index % 2 === 0 ? first : second, index % 3 === 0 ? 'code' : 'chat'),
      ),
    )
    const [one, other] = [await totalsOnce(first, 2 * each), await totalsOnce(second, 2 * each)]
    assert.deepEqual(one, other)
    assert.deepEqual([one.calls, one.ok, one.attempts, one.errors], [2 * each, 2 * each, 2 * each, 0])
    assert.equal(new Set(ids).size, 2 * each)
    for (const server of [first, second]) {
      const models = namesOf(await read(server, '/overview'), 'models').toSorted()
      assert.deepEqual(models, [
        ['chat', 80],
        ['code', 40],
      ])
      const { data } = await read(server, '/calls?limit=1000')
      assert.ok(Array.isArray(data))
      assert.deepEqual(data.map((row) => isObject(row) && row.id).toSorted(), ids.toSorted())
      for (const id of ids.slice(0, 2)) assert.ok(isObject((await read(server, `/calls/${id}`)).bodies), id)
    }
  })

  test('and when one of them is killed, the other goes on telling of both', async () => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    await using first = await serve(surroundings)
    const second = await serve(surroundings)
    await Promise.all(Array.from({ length: 20 }, () => asked(second, 'chat')))
    await totalsOnce(first, 20)
    second.child.kill('SIGKILL')
    await second.ended
    await asked(first, 'chat')
    assert.equal((await totalsOf(first)).calls, 21)
  })
})
