import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import { GatewayError } from '../../core/errors.ts'
import { openaiError, openaiText, type ScriptStep } from '../../testing/index.ts'
import { question, startProviderRig } from './rig.ts'

type Azure = NonNullable<ConfigInput['providers']>[string]

const start = (azure: Azure, more: ConfigInput = {}) =>
  startProviderRig((url) => ({
    providers: {
      azure: { kind: 'azure-openai', baseUrl: url, ...azure },
      other: { kind: 'openai-compatible', baseUrl: `${url}/other/v1`, apiKey: 'sk-other' },
    },
    models: { chat: 'azure/gpt-5-mini', ...more.models },
  }))

const filtered: ScriptStep = {
  status: 400,
  body: JSON.stringify({
    error: {
      message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { violence: { filtered: true, severity: 'high' } },
      },
    },
  }),
}

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const piece = (choices: unknown, more: object = {}): string =>
  event({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5-mini', choices, ...more })

describe('Azure OpenAI', () => {
  test('is asked on the surface without versions, with the key in its own header', async () => {
    await using rig = await start({ apiKey: 'azure-key-1' })
    rig.upstream.always(openaiText('Yes.'))
    const answer = await rig.gateway.chat(question('chat'))
    assert.equal(answer.message.content, 'Yes.')
    const [asked] = rig.upstream.journal
    assert.equal(asked?.path, '/openai/v1/chat/completions')
    assert.equal(asked?.headers['api-key'], 'azure-key-1')
    assert.equal(asked?.headers.authorization, undefined)
    assert.equal((JSON.parse(asked?.body ?? '') as { model: string }).model, 'gpt-5-mini')
  })

  test('gets the name of a deployment in place of the model, in path and body', async () => {
    for (const [apiVersion, path] of [
      [undefined, '/openai/v1/chat/completions'],
      ['preview', '/openai/v1/chat/completions?api-version=preview'],
      ['2025-04-01-preview', '/openai/deployments/our-mini/chat/completions?api-version=2025-04-01-preview'],
    ] as const) {
      await using rig = await start({ apiKey: 'k', apiVersion, deployments: { 'gpt-5-mini': 'our-mini' } })
      rig.upstream.always(openaiText('Yes.', { stream: true }))
      for await (const _ of rig.gateway.stream(question('chat')));
      const [asked] = rig.upstream.journal
      assert.equal(asked?.path, path)
      assert.equal((JSON.parse(asked?.body ?? '') as { model: string }).model, 'our-mini')
      assert.ok(rig.gateway.models().some(({ name }) => name === 'azure/gpt-5-mini'))
    }
  })

  test('is asked with tokens of Entra, fetched once for calls at the same time', async () => {
    await using entra = await startProviderRig(() => ({}))
    entra.upstream.always({ headDelayMs: 20, body: JSON.stringify({ access_token: 'eyJ.entra', expires_in: 3_600 }) })
    const identity = {
      tenantId: 'tenant',
      clientId: 'client',
      clientSecret: 'hush-hush',
      authority: entra.upstream.url,
    }
    await using rig = await start({ entra: identity })
    rig.upstream.always(openaiText('Yes.'))
    await Promise.all([1, 2, 3, 4].map(() => rig.gateway.chat(question('chat'))))
    await rig.gateway.chat(question('chat'))
    assert.equal(entra.upstream.journal.length, 1)
    assert.equal(rig.upstream.journal.length, 5)
    for (const { headers } of rig.upstream.journal) {
      assert.equal(headers.authorization, 'Bearer eyJ.entra')
      assert.equal(headers['api-key'], undefined)
    }
  })

  test('is passed over where Entra gives no token, and nothing secret is told', async () => {
    await using entra = await startProviderRig(() => ({}))
    entra.upstream.always({ status: 401, body: '{"error":"invalid_client: hush-hush"}' })
    const identity = {
      tenantId: 'tenant',
      clientId: 'client',
      clientSecret: 'hush-hush',
      authority: entra.upstream.url,
    }
    await using rig = await start(
      { entra: identity },
      { models: { chat: { targets: ['azure/m', 'other/m'], policies: ['order'] }, alone: 'azure/m' } },
    )
    rig.upstream.always(openaiText('Yes.'))
    assert.equal((await rig.gateway.chat(question('chat'))).target, 'other/m')
    const error = await rig.gateway.chat(question('alone')).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof GatewayError)
    assert.ok(!JSON.stringify([error.message, error.details]).includes('hush-hush'))
  })

  test('says by its filter that a question is against its policy, which another target may answer', async () => {
    await using rig = await start(
      { apiKey: 'k' },
      { models: { chat: { targets: ['azure/m'], fallback: { policy: ['other/m'] } }, alone: 'azure/m' } },
    )
    rig.upstream.script(filtered, openaiText('Yes.'), filtered)
    assert.equal((await rig.gateway.chat(question('chat'))).target, 'other/m')
    const error = await rig.gateway.chat(question('alone')).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof GatewayError)
    assert.equal(error.details.outcome, 'policy')
    assert.equal(error.status, 400)
  })

  test('streams the verdicts of its filter, and may be stopped by it', async () => {
    await using rig = await start({ apiKey: 'k' })
    rig.upstream.always({
      events: [
        event({
          id: '',
          object: '',
          created: 0,
          model: '',
          choices: [],
          prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
        }),
        piece([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
        piece([{ index: 0, delta: { content: 'Some' }, finish_reason: null, content_filter_results: {} }]),
        piece([
          {
            index: 0,
            delta: {},
            finish_reason: 'content_filter',
            content_filter_results: { hate: { filtered: true } },
          },
        ]),
        piece([], { usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } }),
        'data: [DONE]\n\n',
      ],
    })
    const stream = rig.gateway.stream(question('chat'))
    let text = ''
    for await (const delta of stream) if (delta.kind === 'text') text += delta.text
    assert.equal(text, 'Some')
    assert.equal(stream.answer?.finish, 'content_filter')
  })

  test('keeps callers to one of several keys', async () => {
    await using rig = await start({ apiKeys: [{ key: 'azure-a' }, { key: 'azure-b' }] })
    rig.upstream.script(openaiError(401, 'no', 'invalid_api_key'))
    rig.upstream.always(openaiText('Yes.'))
    await rig.gateway.chat(question('chat'))
    const shown = rig.upstream.journal.map(({ headers }) => headers['api-key'])
    assert.deepEqual([...shown].sort(), ['azure-a', 'azure-b'])
  })
})
