import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import { parseConfig } from './load.ts'
import { addressProblem, receiverOf } from './resolve-webhooks.ts'
import type { ConfigInput } from './schema.ts'

const configOf = (webhooks: ConfigInput['webhooks'], more: ConfigInput = {}) =>
  parseConfig({ discover: false, providers: { sim: { kind: 'simulated' } }, webhooks, ...more }, {})

const complaintsOf = async (webhooks: ConfigInput['webhooks'], more?: ConfigInput): Promise<string> => {
  const error = await configOf(webhooks, more).then(
    () => assert.fail('nothing was wrong'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ConfigError)
  return error.message
}

const url = 'https://hooks.example/canary-1'
const secret = `whsec_${'c2Vj'.repeat(8)}`

describe('webhooks of a configuration', () => {
  test('are https and public unless something else is allowed, for one or for all', async () => {
    const config = await configOf({
      allowPrivate: ['10.0.0.0/8'],
      endpoints: {
        usual: { url, secret },
        inside: { url: 'http://127.0.0.1:8080/', allowHttp: true, allowPrivate: ['127.0.0.1'] },
        net: { url: 'https://10.1.2.3:8443/' },
      },
    })
    const reaches = (name: string, address: string) => {
      const found = config.webhooks.get(name) ?? assert.fail()
      return receiverOf(found).guard.addresses.allows(address)
    }
    assert.deepEqual(
      ['usual', 'inside', 'net'].map((name) => [reaches(name, '10.1.2.3'), reaches(name, '127.0.0.1')]),
      [
        [true, false],
        [false, true],
        [true, false],
      ],
    )
    assert.match(addressProblem('http://hooks.example/', config.webhookRules) ?? '', /allowHttp/)
  })

  const mistakes: readonly (readonly [string, ConfigInput['webhooks'], RegExp])[] = [
    ['plain http', { endpoints: { a: { url: 'http://hooks.example/canary-1' } } }, /a\.url: must be an https address/],
    ['this machine', { endpoints: { a: { url: 'https://127.1/canary-1' } } }, /a\.url: stands for a machine/],
    ['metadata of a cloud', { endpoints: { a: { url: 'https://169.254.169.254/canary-1' } } }, /a\.url: stands for/],
    [
      'a name in an address',
      { endpoints: { a: { url: 'https://canary-1@x.example/' } } },
      /a\.url: must not hold a user/,
    ],
    ['an empty secret', { endpoints: { a: { url, secret: '' } } }, /a\.secret: must not be empty/],
    [
      'a short secret',
      { endpoints: { a: { url, secret: 'canary-1' } } },
      /a\.secret: must have at least 16 characters/,
    ],
    ['a short key', { endpoints: { a: { url, secret: 'whsec_canary01' } } }, /a\.secret: must be base64 of 24 to 64/],
    [
      'one short secret of two',
      { endpoints: { a: { url, secrets: [secret, 'canary-1'] } } },
      /a\.secrets\[1\]: must have/,
    ],
    ['no secrets', { endpoints: { a: { url, secrets: [] } } }, /a\.secrets: must hold at least one/],
    ['too many', { endpoints: { a: { url, secrets: Array(6).fill(secret) } } }, /a\.secrets: must hold at most 5/],
    ['secrets in two ways', { endpoints: { a: { url, secret, secrets: [secret] } } }, /a\.secrets: stands in place of/],
    ['a network that is none', { allowPrivate: ['canary-1'] }, /webhooks\.allowPrivate\[0\]: expected an address or a/],
    [
      'a network of an endpoint',
      { endpoints: { a: { url, allowPrivate: ['canary-1'] } } },
      /a\.allowPrivate\[0\]: expected/,
    ],
    ['where this gateway is', { gatewayUrl: 'canary-1' }, /webhooks\.gatewayUrl: expected an address/],
  ]
  for (const [name, webhooks, complaint] of mistakes)
    test(`may not hold ${name}, and what is wrong is not repeated`, async () => {
      const told = await complaintsOf(webhooks)
      assert.match(told, complaint)
      assert.doesNotMatch(told, /canary/)
    })

  test('hold for addresses that stand in budgets too', async () => {
    const budget = (webhook: string): ConfigInput => ({ budgets: [{ scope: 'session:*', usd: 1, webhook }] })
    assert.match(await complaintsOf({}, budget('http://hooks.example/canary-1')), /webhook: must be an https address/)
    assert.match(await complaintsOf({}, budget('https://10.0.0.1/canary-1')), /webhook: stands for a machine/)
    await configOf({ allowHttp: true, allowPrivate: ['10.0.0.0/8'] }, budget('http://10.0.0.1/'))
  })
})
