import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { overrides } from '../../core/overrides.ts'
import { type FakeUpstream, rawRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { ask, bodyOf, closeIdle, errorIn, type Language, pathOf } from '../faults/client.ts'
import { forgetful } from '../faults/harness.ts'
import { answersIn } from './raw-answers.ts'
import { head } from './raw-requests.ts'
import { healthy, type Rig, startRig } from './rig.ts'

const languages: readonly Language[] = ['openai', 'anthropic']
const models = ['chat', 'claude']

/** Where questions may go, and with whose key. */
const configured = [
  { path: '/v1/chat/completions', key: 'Bearer sk-fault-openai' },
  { path: '/v1/messages', key: 'sk-fault-anthropic' },
]

describe('where a question goes', () => {
  let rig: Rig
  let stranger: FakeUpstream
  beforeEach(async () => {
    stranger = await startFakeUpstream()
    stranger.always(healthy)
    rig = await startRig({ retry: { attempts: 1 } }, forgetful)
  })
  afterEach(async () => {
    assert.deepEqual(stranger.journal, [])
    for (const { path, headers } of rig.received())
      assert.ok(
        configured.some((each) => each.path === path && each.key === (headers.authorization ?? headers['x-api-key'])),
        path,
      )
    await rig[Symbol.asyncDispose]()
    await stranger.close()
  })
  after(closeIdle)

  for (const field of overrides) {
    test(`is not for the field ${field} to say: it is refused, in the words of the caller's language`, async () => {
      for (const language of languages)
        for (const model of models)
          for (const value of [stranger.url, { url: stranger.url }, [stranger.url], true]) {
            const { status, text } = await ask(rig.port, { language, model, more: { [field]: value } })
            assert.equal(status, 400)
            assert.match(errorIn(text).message, new RegExp(`${field}: is not accepted from callers`))
            assert.equal('type' in JSON.parse(text), language === 'anthropic')
          }
      assert.deepEqual(rig.received(), [])
    })
  }

  test('is not changed by what metadata says', async () => {
    const metadata = Object.fromEntries([...overrides].map((field) => [field, stranger.url]))
    for (const language of languages)
      for (const model of models) await ask(rig.port, { language, model, more: { metadata } })
    assert.ok(rig.received().length >= 2)
  })

  test('is not changed by wishes that the gateway does not know: they are refused', async () => {
    for (const language of languages)
      for (const field of ['api_base', 'base_url', 'target', 'provider', 'api_key', 'headers']) {
        const { status } = await ask(rig.port, {
          language,
          more: { metadata: { tollgate: { [field]: stranger.url } } },
        })
        assert.equal(status, 400)
        const name = `x-tollgate-${field.replace('_', '-')}`
        assert.equal((await ask(rig.port, { language, headers: { [name]: stranger.url } })).status, 400)
      }
    assert.deepEqual(rig.received(), [])
  })

  test('is not changed by headers that other gateways obey', async () => {
    const names = [
      ...['api-base', 'x-api-base', 'base-url', 'x-base-url', 'helicone-target-url', 'helicone-openai-api-base'],
      ...['x-portkey-custom-host', 'x-portkey-provider', 'x-llm-provider', 'x-forwarded-host', 'x-original-url'],
      ...['x-rewrite-url', 'x-host', 'x-target-url', 'cf-aig-custom-host', 'destination', 'x-litellm-api-base'],
    ]
    const headers = Object.fromEntries(names.map((name) => [name, stranger.url]))
    for (const language of languages)
      for (const model of models) assert.equal((await ask(rig.port, { language, model, headers })).status, 200)
    assert.equal(rig.received().length, 4)
  })

  test('is not changed by the query', async () => {
    const query = [...overrides].map((field) => `${field}=${encodeURIComponent(stranger.url)}`).join('&')
    for (const language of languages) {
      const body = bodyOf({ language })
      const first = `POST ${pathOf(language)}?${query}&beta=true HTTP/1.1`
      const bytes = head([`Content-Length: ${Buffer.byteLength(body)}`], first) + body
      const [answer] = answersIn((await rawRequest(rig.port, bytes, { idleMs: 100 })).bytes)
      assert.equal(answer?.status, 200)
    }
    assert.equal(rig.received().length, 2)
  })

  test('is not changed by models that look like addresses or paths: there are none, or they stay names', async () => {
    const { host } = new URL(stranger.url)
    const names = [
      ...[stranger.url, `${stranger.url}/v1`, `//${host}`, host, `openai/${stranger.url}`, `http://${host}@up/one`],
      ...[`up@${host}/one`, `up/../../../${host}`, `up/..%2f..`, `up/one?api_base=${host}`, `up/one#${host}`],
      ...[`up/${stranger.url}`, `up//${host}/`, `claude/${stranger.url}`, 'up/one\r\nHost: other', 'up/\0', 'up/ one'],
      ...['__proto__/one', 'constructor/one', 'toString', 'hasOwnProperty/x', '/one', '/', 'up/', 'UP/one', 'ｕp/one'],
    ]
    for (const language of languages)
      for (const model of names) {
        const { status, text } = await ask(rig.port, { language, model })
        const isName = /^(up|claude)\/./.test(model)
        assert.equal(status, isName ? 200 : 404, model)
        if (!isName) assert.equal(errorIn(text).code, 'unknown_model')
      }
    for (const { body } of rig.received()) assert.ok(names.some((name) => name.endsWith(`/${JSON.parse(body).model}`)))
  })

  test('is told in a header that any name fits in, encoded', async () => {
    const names = ['up/one\r\nset-cookie: a=1', 'up/\0', 'up/日本', 'up/\u007f', 'up/é', 'up/\u2028', 'up/😀']
    for (const language of languages)
      for (const stream of [false, true])
        for (const model of names) {
          const { status, headers, text } = await ask(rig.port, { language, model, stream })
          assert.deepEqual(
            [status, headers['x-tollgate-target'], headers['set-cookie']],
            [200, encodeURI(model), undefined],
          )
          assert.match(text, /Well\./)
          assert.doesNotMatch(text, /^set-cookie/m)
        }
  })

  for (const status of [300, 301, 302, 303, 304, 305, 307, 308]) {
    test(`is not changed by an upstream that answers ${status} and another address`, async () => {
      const { port } = rig.openai
      for (const location of [
        `${stranger.url}/v1/chat/completions`,
        `http://127.0.0.1:${port}/elsewhere`,
        '/elsewhere',
        `//127.0.0.1:${stranger.port}/`,
      ]) {
        const redirect: Step = { status, headers: { location, refresh: `0; url=${location}` } }
        rig.openai.always(redirect)
        rig.anthropic.always(redirect)
        for (const language of languages)
          for (const model of models) {
            const { status: told, headers, text } = await ask(rig.port, { language, model, stream: status % 2 === 0 })
            assert.deepEqual([told, headers.location, errorIn(text).code], [502, undefined, 'upstream_failed'])
            assert.doesNotMatch(text, /elsewhere|127\.0\.0\.1/)
          }
      }
      assert.equal(rig.received().length, 16)
    })
  }
})
