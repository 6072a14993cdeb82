import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { anthropicError, anthropicText, type FakeUpstream, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { question, startProviderRig } from './rig.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })

const credentials = JSON.stringify({
  type: 'service_account',
  project_id: 'our-project',
  private_key_id: 'kid',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  client_email: 'gateway@our-project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
})

/** Google's door for tokens. */
const startGoogle = async (): Promise<FakeUpstream> => {
  const google = await startFakeUpstream()
  google.always({ headDelayMs: 20, body: JSON.stringify({ access_token: 'ya29.token', expires_in: 3_599 }) })
  return google
}

const start = (google: FakeUpstream, kind: string, more: object = {}) =>
  startProviderRig((url) => ({
    providers: {
      vertex: { kind, baseUrl: url, credentials, tokenUrl: `${google.url}/token`, location: 'europe-west1', ...more },
    },
    models: { chat: 'vertex/claude-sonnet-4-6' },
  }))

const place = '/v1/projects/our-project/locations/europe-west1'

describe('Claude on Vertex AI', () => {
  test('is asked at the path of the model, with the version of the language in the body', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-anthropic')
    rig.upstream.always(anthropicText('Yes.'))
    const answer = await rig.gateway.chat(question('chat'))
    assert.equal(answer.message.content, 'Yes.')
    const [asked] = rig.upstream.journal
    assert.equal(asked?.path, `${place}/publishers/anthropic/models/claude-sonnet-4-6:rawPredict`)
    assert.equal(asked?.headers.authorization, 'Bearer ya29.token')
    const body = JSON.parse(asked?.body ?? '') as Record<string, unknown>
    assert.equal(body.anthropic_version, 'vertex-2023-10-16')
    assert.ok(!('model' in body))
    assert.equal(body.max_tokens, 16)
  })

  test('streams at a path of its own', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-anthropic')
    rig.upstream.always(anthropicText('Yes, it is.', { stream: true }))
    let text = ''
    for await (const delta of rig.gateway.stream(question('chat'))) if (delta.kind === 'text') text += delta.text
    assert.equal(text, 'Yes, it is.')
    assert.equal(
      rig.upstream.journal[0]?.path,
      `${place}/publishers/anthropic/models/claude-sonnet-4-6:streamRawPredict`,
    )
  })

  test('passes a body of the same language on as it came, but for the model', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-anthropic')
    rig.upstream.always(anthropicText('Yes.'))
    const response = await rig.gateway.fetch(
      new Request('http://gateway/v1/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({ ...question('chat'), unknown_field: { kept: true } }),
      }),
    )
    assert.equal(response.status, 200)
    const body = JSON.parse(rig.upstream.journal[0]?.body ?? '') as Record<string, unknown>
    assert.deepEqual(body.unknown_field, { kept: true })
    assert.ok(!('model' in body))
  })

  test('counts tokens where all its models do, by their names', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-anthropic')
    rig.upstream.always({ body: '{"input_tokens":7}' })
    const response = await rig.gateway.fetch(
      new Request('http://gateway/v1/messages/count_tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }] }),
      }),
    )
    assert.deepEqual(await response.json(), { input_tokens: 7 })
    assert.equal(rig.upstream.journal[0]?.path, `${place}/publishers/anthropic/models/count-tokens:rawPredict`)
    assert.equal((JSON.parse(rig.upstream.journal[0]?.body ?? '') as { model: string }).model, 'claude-sonnet-4-6')
  })

  test('gets one token for all calls', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-anthropic')
    rig.upstream.always(anthropicText('Yes.'))
    await Promise.all([1, 2, 3, 4, 5].map(() => rig.gateway.chat(question('chat'))))
    await rig.gateway.chat(question('chat'))
    assert.equal(google.journal.length, 1)
    assert.equal(rig.upstream.journal.length, 6)
  })

  test('tells an overload as one, and never the key of the account', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-anthropic')
    rig.upstream.always(anthropicError(529, 'Overloaded', 'overloaded_error'))
    const error = await rig.gateway.chat(question('chat')).catch((thrown: unknown) => thrown)
    assert.match(String((error as { code: string }).code), /^upstream_/)
    assert.ok(!JSON.stringify(error).includes('PRIVATE KEY'))
  })
})

const geminiAnswer = (text: string, finishReason?: string) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...(finishReason ? { finishReason } : {}) }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
})

describe('Gemini on Vertex AI', () => {
  test('is asked in its own language at the path of the model, whole and in a stream', async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex')
    rig.upstream.script(
      { headers: { 'content-type': 'application/json' }, body: JSON.stringify(geminiAnswer('Yes.', 'STOP')) },
      {
        events: [geminiAnswer('Yes,'), geminiAnswer(' it is.', 'STOP')].map(
          (each) => `data: ${JSON.stringify(each)}\r\n\r\n`,
        ),
      },
    )
    const answer = await rig.gateway.chat(question('vertex/gemini-2.5-flash'))
    assert.equal(answer.message.content, 'Yes.')
    assert.deepEqual([answer.usage?.input, answer.usage?.output], [3, 2])
    let text = ''
    for await (const delta of rig.gateway.stream(question('vertex/gemini-2.5-flash')))
      if (delta.kind === 'text') text += delta.text
    assert.equal(text, 'Yes, it is.')
    const at = `${place}/publishers/google/models/gemini-2.5-flash`
    assert.deepEqual(
      rig.upstream.journal.map(({ path }) => path),
      [`${at}:generateContent`, `${at}:streamGenerateContent?alt=sse`],
    )
    const body = JSON.parse(rig.upstream.journal[0]?.body ?? '') as {
      contents: { role: string }[]
      generationConfig: object
    }
    assert.equal(body.contents[0]?.role, 'user')
    assert.deepEqual(body.generationConfig, { maxOutputTokens: 16 })
    assert.ok(!('model' in body))
  })
})

describe('open models on Vertex AI', () => {
  test("are asked in OpenAI's language", async () => {
    await using google = await startGoogle()
    await using rig = await start(google, 'vertex-openai')
    rig.upstream.always(openaiText('Yes.'))
    await rig.gateway.chat(question('vertex/meta/llama-3.3-70b-instruct-maas'))
    const [asked] = rig.upstream.journal
    assert.equal(asked?.path, `${place}/endpoints/openapi/chat/completions`)
    const body = JSON.parse(asked?.body ?? '') as Record<string, unknown>
    assert.deepEqual([body.model, body.max_tokens], ['meta/llama-3.3-70b-instruct-maas', 16])
  })
})
