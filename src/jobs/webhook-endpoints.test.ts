import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAddressRule } from '../transport/public-address.ts'
import type { Receiver } from '../transport/webhook-post.ts'
import { secretProblem } from '../transport/webhook-signature.ts'
import { createWebhookEndpoints, shownEndpoint } from './webhook-endpoints.ts'

const guard = { addresses: createAddressRule(['127.0.0.1']), isPlainAllowed: true, isOperators: true }
const configured: Readonly<Record<string, Receiver>> = {
  results: { url: 'http://127.0.0.1:1/', secrets: ['a secret of any form'], guard },
  unsigned: { url: 'http://127.0.0.1:1/', secrets: [], guard },
}
const endpointsOf = (areUrlsAllowed: boolean, secret = 'of this installation') =>
  createWebhookEndpoints({
    named: (name) => configured[name],
    areUrlsAllowed: () => areUrlsAllowed,
    secret: Buffer.from(secret),
  })

describe('the webhook of a job', () => {
  test('is an endpoint of the configuration that can sign', () => {
    const endpoints = endpointsOf(false)
    assert.equal(endpoints.checkWebhook('results'), undefined)
    assert.equal(endpoints.find('results', 'team:shop'), configured.results)
    assert.match(endpoints.checkWebhook('unsigned') ?? '', /no secret/)
    assert.match(endpoints.checkWebhook('nobody') ?? '', /no name of webhooks\.endpoints/)
    assert.match(endpoints.checkWebhook('') ?? '', /no name of webhooks\.endpoints/)
  })

  test('is an address only where that is allowed, and only a public one', () => {
    assert.match(endpointsOf(false).checkWebhook('https://hooks.example/') ?? '', /not allowed here/)
    const endpoints = endpointsOf(true)
    assert.equal(endpoints.checkWebhook('https://hooks.example/'), undefined)
    for (const bad of ['http://hooks.example/', 'https://127.0.0.1/', 'https://hooks.example:8443/', 'ftp://x/', 'a:b'])
      assert.notEqual(endpoints.checkWebhook(bad), undefined, bad)
  })

  test('is signed for each owner with a secret of its own, the same at every start', () => {
    const endpoints = endpointsOf(true)
    const shop = endpoints.secretOf('team:shop')
    assert.equal(secretProblem(shop), undefined)
    assert.notEqual(shop, endpoints.secretOf('team:other'))
    assert.notEqual(shop, endpointsOf(true, 'of another installation').secretOf('team:shop'))
    assert.equal(shop, endpointsOf(true).secretOf('team:shop'))
    const found = endpoints.find('https://hooks.example/', 'team:shop')
    assert.partialDeepStrictEqual(found, { url: 'https://hooks.example/', secrets: [shop] })
  })

  test('is called by its name, and an address by its host without what may be a secret', () => {
    assert.equal(shownEndpoint('results'), 'results')
    const shown = shownEndpoint('https://hooks.example/T0/B1?token=x')
    assert.match(shown, /^hooks\.example~[\da-f]{12}$/)
    assert.notEqual(shown, shownEndpoint('https://hooks.example/T0/B2?token=x'))
    assert.match(shownEndpoint('not:an address'), /^nowhere~/)
  })
})
