import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import { describeConfig } from './describe.ts'
import { discoverProviders } from './discover.ts'
import { parseConfig } from './load.ts'
import type { ConfigInput } from './schema.ts'

type Providers = NonNullable<ConfigInput['providers']>

const parsed = async (providers: Providers, environment: Record<string, string> = {}) =>
  (await parseConfig({ discover: false, providers }, environment)).providers

const complaints = (providers: Providers): Promise<string> =>
  parseConfig({ discover: false, providers }, {}).then(
    () => assert.fail('nothing was complained of'),
    (thrown: unknown) => {
      assert.ok(thrown instanceof ConfigError)
      return thrown.message
    },
  )

describe('an address that leaves something open', () => {
  test('is filled from the configuration', async () => {
    const found = await parsed({ cloudflare: { apiKey: 'k', account: 'abc' } })
    assert.equal(found.get('cloudflare')?.baseUrl, 'https://api.cloudflare.com/client/v4/accounts/abc/ai/v1')
  })

  test('is filled from the environment, and with what is usual', async () => {
    const found = await parsed({ cloudflare: {} }, { CLOUDFLARE_API_TOKEN: 'k', CLOUDFLARE_ACCOUNT_ID: 'abc' })
    assert.equal(found.get('cloudflare')?.baseUrl, 'https://api.cloudflare.com/client/v4/accounts/abc/ai/v1')
    const other = await parsed({ dashscope: { apiKey: 'k', account: 'ws' } })
    assert.match(other.get('dashscope')?.baseUrl ?? '', /^https:\/\/ws\.ap-southeast-1\.maas\.aliyuncs\.com\//)
  })

  test('is complained of while it is open', async () => {
    assert.match(
      await complaints({ cloudflare: { apiKey: 'k' } }),
      /providers\.cloudflare\.account.*CLOUDFLARE_ACCOUNT_ID/s,
    )
  })

  test('takes nothing that would lead elsewhere', async () => {
    assert.match(await complaints({ databricks: { apiKey: 'k', account: 'evil.example/x' } }), /databricks\.account/)
  })

  test('is the written one where there is one', async () => {
    const found = await parsed({ cloudflare: { apiKey: 'k', baseUrl: 'http://127.0.0.1:9/v1' } })
    assert.equal(found.get('cloudflare')?.baseUrl, 'http://127.0.0.1:9/v1')
    assert.match(
      await complaints({ cloudflare: { apiKey: 'k', account: 'a', baseUrl: 'http://127.0.0.1:9/v1' } }),
      /account/,
    )
  })

  test('is no business of kinds that have none', async () => {
    assert.match(await complaints({ openai: { apiKey: 'k', account: 'a' } }), /providers\.openai\.account/)
  })
})

describe('discovery', () => {
  test('finds a provider with an open address only where the environment fills it', async () => {
    const names = async (environment: Record<string, string>) =>
      (await discoverProviders(environment, async () => undefined)).map(({ name }) => name)
    assert.deepEqual(await names({ CLOUDFLARE_API_KEY: 'k' }), ['sim'])
    assert.deepEqual(await names({ CLOUDFLARE_API_KEY: 'k', CLOUDFLARE_ACCOUNT_ID: 'a' }), ['cloudflare', 'sim'])
  })

  test('finds one provider by one key', async () => {
    const found = await discoverProviders({ DEEPSEEK_API_KEY: 'k' }, async () => undefined)
    assert.deepEqual(
      found.map(({ name }) => name),
      ['deepseek', 'sim'],
    )
  })
})

describe('several keys of a provider', () => {
  const two = [{ key: 'sk-one' }, { key: 'sk-two', weight: 3 }]

  test('have weights, 1 where none is said', async () => {
    const openai = (await parsed({ openai: { apiKeys: two } })).get('openai')
    assert.equal(openai?.apiKey, undefined)
    assert.deepEqual(openai?.apiKeys, [
      { key: 'sk-one', weight: 1 },
      { key: 'sk-two', weight: 3 },
    ])
  })

  test('are one key where only one is written', async () => {
    const openai = (await parsed({ openai: { apiKeys: [{ key: 'sk-one' }] } })).get('openai')
    assert.equal(openai?.apiKey, 'sk-one')
    assert.deepEqual(openai?.apiKeys, [])
  })

  test('are complained of where they cannot be meant', async () => {
    assert.match(await complaints({ openai: { apiKey: 'sk-0', apiKeys: two } }), /stands beside/)
    assert.match(await complaints({ openai: { apiKeys: [] } }), /at least one key/)
    assert.match(await complaints({ openai: { apiKeys: [{ key: 'a b' }, { key: 'c' }] } }), /printable ASCII/)
    assert.match(await complaints({ openai: { apiKeys: [{ key: 'a' }, { key: 'a' }] } }), /second time/)
    assert.match(await complaints({ openai: { apiKeys: [{ key: 'a', weight: 0 }, { key: 'b' }] } }), /weight/)
  })

  test('are never shown', async () => {
    const config = await parseConfig({ discover: false, providers: { openai: { apiKeys: two } } }, {})
    assert.doesNotMatch(JSON.stringify(describeConfig(config)), /sk-one|sk-two/)
  })
})
