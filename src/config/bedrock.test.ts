import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import { parseConfig } from './load.ts'
import type { ConfigInput } from './schema.ts'

const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret-of-environment' }
const region = { AWS_REGION: 'eu-central-1' }

type Provider = NonNullable<ConfigInput['providers']>[string]

const read = async (provider: Provider, environment: Record<string, string> = {}) => {
  const { providers } = await parseConfig({ discover: false, providers: { bedrock: provider } }, environment)
  return providers.get('bedrock')
}

const complaints = async (provider: Provider, environment: Record<string, string> = {}): Promise<string> => {
  try {
    await read(provider, environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  throw new assert.AssertionError({ message: 'nothing was complained of' })
}

describe('a provider of kind bedrock', () => {
  test('takes region and credentials from the usual variables', async () => {
    const provider = await read({}, { ...keys, ...region, AWS_SESSION_TOKEN: 'token' })
    assert.deepEqual(provider?.aws, {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret-of-environment',
      sessionToken: 'token',
      region: 'eu-central-1',
    })
    assert.equal(provider?.baseUrl, 'https://bedrock-runtime.eu-central-1.amazonaws.com')
  })

  test('prefers a key, as Amazon’s own clients do', async () => {
    const provider = await read({}, { ...keys, ...region, AWS_BEARER_TOKEN_BEDROCK: 'ABSKexample' })
    assert.deepEqual([provider?.apiKey, provider?.aws], ['ABSKexample', undefined])
  })

  test('takes what is written before what is in the environment', async () => {
    const written = { region: 'us-east-1', accessKeyId: 'AKIDWRITTEN', secretAccessKey: 'written' }
    const provider = await read(written, { ...keys, ...region, AWS_BEARER_TOKEN_BEDROCK: 'ABSKexample' })
    assert.deepEqual(provider?.aws, {
      accessKeyId: 'AKIDWRITTEN',
      secretAccessKey: 'written',
      sessionToken: undefined,
      region: 'us-east-1',
    })
    assert.equal(provider?.baseUrl, 'https://bedrock-runtime.us-east-1.amazonaws.com')
  })

  test('signs for the region in the name of a VPC endpoint, or the one that is written', async () => {
    const written = { accessKeyId: 'AKIDWRITTEN', secretAccessKey: 'written' }
    const endpoint = 'https://vpce-0a1b-xyz.bedrock-runtime.eu-west-3.vpce.amazonaws.com'
    assert.equal((await read({ ...written, baseUrl: endpoint }))?.aws?.region, 'eu-west-3')
    const own = await read({ ...written, baseUrl: 'http://127.0.0.1:9000', region: 'us-west-2' })
    assert.deepEqual([own?.aws?.region, own?.baseUrl], ['us-west-2', 'http://127.0.0.1:9000'])
  })

  test('sends no credential of the environment to an address of one’s own', async () => {
    const provider = await read(
      { baseUrl: 'https://elsewhere.example' },
      { ...keys, ...region, AWS_BEARER_TOKEN_BEDROCK: 'ABSK' },
    )
    assert.deepEqual([provider?.apiKey, provider?.aws], [undefined, undefined])
  })

  test('is complained of where a region, a key or one half of it is missing', async () => {
    assert.match(await complaints({}, keys), /region.*is missing.*AWS_REGION/)
    assert.match(await complaints({}, region), /apiKey.*is missing.*AWS_BEARER_TOKEN_BEDROCK/)
    assert.match(await complaints({ accessKeyId: 'AKID' }, region), /secretAccessKey.*is missing/)
    assert.match(await complaints({ secretAccessKey: 'x' }, region), /accessKeyId.*is missing/)
    const elsewhere = { baseUrl: 'http://127.0.0.1:9000', accessKeyId: 'AKID', secretAccessKey: 'x' }
    assert.match(await complaints(elsewhere), /region.*is missing; signatures need it/)
  })

  test('has either a key or credentials, and they belong to this kind alone', async () => {
    const both = { apiKey: 'ABSK', accessKeyId: 'AKID', secretAccessKey: 'x' }
    assert.match(await complaints(both, region), /stands beside a key/)
    assert.match(
      await complaints({ kind: 'openai', apiKey: 'sk-1', accessKeyId: 'AKID' }),
      /accessKeyId.*is nothing that/,
    )
  })

  test('is found by its key where the region is known too', async () => {
    const found = async (environment: Record<string, string>) =>
      (await parseConfig({}, environment, async () => undefined)).providers.get('bedrock')?.foundBy
    assert.equal(await found({ AWS_BEARER_TOKEN_BEDROCK: 'ABSKexample', ...region }), 'AWS_BEARER_TOKEN_BEDROCK')
    assert.equal(await found({ AWS_BEARER_TOKEN_BEDROCK: 'ABSKexample' }), undefined)
    assert.equal(await found({ ...keys, ...region }), undefined)
  })
})
