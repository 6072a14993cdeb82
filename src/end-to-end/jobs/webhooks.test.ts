import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { startWebhookReceiver } from '../../testing/webhook-receiver.ts'
import { startRig } from '../callers/rig.ts'
import { startJobRig } from './rig.ts'
import { soon, webhookSecrets } from './webhook-rig.ts'

const local = { allowHttp: true, allowPrivate: ['127.0.0.1'] }
const [secret, older] = webhookSecrets

describe('a job with a webhook', () => {
  test('tells it when it ended, signed, and where the answer is', async () => {
    await using receiver = await startWebhookReceiver()
    await using rig = await startJobRig({
      config: {
        webhooks: {
          gatewayUrl: 'https://gateway.example/',
          endpoints: { results: { url: receiver.url, secrets: [secret, older], ...local } },
        },
      },
    })
    const { id } = await rig.submit({ webhook: 'results', metadata: { order: '7' } })
    const [{ headers, body } = assert.fail('nothing came')] = await receiver.until(1)
    for (const each of webhookSecrets) {
      const told = new Webhook(each).verify(body, headers as Record<string, string>)
      assert.partialDeepStrictEqual(told, {
        type: 'job.succeeded',
        data: {
          id,
          status: 'succeeded',
          model: 'chat',
          cost_usd: '0.00006',
          usage: { input: 40, output: 10, source: 'measured' },
          metadata: { order: '7' },
          result_url: `https://gateway.example/v1/jobs/${id}/result`,
        },
      })
    }
    await soon(async () => (await rig.runtime.metrics()).text.includes('deliveries_total{outcome="delivered"} 1'))
    const { text } = await rig.runtime.metrics()
    assert.match(text, /tollgate_webhook_events_pending\{state="pending"\} 0/)
    assert.match(text, /tollgate_webhook_endpoints_disabled 0/)
  })

  test('tells it also when it was cancelled before it began', async () => {
    await using receiver = await startWebhookReceiver()
    await using rig = await startJobRig({
      config: { webhooks: { endpoints: { results: { url: receiver.url, secret, ...local } } } },
    })
    const { id } = await rig.submit({ webhook: 'results', runAt: Date.now() + 60_000 })
    await rig.runtime.jobs.cancel(id)
    const [{ body } = assert.fail('nothing came')] = await receiver.until(1)
    assert.partialDeepStrictEqual(JSON.parse(body), {
      type: 'job.cancelled',
      data: { id, cost_usd: null, usage: null },
    })
  })

  test('is refused where that is nobody who can be told', async () => {
    await using rig = await startJobRig({
      config: { webhooks: { endpoints: { unsigned: { url: 'https://hooks.example/' } } } },
      workers: 0,
    })
    for (const [webhook, problem] of [
      ['nobody', /webhook: is no name of webhooks\.endpoints/],
      ['unsigned', /webhook: the endpoint unsigned has no secret/],
      ['https://hooks.example/', /webhook: .*not allowed here/],
    ] as const)
      await assert.rejects(rig.submit({ webhook }), problem)
  })

  test('may name an address of its caller where that is allowed, and only a public one', async () => {
    await using rig = await startJobRig({
      config: { webhooks: { callerUrls: true, ...local } },
      workers: 0,
    })
    assert.equal((await rig.submit({ webhook: 'https://hooks.example/a' })).webhook, 'https://hooks.example/a')
    for (const webhook of [
      'http://hooks.example/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://metadata.localhost/',
    ])
      await assert.rejects(rig.submit({ webhook }), /webhook: /)
  })

  test('of an address is signed with a secret that its owner can ask for, and nobody else', async () => {
    await using rig = await startRig({
      keys: [
        { name: 'one', key: 'key-number-one', team: 'shop' },
        { name: 'two', key: 'key-number-two', team: 'shop' },
        { name: 'three', key: 'key-number-three' },
      ],
      webhooks: { callerUrls: true },
    })
    const secretFor = async (each: string) => {
      const headers = { authorization: `Bearer ${each}` }
      const response = await fetch(`${rig.running.url}/v1/webhooks/secret`, { headers })
      assert.equal(response.headers.get('cache-control'), 'no-store')
      return (await response.json()) as { readonly owner: string; readonly secret: string }
    }
    const shop = await secretFor('key-number-one')
    assert.equal(shop.owner, 'team:shop')
    assert.match(shop.secret, /^whsec_[\w+/]{43}=$/)
    assert.deepEqual(await secretFor('key-number-two'), shop)
    assert.notEqual((await secretFor('key-number-three')).secret, shop.secret)
  })
})
