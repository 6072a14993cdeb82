import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from '../../config/complaints.ts'
import { parseConfig } from '../../config/load.ts'
import { GatewayError } from '../../core/errors.ts'
import { openaiText, responsesText } from '../../testing/index.ts'
import { question, startProviderRig } from './rig.ts'

const token = (value: string) => ({ status: 200, body: JSON.stringify({ access_token: value, expires_in: 3_600 }) })

describe('IBM watsonx.ai', () => {
  test('is asked with a token that its key was exchanged for, once for calls at the same time', async () => {
    await using ibm = await startProviderRig(() => ({}))
    await using rig = await startProviderRig((url) => ({
      providers: {
        watsonx: {
          apiKey: 'ibm-key-1',
          baseUrl: `${url}/ml/gateway/v1`,
          tokenUrl: `${ibm.upstream.url}/identity/token`,
        },
      },
    }))
    ibm.upstream.always(token('token-1'))
    rig.upstream.always(openaiText('Yes.'))
    const ask = () => rig.gateway.chat(question('watsonx/ibm/granite-4'))
    const answers = await Promise.all([ask(), ask(), ask()])
    for (const { message } of answers) assert.equal(message.content, 'Yes.')
    assert.equal(ibm.upstream.journal.length, 1)
    const form = new URLSearchParams(ibm.upstream.journal[0]?.body)
    assert.equal(form.get('grant_type'), 'urn:ibm:params:oauth:grant-type:apikey')
    assert.equal(form.get('apikey'), 'ibm-key-1')
    for (const { path, headers, body } of rig.upstream.journal) {
      assert.equal(path, '/ml/gateway/v1/chat/completions')
      assert.equal(headers.authorization, 'Bearer token-1')
      assert.equal(JSON.parse(body).model, 'ibm/granite-4')
      assert.ok(!JSON.stringify(headers).includes('ibm-key-1'))
    }
  })

  test('fails without telling anybody the key when it is refused', async () => {
    await using ibm = await startProviderRig(() => ({}))
    await using rig = await startProviderRig((url) => ({
      providers: { watsonx: { apiKey: 'ibm-key-1', baseUrl: url, tokenUrl: ibm.upstream.url } },
    }))
    ibm.upstream.always({ status: 400, body: '{"errorMessage":"no such key ibm-key-1"}' })
    await assert.rejects(rig.gateway.chat(question('watsonx/m')), (thrown) => {
      assert.ok(thrown instanceof GatewayError)
      assert.equal(thrown.code, 'upstream_auth')
      assert.ok(!thrown.message.includes('ibm-key-1'))
      return true
    })
    assert.equal(rig.upstream.journal.length, 0)
  })

  test('is in the region that is named, and takes one key alone', async () => {
    const config = await parseConfig({ discover: false, providers: { watsonx: { apiKey: 'k', region: 'eu-de' } } }, {})
    assert.equal(config.providers.get('watsonx')?.baseUrl, 'https://eu-de.ml.cloud.ibm.com/ml/gateway/v1')
    const several = { apiKeys: [{ key: 'a' }, { key: 'b' }], tokenUrl: 'nowhere' }
    await assert.rejects(parseConfig({ discover: false, providers: { watsonx: several } }, {}), (thrown) => {
      assert.ok(thrown instanceof ConfigError)
      assert.match(thrown.message, /watsonx\.apiKeys.*nothing that/s)
      assert.match(thrown.message, /watsonx\.tokenUrl/)
      return true
    })
  })
})

describe('Perplexity', () => {
  test('is asked in the Responses language, whatever its caller speaks', async () => {
    await using rig = await startProviderRig((url) => ({
      providers: { perplexity: { apiKey: 'pplx-1', baseUrl: `${url}/v1` } },
    }))
    rig.upstream.always(responsesText('Yes.'))
    const answer = await rig.gateway.chat(question('perplexity/openai/gpt-5.5'))
    assert.equal(answer.message.content, 'Yes.')
    assert.equal(rig.upstream.journal[0]?.path, '/v1/responses')
    assert.equal(rig.upstream.journal[0]?.headers.authorization, 'Bearer pplx-1')
  })
})
