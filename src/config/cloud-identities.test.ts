import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import { describeConfig } from './describe.ts'
import { parseConfig } from './load.ts'
import type { ConfigInput } from './schema.ts'

type Providers = NonNullable<ConfigInput['providers']>

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const key = { type: 'service_account', project_id: 'theirs', private_key: pem, client_email: 'me@theirs' }

const parsed = (providers: Providers, environment: Record<string, string> = {}) =>
  parseConfig({ discover: false, providers }, environment)

const complaints = (providers: Providers, environment: Record<string, string> = {}): Promise<string> =>
  parsed(providers, environment).then(
    () => assert.fail('nothing was complained of'),
    (thrown: unknown) => {
      assert.ok(thrown instanceof ConfigError)
      assert.ok(!thrown.message.includes('PRIVATE KEY'))
      return thrown.message
    },
  )

describe('Azure OpenAI in a configuration', () => {
  test('is at the address of its resource', async () => {
    const { providers } = await parsed({ 'azure-openai': { apiKey: 'k', account: 'ours' } })
    assert.equal(providers.get('azure-openai')?.baseUrl, 'https://ours.openai.azure.com')
  })

  test('takes an application of Entra from the environment', async () => {
    const environment = {
      AZURE_TENANT_ID: 't',
      AZURE_CLIENT_ID: 'c',
      AZURE_CLIENT_SECRET: 's',
      AZURE_RESOURCE_NAME: 'r',
    }
    const config = await parsed({ 'azure-openai': { entra: {} } }, environment)
    const { azure, apiKey } = config.providers.get('azure-openai') ?? {}
    assert.deepEqual([azure?.entra?.tenantId, azure?.entra?.clientId, azure?.entra?.clientSecret], ['t', 'c', 's'])
    assert.equal(apiKey, undefined)
  })

  test('is complained of where it cannot be meant', async () => {
    const azure = { account: 'ours' }
    assert.match(await complaints({ 'azure-openai': azure }), /apiKey.*AZURE_OPENAI_API_KEY/s)
    assert.match(await complaints({ 'azure-openai': { ...azure, entra: {} } }), /entra\.tenantId.*AZURE_TENANT_ID/s)
    assert.match(
      await complaints({ 'azure-openai': { ...azure, apiKey: 'k', entra: { tenantId: 't' } } }),
      /beside a key/,
    )
    assert.match(await complaints({ 'azure-openai': { ...azure, apiKey: 'k', apiVersion: '2025&x=1' } }), /apiVersion/)
    assert.match(
      await complaints({ 'azure-openai': { ...azure, apiKey: 'k', deployments: { m: 'a/b' } } }),
      /deployments\.m/,
    )
    assert.match(await complaints({ openai: { apiKey: 'k', apiVersion: '2025-04-01' } }), /openai\.apiVersion/)
  })

  test('is never shown with its secret', async () => {
    const entra = { tenantId: 't', clientId: 'c', clientSecret: 'hush-hush' }
    const config = await parsed({ 'azure-openai': { account: 'ours', entra } })
    assert.doesNotMatch(JSON.stringify(describeConfig(config)), /hush-hush/)
  })
})

describe('Vertex AI in a configuration', () => {
  test('takes the key of a service account as JSON, or by the name of its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-vertex-'))
    const file = join(folder, 'key.json')
    await writeFile(file, JSON.stringify(key))
    for (const credentials of [JSON.stringify(key), file]) {
      const config = await parsed({ vertex: { kind: 'vertex-anthropic', credentials } })
      const { vertex } = config.providers.get('vertex') ?? {}
      assert.deepEqual(
        [vertex?.project, vertex?.location, vertex?.account.clientEmail],
        ['theirs', 'global', 'me@theirs'],
      )
      assert.doesNotMatch(JSON.stringify(describeConfig(config)), /PRIVATE KEY/)
    }
    const found = await parsed(
      { vertex: { kind: 'vertex-anthropic' } },
      { GOOGLE_APPLICATION_CREDENTIALS: file, GOOGLE_CLOUD_PROJECT: 'ours' },
    )
    assert.equal(found.providers.get('vertex')?.vertex?.project, 'ours')
    await rm(folder, { recursive: true })
  })

  test('is complained of where it cannot be meant, without telling what the key is', async () => {
    const vertex = (more: object): Providers => ({ vertex: { kind: 'vertex-anthropic', ...more } })
    assert.match(await complaints(vertex({})), /credentials.*GOOGLE_APPLICATION_CREDENTIALS/s)
    assert.match(await complaints(vertex({ credentials: '/nonesuch.json' })), /expected the key of a service account/)
    const broken = JSON.stringify({ ...key, private_key: '-----BEGIN PRIVATE KEY-----\nhush\n' })
    assert.match(await complaints(vertex({ credentials: broken })), /expected the key of a service account/)
    const nameless = JSON.stringify({ ...key, project_id: undefined })
    assert.match(await complaints(vertex({ credentials: nameless })), /vertex\.project/)
    assert.match(
      await complaints(vertex({ credentials: JSON.stringify(key), location: 'eu/../x' })),
      /vertex\.location/,
    )
    assert.match(
      await complaints(vertex({ credentials: JSON.stringify(key), tokenUrl: 'ftp://x' })),
      /vertex\.tokenUrl/,
    )
  })
})
