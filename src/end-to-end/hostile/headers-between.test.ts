import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type ReceivedRequest, rawRequest, type Step } from '../../testing/index.ts'
import { ask, bodyOf, closeIdle, type Language, pathOf } from '../faults/client.ts'
import { forgetful } from '../faults/harness.ts'
import { answersIn } from './raw-answers.ts'
import { head } from './raw-requests.ts'
import { healthy, type Rig, startRig } from './rig.ts'

const callers: Readonly<Record<string, string>> = {
  authorization: 'Bearer of-the-caller',
  'x-api-key': 'of-the-caller',
  'api-key': 'of-the-caller',
  'x-goog-api-key': 'of-the-caller',
  'proxy-authorization': 'Basic of-the-caller',
  cookie: 'session=of-the-caller',
  origin: 'http://caller.example',
  referer: 'http://caller.example/page',
  'user-agent': 'caller/1.0',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'caller.example',
  'x-forwarded-proto': 'https',
  'x-real-ip': '203.0.113.7',
  forwarded: 'for=203.0.113.7;host=caller.example',
  via: '1.1 caller.example',
  'x-secret': 'of-the-caller',
  connection: 'keep-alive, x-secret, content-length, authorization',
  'keep-alive': 'timeout=7, max=99',
  te: 'trailers',
  trailer: 'x-secret',
  upgrade: 'h2c',
  'accept-encoding': 'gzip, br, zstd',
  'accept-language': 'tlh',
  'openai-organization': 'org-of-the-caller',
  'openai-project': 'proj-of-the-caller',
  'openai-beta': 'a-feature=v2',
  'anthropic-beta': 'a-feature-2025-01-01',
  'anthropic-dangerous-direct-browser-access': 'true',
  'x-stainless-lang': 'js',
  'x-request-id': 'id-of-the-caller',
  'idempotency-key': 'of-the-caller',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'x-http-method-override': 'DELETE',
  'x-tollgate-user': 'of-the-caller',
}

const sentAlways = ['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'host']

const upstreams: Readonly<Record<string, readonly string[]>> = {
  chat: [...sentAlways, 'authorization'].sort(),
  claude: [...sentAlways, 'anthropic-version', 'x-api-key'].sort(),
}

/** What an upstream says beside its body, and what a caller may read of it. */
const theirs: Readonly<Record<string, string | readonly string[]>> = {
  'set-cookie': ['a=1', 'b=2'],
  server: 'upstream/9',
  location: 'http://upstream.example/',
  via: '1.1 upstream.example',
  'www-authenticate': 'Bearer realm="upstream"',
  authorization: 'Bearer of-the-upstream',
  'x-api-key': 'of-the-upstream',
  'x-powered-by': 'upstream',
  'openai-organization': 'org-of-the-operator',
  'anthropic-organization-id': 'of-the-operator',
  'alt-svc': 'h3=":443"',
  'strict-transport-security': 'max-age=1',
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
  'content-security-policy': 'none',
  'x-tollgate-target': 'of-the-upstream',
  'x-tollgate-cost-usd': '0',
  link: '<http://upstream.example>; rel=preload',
  refresh: '0; url=http://upstream.example',
  'clear-site-data': '"*"',
  'cf-ray': 'of-the-upstream',
  'x-request-id': 'request-of-the-upstream',
  'x-ratelimit-limit-requests': '100',
  'x-ratelimit-limit-words': 'caf\u00e9',
}

const shown = new Set([
  ...['cache-control', 'connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  ...['request-id', 'retry-after', 'retry-after-ms', 'vary', 'x-accel-buffering', 'x-request-id', 'x-should-retry'],
  ...['x-tollgate-attempts', 'x-tollgate-cost-usd', 'x-tollgate-target', 'x-tollgate-upstream-ms'],
  ...['x-upstream-processing-ms', 'x-upstream-ratelimit-limit-requests', 'x-upstream-request-id'],
])

const languages: readonly Language[] = ['openai', 'anthropic']

const rawWith = (language: Language, model: string): string => {
  const body = bodyOf({ language, model })
  const lines = Object.entries(callers).map(([name, value]) => `${name}: ${value}`)
  return head([...lines, `Content-Length: ${Buffer.byteLength(body)}`], `POST ${pathOf(language)} HTTP/1.1`) + body
}

const lastOf = (rig: Rig, model: string): ReceivedRequest | undefined =>
  (model === 'chat' ? rig.openai : rig.anthropic).journal.at(-1)

describe('headers between callers and upstreams', () => {
  after(closeIdle)

  for (const language of languages)
    for (const [model, names] of Object.entries(upstreams))
      test(`of what a caller of ${language} sends beside its body nothing but the names of features reaches ${model}`, async () => {
        await using rig = await startRig()
        const { bytes } = await rawRequest(rig.port, rawWith(language, model), { idleMs: 100 })
        assert.equal(answersIn(bytes)[0]?.status, 200)
        const received = lastOf(rig, model)
        const sameLanguage = (language === 'openai') === (model === 'chat')
        const expected = sameLanguage ? [...names, `${language}-beta`].sort() : names
        assert.deepEqual(Object.keys(received?.headers ?? {}).sort(), expected)
        assert.doesNotMatch(JSON.stringify(received?.rawHeaders), /caller|203\.0\.113\.7|gzip/)
        assert.equal(received?.rawHeaders.length, expected.length)
      })

  for (const model of Object.keys(upstreams))
    for (const status of [200, 400, 401, 429, 500])
      test(`of the headers of an upstream of ${model} that answers ${status} a caller sees few`, async () => {
        await using rig = await startRig({ retry: { attempts: 1 } }, forgetful)
        const answering = (request: ReceivedRequest): Step => ({ ...healthy(request), status, headers: theirs })
        rig.openai.always(answering)
        rig.anthropic.always(answering)
        for (const language of languages)
          for (const stream of [false, true]) {
            const { headers } = await ask(rig.port, { language, model, stream })
            for (const [name, value] of Object.entries(headers)) {
              assert.ok(shown.has(name), name)
              if (name !== 'x-upstream-request-id')
                assert.doesNotMatch(String(value), /upstream$|operator|example/, name)
            }
            assert.equal(headers['x-upstream-request-id'], status === 200 ? theirs['x-request-id'] : undefined)
            assert.equal(headers['x-upstream-ratelimit-limit-requests'], status === 200 ? '100' : undefined)
          }
      })

  test('names of features that no header may hold are refused', async () => {
    await using rig = await startRig()
    for (const language of languages)
      for (const value of ['caf\u00e9', 'x'.repeat(1_025), 'a\tb', '']) {
        const { status } = await ask(rig.port, { language, headers: { [`${language}-beta`]: value } })
        assert.equal(status, 400)
      }
    assert.deepEqual(rig.received(), [])
  })

  test('a name that an answer repeats a hundred times is not passed on either', async () => {
    await using rig = await startRig()
    const many = Array.from({ length: 100 }, (_, index) => `a=${index}`)
    rig.openai.always((request) => ({ ...healthy(request), headers: { 'set-cookie': many, 'x-request-id': many } }))
    const { status, headers } = await ask(rig.port)
    assert.deepEqual([status, headers['set-cookie'], headers['x-upstream-request-id']], [200, undefined, undefined])
  })
})
