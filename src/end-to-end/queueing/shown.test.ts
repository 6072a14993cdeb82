import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '../../config/load.ts'
import type { GateStanding } from '../../queueing/standing.ts'
import { startServer } from '../../server/start.ts'
import { openaiText, startFakeUpstream } from '../../testing/index.ts'
import { openaiAt, until } from '../faults/harness.ts'
import { answerAfter } from './rig.ts'

const token = 'admin-token-of-this-test'

test('administrators and metrics see who waits, for how long, what was refused, and what the provider allows', async () => {
  await using upstream = await startFakeUpstream()
  const config = await parseConfig(
    {
      discover: false,
      store: 'memory',
      telemetry: { log: 'silent' },
      server: { port: 0, admin: { token } },
      providers: { one: { ...openaiAt(upstream.url), queue: { concurrency: 1, maxWait: '20s' } } },
      models: { chat: { targets: ['one/m'], retry: { attempts: 1 } } },
      limits: [{ scope: 'provider:one', tokens: '1000000/m' }],
    },
    {},
  )
  const running = await startServer(config)
  try {
    const base = running.url
    const ask = (headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
      fetch(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'chat', max_tokens: 20, messages: [{ role: 'user', content: 'hi' }] }),
      })
    const queues = async (): Promise<readonly GateStanding[]> => {
      const response = await fetch(`${base}/admin/api/queues`, { headers: { authorization: `Bearer ${token}` } })
      assert.equal(response.status, 200)
      const { data } = (await response.json()) as { data: readonly GateStanding[] }
      return data
    }
    assert.deepEqual(await queues(), [])
    upstream.always(answerAfter(1_200))
    const first = ask()
    await until(() => upstream.journal.length === 1, 'nobody was asked')
    const second = ask()
    let waiting: GateStanding | undefined
    const end = performance.now() + 2_000
    while (waiting?.waiting !== 1 && performance.now() < end) [waiting] = await queues()
    assert.equal(waiting?.name, 'one')
    assert.equal(waiting?.waiting, 1)
    assert.equal(waiting?.inFlight, 1)
    const text = await (await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
    assert.match(text, /^tollgate_queue_waiting\{queue="one"\} 1$/m)
    assert.match(text, /^tollgate_queue_in_flight\{queue="one"\} 1$/m)
    assert.match(text, /^tollgate_provider_quota_limit\{queue="one",unit="tokens",window="60s"\} 1000000$/m)
    const refused = await ask({ 'x-tollgate-timeout-ms': '1' })
    assert.ok(refused.status === 503 || refused.status === 504)
    assert.equal((await first).status, 200)
    const late = await second
    assert.equal(late.status, 200)
    assert.ok(Number(late.headers.get('x-tollgate-queue-ms')) > 200)
    upstream.always(openaiText('Yes.'))
    assert.equal((await ask()).status, 200)
    const after = await (await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
    assert.match(after, /^tollgate_queue_wait_seconds_count\{target="one\/m"\} [34]$/m)
    assert.match(after, /^tollgate_queue_waiting\{queue="one"\} 0$/m)
    const [quiet] = await queues()
    assert.equal(quiet?.waiting, 0)
    const quota = quiet?.quota.find(({ unit }) => unit === 'tokens')
    assert.equal(quota?.source, 'configured')
    assert.ok(Number(quota?.used) > 0)
  } finally {
    await running.stop(AbortSignal.abort())
  }
})
