import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { createAddressRule } from '../transport/public-address.ts'
import { type Alert, createAlerts } from './alert.ts'

interface Heard {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Somebody who is told, and answers with these codes, the last one for ever. */
const listener = async (...codes: number[]) => {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      heard.push({ headers: request.headers, body })
      const code = codes[Math.min(heard.length, codes.length) - 1] ?? 200
      response.writeHead(code, { location: '/elsewhere' }).end('thanks')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`
  return { url, heard, [Symbol.asyncDispose]: async () => void server.close().closeAllConnections() }
}

const alert: Alert = {
  allowance: 'team:shop/budget/month',
  scope: 'team:shop',
  percent: 80,
  used: 800_000_000n,
  limit: 1_000_000_000n,
  start: Date.UTC(2026, 10, 1),
  webhook: 'ops',
}

const facts = {
  allowance: 'team:shop/budget/month',
  scope: 'team:shop',
  percent: 80,
  usedUsd: '0.8',
  limitUsd: '1',
  windowStart: '2026-11-01T00:00:00.000Z',
}

const guard = { addresses: createAddressRule(['127.0.0.1']), isPlainAllowed: true, isOperators: true }

const tellingTo = (url: string, ...secrets: string[]) => {
  const lines: { level: string; facts: object; message: string }[] = []
  const alerts = createAlerts({
    log: {
      warn: (facts, message) => lines.push({ level: 'warn', facts, message }),
      error: (facts, message) => lines.push({ level: 'error', facts, message }),
    },
    endpoint: (name) => (name === 'ops' ? { url, secrets, guard } : undefined),
    pausesMs: [5, 5],
    timeoutMs: 1_000,
  })
  return { alerts, lines }
}

describe('an alert', () => {
  test('is a line of the log and a message that is not signed where there is no secret', async () => {
    await using ops = await listener(204)
    const { alerts, lines } = tellingTo(ops.url)
    alerts.tell(alert)
    await alerts.close()
    assert.deepEqual(lines, [{ level: 'warn', facts, message: 'budget' }])
    const [{ headers, body } = assert.fail('nobody was told')] = ops.heard
    const { type, data } = JSON.parse(body)
    assert.deepEqual({ type, data }, { type: 'budget.reached', data: facts })
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['webhook-signature'], undefined)
  })

  for (const [name, secret, verifier] of [
    ['base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')],
    ['text', 'a secret of any form', new Webhook('a secret of any form', { format: 'raw' })],
  ] as const)
    test(`is signed after Standard Webhooks with a secret that is ${name}`, async () => {
      await using ops = await listener(200)
      const { alerts } = tellingTo(ops.url, secret)
      alerts.tell(alert)
      await alerts.close()
      const [{ headers, body } = assert.fail('nobody was told')] = ops.heard
      assert.partialDeepStrictEqual(verifier.verify(body, headers as Record<string, string>), { data: facts })
    })

  test('is sent again, as the same message, until it is taken', async () => {
    await using ops = await listener(500, 302, 200)
    const { alerts, lines } = tellingTo(ops.url)
    alerts.tell(alert)
    await alerts.close()
    assert.equal(ops.heard.length, 3)
    assert.equal(new Set(ops.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
    assert.equal(lines.length, 1)
  })

  test('that nobody takes is given up after three tries, and told without the address', async () => {
    await using ops = await listener(500)
    const { alerts, lines } = tellingTo(ops.url)
    alerts.tell(alert)
    await alerts.close()
    assert.equal(ops.heard.length, 3)
    assert.deepEqual(lines[1]?.facts, { ...facts, problem: 'it answered 500' })
    assert.doesNotMatch(JSON.stringify(lines), /secret-path/)
  })

  test('for somebody who is not there, or not configured, harms nobody', async () => {
    const { alerts, lines } = tellingTo('http://127.0.0.1:1/')
    alerts.tell(alert)
    alerts.tell({ ...alert, webhook: 'http://169.254.169.254/' })
    await alerts.close()
    const problems = lines.filter(({ level }) => level === 'error')
    assert.match(problems[0]?.message ?? '', /none that is configured/)
    assert.match(JSON.stringify(problems[1]), /it was not reached \(ECONNREFUSED\)/)
  })
})
