import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { geminiText, openaiError, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { forgetful, startGateway } from '../faults/harness.ts'

const hello = { contents: [{ parts: [{ text: 'Hi' }] }], generationConfig: { maxOutputTokens: 1_000 } }

const answer = ({ path }: ReceivedRequest): Step =>
  path.startsWith('/v1beta')
    ? geminiText('Well.', {
        stream: path.includes(':stream'),
        usage: { input: 1_000_000, output: 100_000, reasoning: 40_000 },
      })
    : openaiError(500, null, 'Oh.')

/** A gateway whose first target fails, and whose second is Gemini, dear enough to be seen. */
const start = async (allowed: object = {}) => {
  const upstream = await startFakeUpstream()
  upstream.always(answer)
  const gateway = await startGateway(
    {
      providers: {
        o: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-up' },
        g: { kind: 'gemini', baseUrl: `${upstream.url}/v1beta`, apiKey: 'AIza-up' },
      },
      models: {
        chat: { targets: ['o/gpt-5-mini', 'g/gemini-2.5-flash'], policies: ['order'], retry: { sameTarget: 0 } },
        google: 'g/gemini-2.5-flash',
      },
      keys: [{ name: 'web', key: 'sk-web-of-gemini', ...allowed }],
    },
    forgetful,
  ).catch(async (error: unknown) => {
    // A server that is left open would keep the process from ending.
    await upstream.close()
    throw error
  })
  const ask = async (model: string, verb = 'generateContent') => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/v1beta/models/${model}:${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': 'sk-web-of-gemini' },
      body: JSON.stringify(hello),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return {
    ask,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}

describe('Gemini’s language and money', () => {
  test('a call that another target had to answer tells who did, after how many, and what it cost', async () => {
    await using rig = await start()
    const { status, headers, text } = await rig.ask('chat')
    assert.equal(status, 200)
    assert.match(text, /Well\./)
    assert.equal(headers.get('x-tollgate-target'), 'g/gemini-2.5-flash')
    assert.equal(headers.get('x-tollgate-attempts'), '2')
    // 0.3 dollars for a million tokens read, 2.5 for a million generated, thoughts among them.
    assert.equal(headers.get('x-tollgate-cost-usd'), '0.55')
  })

  test('a stream tells its cost in a remark, after which nothing is lost', async () => {
    await using rig = await start()
    const { text } = await rig.ask('google', 'streamGenerateContent?alt=sse')
    assert.match(text, /\r\n\r\n: tollgate cost_usd=0\.55 target=g\/gemini-2\.5-flash attempts=1\n\n$/)
  })

  test('counting costs nothing', async () => {
    await using rig = await start()
    rig.upstream.always({ body: '{"totalTokens":7}' })
    const { status, headers, text } = await rig.ask('google', 'countTokens')
    assert.deepEqual([status, text, headers.get('x-tollgate-cost-usd')], [200, '{"totalTokens":7}', '0'])
  })

  test('limits are told in headers, and their end in Google’s words', async () => {
    await using rig = await start({ limits: { requests: '2/m' } })
    const first = await rig.ask('google')
    assert.equal(first.headers.get('x-ratelimit-limit-requests'), '2')
    assert.equal(first.headers.get('x-ratelimit-remaining-requests'), '1')
    await rig.ask('google')
    const { status, text } = await rig.ask('google')
    const { error, tollgate } = JSON.parse(text)
    assert.deepEqual([status, error.code, error.status], [429, 429, 'RESOURCE_EXHAUSTED'])
    assert.equal(tollgate.code, 'rate_limited')
    const wait = error.details.find((each: { '@type': string }) => each['@type'].endsWith('RetryInfo'))
    assert.match(wait.retryDelay, /^\d+(\.\d+)?s$/)
  })

  test('a budget shortens the answer in Google’s own field, and refuses what it cannot pay', async () => {
    await using rig = await start({ budget: { usd: 0.002, per: 'day' } })
    const { status } = await rig.ask('google')
    assert.equal(status, 200)
    const { generationConfig } = JSON.parse(rig.upstream.journal.at(-1)?.body ?? '')
    assert.ok(generationConfig.maxOutputTokens < 1_000, String(generationConfig.maxOutputTokens))
    const refused = await rig.ask('google')
    assert.equal(refused.status, 402)
    assert.equal(JSON.parse(refused.text).error.status, 'RESOURCE_EXHAUSTED')
  })
})
