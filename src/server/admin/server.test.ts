import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { createControl } from '../../control/create-control.ts'
import { createMemoryControl } from '../../stores/memory/control.ts'
import { createMemoryReports } from '../../stores/memory/reports.ts'
import { createAdmin } from './index.ts'
import { createAdminServer } from './server.ts'

const start = async (configured: string | undefined) => {
  const admin = createAdmin({
    control: createControl({
      store: { control: createMemoryControl(), reports: createMemoryReports() },
      secret: new Uint8Array(32),
    }),
    token: configured,
    configSchema: () => ({ title: 'the schema' }),
    refused: () => {},
  })
  const times = { headersTimeoutMs: 5_000, requestTimeoutMs: 5_000, idleConnectionMs: 5_000 }
  const { server } = createAdminServer({ admin, refused: () => {}, ...times })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    token: admin.token,
    ask: (path: string, token: string) => fetch(url + path, { headers: { authorization: `Bearer ${token}` } }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('a listener for administrators alone', () => {
  test('answers what is under /admin and nothing else', async () => {
    await using running = await start('configured-token')
    assert.equal((await running.ask('/admin/api/keys', 'configured-token')).status, 200)
    for (const path of ['/v1/models', '/healthz', '/metrics', '/', '/administration']) {
      assert.equal((await running.ask(path, 'configured-token')).status, 404, path)
    }
  })

  test('shows the schema of the configuration', async () => {
    await using running = await start('configured-token')
    const answer = await running.ask('/admin/config.schema.json', 'configured-token')
    assert.deepEqual(await answer.json(), { title: 'the schema' })
  })

  test('a token is made where none is configured, and told only then', async () => {
    await using configured = await start('configured-token')
    assert.equal(configured.token, undefined)
    await using made = await start(undefined)
    assert.equal((await made.ask('/admin/api/keys', made.token ?? '')).status, 200)
    assert.equal((await made.ask('/admin/api/keys', 'configured-token')).status, 401)
    await using other = await start(undefined)
    assert.notEqual(other.token, made.token)
  })
})
