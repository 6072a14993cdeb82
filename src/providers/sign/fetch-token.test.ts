import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { type ScriptStep, startFakeUpstream } from '../../testing/index.ts'
import { createEntra } from './entra.ts'
import { createGoogleTokens } from './gcp.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

const told = (token: string): ScriptStep => ({
  body: JSON.stringify({ access_token: token, expires_in: 3_599, token_type: 'Bearer' }),
})

const partOf = (assertion: string, part: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(assertion.split('.')[part] ?? '', 'base64url').toString()) as Record<string, unknown>

describe('tokens of a Google service account', () => {
  test('are exchanged for a statement signed with its key', async () => {
    await using google = await startFakeUpstream()
    google.always(told('ya29.token'))
    const tokenUrl = `${google.url}/token`
    const source = createGoogleTokens({ clientEmail: 'me@p.iam', privateKey, privateKeyId: 'kid-1', tokenUrl })
    assert.equal(await source(), 'ya29.token')
    assert.equal(source(), 'ya29.token')
    assert.equal(google.journal.length, 1)
    const form = new URLSearchParams(google.journal[0]?.body)
    assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    const assertion = form.get('assertion') ?? ''
    assert.deepEqual(partOf(assertion, 0), { alg: 'RS256', typ: 'JWT', kid: 'kid-1' })
    const claims = partOf(assertion, 1)
    assert.deepEqual([claims.iss, claims.aud], ['me@p.iam', tokenUrl])
    assert.equal(Number(claims.exp) - Number(claims.iat), 3_600)
    const [head, body, signature = ''] = assertion.split('.')
    const signed = Buffer.from(`${head}.${body}`)
    assert.ok(
      verify(
        'RSA-SHA256',
        signed,
        createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' })),
        Buffer.from(signature, 'base64url'),
      ),
    )
  })

  test('are not there for a key that is none, and nothing of it is told', () => {
    const make = () => createGoogleTokens({ clientEmail: 'me', privateKey: '-----BEGIN hush-hush' })
    assert.throws(make, (error: Error) => error instanceof RangeError && !error.message.includes('hush'))
  })
})

describe('tokens of Microsoft Entra', () => {
  const options = { tenantId: 'tenant', clientId: 'client', clientSecret: 'hush-hush' }

  test('are asked for by client credentials', async () => {
    await using entra = await startFakeUpstream()
    entra.always(told('eyJ.token'))
    const source = createEntra({ ...options, authority: entra.url })
    assert.equal(await source(), 'eyJ.token')
    assert.equal(entra.journal[0]?.path, '/tenant/oauth2/v2.0/token')
    assert.deepEqual(Object.fromEntries(new URLSearchParams(entra.journal[0]?.body)), {
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'hush-hush',
      scope: 'https://cognitiveservices.azure.com/.default',
    })
  })

  for (const [what, step, outcome] of [
    ['a refusal', { status: 401, body: '{"error":"invalid_client","error_description":"hush-hush"}' }, 'auth'],
    ['what is no token', { body: '{"access_token":7}' }, 'auth'],
    ['what is no JSON', { body: 'hello' }, 'auth'],
    ['a failure', { status: 503, body: '' }, 'not_sent'],
    ['nobody there', { hangUp: 'reset' }, 'not_sent'],
  ] as const) {
    test(`are not there after ${what}, which is told as ${outcome} without any secret`, async () => {
      await using entra = await startFakeUpstream()
      entra.always(step)
      const error = await Promise.resolve(createEntra({ ...options, authority: entra.url })()).catch(
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof GatewayError)
      assert.equal(error.details.outcome, outcome)
      assert.ok(!error.message.includes('hush-hush'))
    })
  }
})
