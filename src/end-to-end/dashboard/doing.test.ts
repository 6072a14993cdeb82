import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type FakeUpstream, openaiError, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.ts'
import { within } from '../callers/rig.ts'
import { type DashboardRig, startDashboardRig, webKey, withoutBrowser } from './rig.ts'

describe('what administrators do on the dashboard', { skip: withoutBrowser }, () => {
  let upstream: FakeUpstream
  let receiver: WebhookReceiver
  let rig: DashboardRig
  let page: Page
  let isBroken = false
  before(async () => {
    upstream = await startFakeUpstream()
    upstream.always(() => (isBroken ? openaiError(500, null, 'It broke.') : openaiText('Yes.')))
    receiver = await startWebhookReceiver()
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    rig = await startDashboardRig({
      providers: { one: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-of-the-dashboard' } },
      models: { chat: ['one/m'], kept: { targets: ['one/m'], cache: '1h' } },
      keys: [{ name: 'web', key: webKey }],
      retry: { attempts: 1 },
      jobs: { maxAttempts: 1 },
      prices: { 'one/*': { input: 1, output: 2 } },
      budgets: [{ scope: 'key:web', usd: 10 }],
      webhooks: {
        endpoints: { ops: { url: receiver.url, secrets: [secret], allowHttp: true, allowPrivate: ['127.0.0.1'] } },
      },
    })
    page = await rig.signedIn()
  })
  after(async () => {
    await rig?.[Symbol.asyncDispose]()
    await receiver?.[Symbol.asyncDispose]()
    await upstream?.close()
  })

  const status = async (secret: string): Promise<number> => {
    const answer = await rig.chat({ model: 'chat' }, { authorization: `Bearer ${secret}` })
    await answer.text()
    return answer.status
  }
  const secretShown = async (): Promise<string> => {
    const secret = (await page.locator('.secret').textContent()) ?? ''
    await page.getByRole('button', { name: 'I have it' }).click()
    return secret
  }
  const submitted = async (model: string): Promise<string> => {
    const answer = await fetch(`${rig.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${webKey}` },
      body: JSON.stringify({
        endpoint: '/v1/chat/completions',
        body: { model, messages: [{ role: 'user', content: 'Hello' }] },
        webhook: 'ops',
      }),
    })
    assert.equal(answer.status, 202)
    const { id } = (await answer.json()) as { readonly id: string }
    return id
  }
  const jobState = async (id: string): Promise<unknown> =>
    ((await (await rig.ask('GET', `/jobs/${id}`)).json()) as Record<string, unknown>).state

  test('a rotated key has a new secret, and the old one works on until it is revoked', async () => {
    const { secret: old } = (await (await rig.ask('POST', '/keys', { name: 'nightly' })).json()) as { secret: string }
    await rig.show(page, 'keys', 'Keys')
    await page.getByRole('button', { name: 'Rotate nightly' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click()
    const fresh = await secretShown()
    assert.notEqual(fresh, old)
    assert.deepEqual([await status(old), await status(fresh)], [200, 200])
    await page.getByRole('button', { name: 'Revoke nightly' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke for ever' }).click()
    await page.getByText('nightly is revoked.').waitFor()
    assert.deepEqual([await status(old), await status(fresh)], [401, 401])
  })

  test('an edited key may ask for what is written there, and nothing else', async () => {
    const { secret } = (await (await rig.ask('POST', '/keys', { name: 'narrow' })).json()) as { secret: string }
    assert.equal(await status(secret), 200)
    await rig.show(page, 'scopes')
    await rig.show(page, 'keys', 'Keys')
    await page.getByRole('button', { name: 'Edit narrow' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Models').fill('kept')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await status(secret), 404)
  })

  test('answers that are taken away are asked for again', async () => {
    const ask = async (): Promise<string | null> => {
      const answer = await rig.chat({ model: 'kept' })
      await answer.text()
      return answer.headers.get('x-tollgate-cache')
    }
    assert.deepEqual([await ask(), await ask()], ['miss', 'hit'])
    await rig.show(page, 'cache', 'Answers from memory')
    await page.getByRole('button', { name: 'Take answers away' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Model').fill('kept')
    await dialog.getByRole('button', { name: 'Take away' }).click()
    await page.getByText('1 answers were taken away.').waitFor()
    assert.equal(await ask(), 'miss')
  })

  test('a dead letter is asked again as a new job', async () => {
    isBroken = true
    const dead = await submitted('chat')
    await within(8_000, async () => (await jobState(dead)) === 'failed')
    isBroken = false
    await rig.show(page, 'jobs', 'Jobs')
    await page.getByRole('button', { name: 'Ask dead letters again' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Ask again' }).click()
    await page.getByText('1 dead letters are asked again.').waitFor()
    await rig.show(page, `jobs/${dead}`)
    const again = page.getByRole('definition').getByRole('link', { name: /^job_/ }).last()
    const id = (await again.textContent()) ?? ''
    await within(8_000, async () => (await jobState(id)) === 'succeeded')
  })

  test('a job that waits shows what is set aside for it, is cancelled, and stays so', async () => {
    const answer = await fetch(`${rig.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${webKey}` },
      body: JSON.stringify({
        endpoint: '/v1/chat/completions',
        body: { model: 'chat', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 1_000_000 },
        hold: true,
        run_at: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    })
    const { id } = (await answer.json()) as { readonly id: string }
    await rig.show(page, `jobs/${id}`)
    const aside = page.locator('.facts div', { hasText: 'Set aside' })
    assert.match((await aside.textContent()) ?? '', /\$2\.00/)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Ask again' }).waitFor()
    assert.equal(await aside.count(), 0)
    assert.equal(await jobState(id), 'cancelled')
  })

  test('an event is sent again, as it was', async () => {
    const before = receiver.heard.length
    await submitted('chat')
    await receiver.until(before + 1)
    const first = receiver.heard[before]
    const id = String(first?.headers['webhook-id'])
    await within(8_000, async () =>
      (await (await rig.ask('GET', `/webhooks/events/${id}`)).text()).includes('"delivered"'),
    )
    await rig.show(page, `webhooks/${id}`)
    await page.getByRole('button', { name: 'Send again' }).click()
    await receiver.until(before + 2)
    const second = receiver.heard.slice(before + 1).find(({ headers }) => headers['webhook-id'] === id)
    assert.equal(second?.body, first?.body)
    assert.deepEqual(rig.problems, [])
  })
})
