import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startWebhookReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.ts'
import { adminToken, type Rig, startRig, within } from '../callers/rig.ts'
import { webhookSecrets } from './webhook-rig.ts'

interface Page {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly next?: string
}

describe('webhooks, as administrators see them', () => {
  let rig: Rig
  let receiver: WebhookReceiver
  const key = 'a-key-of-the-test'

  before(async () => {
    receiver = await startWebhookReceiver()
    const secrets = [...webhookSecrets]
    rig = await startRig({
      keys: [{ name: 'web', key, team: 'shop' }],
      webhooks: {
        endpoints: {
          results: { url: receiver.url, secrets, allowHttp: true, allowPrivate: ['127.0.0.1'] },
          idle: { url: 'https://hooks.example/T0/B1', secret: 'a secret of any form' },
        },
      },
    })
  })
  after(async () => {
    await rig[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
  })

  const read = async (path: string): Promise<Page> => (await rig.administer('GET', path)) as unknown as Page
  const submit = async (): Promise<string> => {
    const response = await fetch(`${rig.running.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        endpoint: '/v1/chat/completions',
        body: { model: 'chat', messages: [{ role: 'user', content: 'Hello.' }] },
        webhook: 'results',
      }),
    })
    const text = await response.text()
    assert.equal(response.status, 202, text)
    return JSON.parse(text).id
  }
  const standing = async (name: string) =>
    (await read('/admin/api/webhooks')).data.find(({ endpoint }) => endpoint === name)

  test('an endpoint that wants nothing any more is shown as disabled, and is told again once it is enabled', async () => {
    receiver.script({ status: 410, body: '<script>alert(1)</script>' })
    const job = await submit()
    await within(4_000, async () => (await standing('results'))?.disabledAt !== undefined)
    assert.partialDeepStrictEqual(await standing('results'), { configured: true, pending: 1 })
    assert.match(String((await standing('results'))?.disabledBecause), /410/)
    assert.deepEqual(await standing('idle'), { endpoint: 'idle', configured: true, pending: 0 })

    const { data: events } = await read('/admin/api/webhooks/events?status=disabled')
    assert.partialDeepStrictEqual(events, [{ job, type: 'job.succeeded', owner: 'team:shop', attempts: 1 }])
    const path = `/admin/api/webhooks/events/${events[0]?.id}`
    const [attempt] = (await rig.administer('GET', path)).log as readonly object[]
    assert.partialDeepStrictEqual(attempt, { status: 410, said: '<script>alert(1)</script>' })

    await rig.administer('POST', '/admin/api/webhooks/endpoints/results/enable')
    await rig.administer('POST', `${path}/redeliver`)
    await within(4_000, async () => (await read('/admin/api/webhooks/events?status=delivered')).data.length === 1)
    assert.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
  })

  test('events are listed newest first, page by page, and sent again on demand', async () => {
    await submit()
    await within(4_000, async () => (await read('/admin/api/webhooks/events?status=delivered')).data.length === 2)
    const first = await read('/admin/api/webhooks/events?limit=1&endpoint=results')
    const second = await read(`/admin/api/webhooks/events?limit=1&cursor=${first.next}`)
    assert.deepEqual([first.data[0]?.sequence, second.data[0]?.sequence, second.next], [2, 1, undefined])
    const before = receiver.heard.length
    await rig.administer('POST', `/admin/api/webhooks/events/${first.data[0]?.id}/redeliver`)
    await receiver.until(before + 1)
    const failed = { since: '2026-01-01T00:00:00Z' }
    assert.deepEqual(await rig.administer('POST', '/admin/api/webhooks/endpoints/results/redeliver', failed), {
      events: 0,
    })
  })

  test('what was done is in the audit log, and secrets and addresses are nowhere', async () => {
    const told = await Promise.all(
      ['/admin/api/audit', '/admin/api/webhooks', '/admin/api/webhooks/events'].map((path) =>
        rig.administer('GET', path),
      ),
    )
    const text = JSON.stringify(told)
    for (const action of ['webhook.enable', 'webhook.redeliver', 'webhook.redeliver_failed'])
      assert.ok(text.includes(`"action":"${action}"`), action)
    for (const secret of [...webhookSecrets, 'a secret of any form', 'not-for-logs', '/hook', 'B1'])
      assert.ok(!text.includes(secret), secret)
  })

  test('what is not there is not found', async () => {
    for (const [method, path] of [
      ['GET', '/admin/api/webhooks/events/evt_nobody'],
      ['POST', '/admin/api/webhooks/events/evt_nobody/redeliver'],
      ['POST', '/admin/api/webhooks/endpoints/nobody/enable'],
      ['GET', '/admin/api/webhooks/events?endpoint=nobody'],
    ] as const) {
      const response = await fetch(rig.running.url + path, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      })
      assert.equal(response.status, 404, path)
      await response.arrayBuffer()
    }
  })
})
