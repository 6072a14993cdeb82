import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  anthropicError,
  anthropicErrorEvent,
  anthropicText,
  openaiError,
  openaiErrorEvent,
  openaiText,
  type ReceivedRequest,
  rawRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { ask, closeIdle, type Language } from '../faults/client.ts'
import { anthropicAt, openaiAt } from '../faults/harness.ts'
import { type ServingChild, startServing } from './cli-child.ts'

/** One that looks like a key, and two that only the configuration knows to be secrets. */
const canaries = {
  openai: 'sk-proj-Canary0OpenAi0Canary0OpenAi0',
  anthropic: 'zK9"Canary/Anthropic+77',
  header: 'Canary-of-a-header-93',
  caller: 'sk-tg-Canary0Caller0Canary0Caller0',
  wrong: 'sk-tg-Canary0Wrong0Canary0Wrong00',
  cookie: 'session=Canary-of-a-cookie-11',
  prompt: 'Canary of a prompt 55',
}

/** Every way in which a secret may stand in a text. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
]

const secretsSent = ({ headers }: ReceivedRequest): string =>
  `You sent ${headers.authorization ?? headers['x-api-key']} and ${headers['x-extra-token']}, in ${JSON.stringify(headers)}.`

const echoHeaders = ({ headers }: ReceivedRequest): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => !/length|coding|host|connection/.test(name))),
  'x-echo': JSON.stringify(headers),
  'set-cookie': `key=${headers.authorization}`,
  location: `http://127.0.0.1:1/?key=${headers.authorization}`,
})

type Failing = (request: ReceivedRequest, language: Language) => Step

const refusing =
  (status: number, openaiCode: string, anthropicType: string): Failing =>
  (request, language) => ({
    ...(language === 'openai'
      ? openaiError(status, openaiCode, secretsSent(request))
      : anthropicError(status, anthropicType, secretsSent(request))),
    headers: echoHeaders(request),
  })

const midStream: Failing = (request, language) => {
  const isOpenai = language === 'openai'
  const { events = [] } = (isOpenai ? openaiText : anthropicText)('Some words.', { stream: true })
  const failure = isOpenai
    ? openaiErrorEvent('content_filter', secretsSent(request))
    : anthropicErrorEvent('invalid_request_error', secretsSent(request))
  return { events: [...events.slice(0, 4), failure], headers: echoHeaders(request) }
}

/** Upstreams that fail and quote what they were sent, by the prompt that they get. */
const failures: Readonly<Record<string, Failing>> = {
  rejected: refusing(400, 'invalid_value', 'invalid_request_error'),
  unauthorized: refusing(401, 'invalid_api_key', 'authentication_error'),
  forbidden: refusing(403, 'content_policy', 'permission_error'),
  missing: refusing(404, 'model_not_found', 'not_found_error'),
  throttled: refusing(429, 'rate_limit_exceeded', 'rate_limit_error'),
  failing: refusing(500, 'server_error', 'api_error'),
  'failing in the stream': midStream,
  'failing with status 200': (request) => ({
    body: JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: secretsSent(request) } }),
    headers: echoHeaders(request),
  }),
  redirecting: (request) => ({ status: 302, headers: echoHeaders(request) }),
  'not JSON': (request) => ({ body: `<p>${secretsSent(request)}</p>`, headers: echoHeaders(request) }),
  'a text as refusal': (request) => ({
    status: 400,
    body: secretsSent(request),
    headers: { ...echoHeaders(request), 'content-type': 'text/plain' },
  }),
  answering: (request, language) => ({
    ...(language === 'openai' ? openaiText : anthropicText)('Well.', { stream: /"stream":true/.test(request.body) }),
    headers: echoHeaders(request),
  }),
}

const upstream = async (language: Language) => {
  const fake = await startFakeUpstream()
  fake.always((request) => {
    const name = Object.keys(failures).find((each) => request.body.includes(`: ${each}!`)) ?? ''
    return failures[name]?.(request, language) ?? { status: 500 }
  })
  return fake
}

/** All that a server said to anybody: answers with their heads, pages, lines. */
const everythingSaid = async (server: ServingChild): Promise<string[]> => {
  const said: string[] = []
  const keep = ({ headers, text }: { headers: object; text: string }) =>
    void said.push(JSON.stringify(headers) + JSON.stringify(text) + text)
  for (const language of ['openai', 'anthropic'] as const)
    for (const model of ['chat', 'claude'])
      for (const stream of [false, true])
        for (const name of Object.keys(failures)) {
          const headers = { authorization: `Bearer ${canaries.caller}`, cookie: canaries.cookie }
          keep(await ask(server.port, { language, model, stream, prompt: `${canaries.prompt}: ${name}!`, headers }))
        }
  const refusedHeaders: Record<string, string>[] = [
    { authorization: `Bearer ${canaries.wrong}` },
    { 'x-api-key': canaries.wrong },
    { authorization: canaries.wrong },
    { authorization: `Bearer ${canaries.caller}`, 'x-tollgate-key': canaries.wrong },
  ]
  for (const headers of refusedHeaders)
    keep(await ask(server.port, { headers, prompt: canaries.prompt, more: { api_key: canaries.wrong } }))
  const get = async (target: string, key = canaries.caller): Promise<void> => {
    const bytes = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`
    said.push((await rawRequest(server.port, bytes)).text)
  }
  for (const target of ['/metrics', '/v1/models', '/v1/models/up%2Fany', '/healthz', '/readyz']) await get(target)
  await get('/v1/models', canaries.wrong)
  await get(`/v1/models?key=${canaries.wrong}`)
  return said
}

describe('secrets', () => {
  after(closeIdle)

  test('no answer, header, page, metric or line of the log repeats a key, a cookie or a prompt', async () => {
    await using openai = await upstream('openai')
    await using anthropic = await upstream('anthropic')
    await using server = await startServing(
      {
        providers: {
          up: {
            ...openaiAt(openai.url),
            apiKey: '$' + '{OPENAI_CANARY}',
            headers: { 'x-extra-token': canaries.header },
          },
          claude: { ...anthropicAt(anthropic.url), apiKey: canaries.anthropic },
        },
        models: { chat: 'up/one', claude: 'claude/one' },
        keys: [{ name: 'web', key: canaries.caller }],
        telemetry: { log: 'debug' },
        retry: { attempts: 1 },
      },
      { OPENAI_CANARY: canaries.openai },
    )
    const said = await everythingSaid(server)
    assert.equal(await server.stop(), 0)
    const { log, told } = server.output()
    assert.deepEqual([openai.journal.length, anthropic.journal.length], [48, 48])
    const sent = [...openai.journal, ...anthropic.journal].map(({ headers }) => JSON.stringify(headers)).join('')
    for (const secret of [canaries.openai, canaries.anthropic, canaries.header])
      assert.ok(sent.includes(JSON.stringify(secret).slice(1, -1)), 'the upstream was not shown a secret')
    assert.ok(log.split('\n').length > 90 && said.length > 100)
    for (const [name, secret] of Object.entries(canaries))
      for (const spelling of spellings(secret))
        for (const text of [...said, log, told]) {
          const at = text.indexOf(spelling)
          assert.equal(at, -1, `${name}: ${text.slice(Math.max(0, at - 300), at + 100)}`)
        }
  })
})
