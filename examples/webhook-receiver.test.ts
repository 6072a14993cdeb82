import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createAddressRule } from '../src/transport/public-address.ts'
import { postWebhook } from '../src/transport/webhook-post.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const other = `whsec_${'b2xk'.repeat(10)}`
const guard = { addresses: createAddressRule(['127.0.0.1']), isPlainAllowed: true, isOperators: true }
const body = JSON.stringify({
  type: 'job.succeeded',
  data: { id: 'job_1', cost_usd: '0.01', url: '/v1/jobs/job_1', result_url: '/v1/jobs/job_1/result' },
})

test('webhook-receiver.ts takes what is signed now, once, and nothing else', { timeout: 30_000 }, async () => {
  const script = fileURLToPath(new URL('webhook-receiver.ts', import.meta.url))
  const env = { PATH: process.env.PATH, PORT: '0', WEBHOOK_SECRET: secret }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async (): Promise<string> => (await lines.next()).value ?? assert.fail('it ended')
    const url = (await next()).replace('listening at ', '')
    const send = async (
      secrets: readonly string[],
      more: { readonly now?: () => number; readonly body?: string } = {},
    ) => {
      const posted = await postWebhook(
        { url, secrets, guard },
        { id: 'evt_1', body: more.body ?? body },
        { now: more.now },
      )
      return [posted.status, await next()]
    }
    const told = 'job.succeeded job_1, $0.01, /v1/jobs/job_1/result'
    assert.deepEqual(await send([secret]), [204, told])
    assert.deepEqual(await send([other, secret]), [204, 'evt_1 again'])
    assert.deepEqual(await send([other]), [401, 'refused'])
    assert.deepEqual(await send([]), [401, 'refused'])
    assert.deepEqual(await send([secret], { now: () => Date.now() - 600_000 }), [401, 'refused'])
    assert.deepEqual(await send([secret], { body: 'x'.repeat(100_000) }), [401, 'refused'])
  } finally {
    child.kill()
  }
})
