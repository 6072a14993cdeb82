import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { bedrockRow, createBedrock } from './bedrock.ts'
import { factsOf } from './models.ts'
import type { Signable } from './provider.ts'

const aws = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'eu-west-1',
}
const baseUrl = 'https://bedrock-runtime.eu-west-1.amazonaws.com'
const now = () => Date.UTC(2026, 10, 24, 12, 0, 1)

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** A signature as Amazon's documentation tells to make one, step by step, from what was sent. */
const signatureOf = ({ url, body }: Signable, headers: Readonly<Record<string, string>>): string => {
  const { host, pathname } = new URL(url)
  const names = ['host', ...Object.keys(headers).filter((name) => name !== 'authorization')].sort()
  const lines = names.map((name) => `${name}:${name === 'host' ? host : headers[name]}\n`).join('')
  // What stands in the path already encoded is encoded once more.
  const path = pathname.split('/').map(encodeURIComponent).join('/')
  const request = ['POST', path, '', lines, names.join(';'), hash(body)].join('\n')
  const date = headers['x-amz-date'] ?? ''
  const scope = `${date.slice(0, 8)}/eu-west-1/bedrock/aws4_request`
  const key = scope.split('/').reduce<string | Buffer>(mac, `AWS4${aws.secretAccessKey}`)
  const signature = mac(key, ['AWS4-HMAC-SHA256', date, scope, hash(request)].join('\n')).toString('hex')
  return `AWS4-HMAC-SHA256 Credential=${aws.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
}

const arn = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123'

describe('Bedrock', () => {
  test('has a price for every model that it is known to serve, by region where that matters', () => {
    for (const model of bedrockRow.models) assert.ok(factsOf('aws', model)?.price, model)
    const inputOf = (model: string) => factsOf('aws', model)?.price?.rates.input ?? 0n
    const name = 'anthropic.claude-haiku-4-5-20251001-v1:0'
    assert.equal(inputOf(`eu.${name}`) * 10n, inputOf(`global.${name}`) * 11n)
  })

  test('is asked at a path that names the model and the form', () => {
    const { url } = createBedrock({ name: 'b', baseUrl: `${baseUrl}/` })
    assert.equal(url('us.amazon.nova-lite-v1:0', 'chat', false), `${baseUrl}/model/us.amazon.nova-lite-v1%3A0/converse`)
    assert.equal(url(arn, 'chat', true), `${baseUrl}/model/${encodeURIComponent(arn)}/converse-stream`)
    assert.equal(url('x', 'count_tokens', false), undefined)
  })

  test('is never asked elsewhere, whatever a model is called', () => {
    const { url } = createBedrock({ name: 'b', baseUrl })
    for (const model of ['.', '..']) assert.equal(url(model, 'chat', false), undefined)
    for (const model of ['../x', '%2e%2e', 'a/../../b', '?x', '#x', '\\..']) {
      assert.match(new URL(url(model, 'chat', false) ?? '').href, /amazonaws\.com\/model\/[^/?#]+\/converse$/)
    }
  })

  test('gets requests signed for exactly their path and body', async () => {
    const provider = createBedrock({ name: 'b', baseUrl, aws, now })
    for (const model of ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', arn]) {
      const outgoing = { url: provider.url(model, 'chat', true) ?? '', headers: {}, body: '{"messages":["ü"]}' }
      const headers = (await provider.sign?.(outgoing)) ?? {}
      assert.equal(headers['x-amz-date'], '20261124T120001Z')
      assert.equal(headers.authorization, signatureOf(outgoing, headers))
    }
  })

  test('gets the token of credentials that expire, signed as well', async () => {
    const provider = createBedrock({ name: 'b', baseUrl, aws: { ...aws, sessionToken: 'FwoGZXIvYXdzE' }, now })
    const outgoing = { url: `${baseUrl}/model/x/converse`, headers: {}, body: '{}' }
    const headers = (await provider.sign?.(outgoing)) ?? {}
    assert.equal(headers['x-amz-security-token'], 'FwoGZXIvYXdzE')
    assert.equal(headers.authorization, signatureOf(outgoing, headers))
    assert.deepEqual(provider.secrets, [aws.secretAccessKey, 'FwoGZXIvYXdzE', aws.accessKeyId])
  })

  test('gets a key in place of signatures where there is one', () => {
    const provider = createBedrock({ name: 'b', baseUrl, apiKey: 'ABSKexample' })
    assert.deepEqual(provider.headers(), { authorization: 'Bearer ABSKexample' })
    assert.equal(provider.sign, undefined)
    assert.deepEqual(provider.secrets, ['ABSKexample'])
  })

  test('gets a caller’s own key alone, without our signature', async () => {
    const provider = createBedrock({ name: 'b', baseUrl, aws, now })
    const headers = provider.headersWith?.('ABSKcaller') ?? {}
    assert.deepEqual(headers, { authorization: 'Bearer ABSKcaller' })
    assert.deepEqual(await provider.sign?.({ url: `${baseUrl}/model/x/converse`, headers, body: '{}' }), {})
  })

  test('tells what time it is there when it refuses a signature for its time, and the next one is right', async () => {
    const provider = createBedrock({ name: 'b', baseUrl, aws, now })
    const body = '{"message":"Signature expired: 20261124T120001Z is now earlier than 20261124T125501Z"}'
    const headers = { 'x-amzn-errortype': 'InvalidSignatureException', date: 'Tue, 24 Nov 2026 13:00:01 GMT' }
    assert.equal(provider.wire.readError(403, body, headers).details.outcome, 'lock')
    const signed = await provider.sign?.({ url: `${baseUrl}/model/x/converse`, headers: {}, body: '{}' })
    assert.equal(signed?.['x-amz-date'], '20261124T130001Z')
    assert.equal(
      provider.wire.readError(403, body, headers).details.outcome,
      'auth',
      'a second time nothing is learned',
    )
  })

  test('that refuses a signature for another reason refuses the credential', () => {
    const { wire } = createBedrock({ name: 'b', baseUrl, aws, now })
    const headers = { 'x-amzn-errortype': 'InvalidSignatureException', date: 'Tue, 24 Nov 2026 13:00:01 GMT' }
    assert.equal(wire.readError(403, '{"message":"It does not match."}', headers).details.outcome, 'auth')
  })
})
