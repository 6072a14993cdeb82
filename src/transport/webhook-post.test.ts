import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { type Reception, startWebhookReceiver } from '../testing/webhook-receiver.ts'
import type { Resolve } from './guarded-connector.ts'
import type { Guard } from './guarded-url.ts'
import { createAddressRule } from './public-address.ts'
import { type Posted, type PostLimits, postWebhook } from './webhook-post.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const open: Guard = { addresses: createAddressRule(['127.0.0.1']), isPlainAllowed: true, isOperators: true }
const shut: Guard = { ...open, addresses: createAddressRule() }
const envelope = { id: 'evt_1', body: '{"type":"job.succeeded"}' }

const postTo = (url: string, limits?: PostLimits, guard = open): Promise<Posted> =>
  postWebhook({ url, secrets: [secret], guard }, envelope, { saidMs: 50, ...limits })

const answers =
  (...addresses: string[]): Resolve =>
  (_hostname, found) =>
    found(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

describe('a message', () => {
  test('is sent as the bytes that were signed, and what the receiver says is kept', async () => {
    await using receiver = await startWebhookReceiver()
    receiver.always({ status: 202, body: '<b>thanks</b>' })
    const posted = await postTo(receiver.url)
    assert.deepEqual(posted, { status: 202, problem: undefined, said: '<b>thanks</b>', retryAfterMs: undefined })
    const [{ headers, body, path } = assert.fail('nothing came')] = receiver.heard
    assert.equal(path, '/hook?token=not-for-logs')
    assert.deepEqual(new Webhook(secret).verify(body, headers as Record<string, string>), { type: 'job.succeeded' })
    assert.equal(headers['webhook-id'], 'evt_1')
  })

  const failures: readonly (readonly [string, Reception, Partial<Posted>])[] = [
    ['a failing receiver', { status: 500, body: 'oh' }, { status: 500, problem: 'it answered 500', said: 'oh' }],
    ['one that sends it elsewhere', { status: 301, headers: { location: '/elsewhere' } }, { status: 301 }],
    ['one that is gone', { status: 410 }, { status: 410, problem: 'it answered 410' }],
    ['one that has too much to do', { status: 429, headers: { 'retry-after': '7' } }, { retryAfterMs: 7_000 }],
    ['one that never answers', 'silence', { status: undefined, problem: 'it did not answer in time' }],
    ['one that hangs up', 'hang-up', { status: undefined, problem: 'it was not reached (UND_ERR_SOCKET)' }],
  ]
  for (const [name, answer, expected] of failures)
    test(`is not delivered to ${name}, and sent once`, async () => {
      await using receiver = await startWebhookReceiver()
      receiver.always(answer)
      const posted = await postTo(receiver.url, answer === 'silence' ? { timeoutMs: 300 } : {})
      assert.partialDeepStrictEqual(posted, expected)
      assert.equal(receiver.heard.length, 1)
    })

  for (const [name, answer, said] of [
    ['drips', 'drip', /^\.{0,5}$/],
    ['is cut', 'reset-after-head', /^(half of )?$/],
    ['never ends', 'flood', /^x{4096}$/],
  ] as const)
    test(`is delivered where the answer was 200, though its body ${name}`, async () => {
      await using receiver = await startWebhookReceiver()
      receiver.always(answer)
      const posted = await postTo(receiver.url)
      assert.equal(posted.status, 200)
      assert.equal(posted.problem, undefined)
      assert.match(posted.said ?? '', said)
      // What the sockets of both sides hold is on its way already.
      assert.ok(receiver.bytesSaid < 16 * 1024 ** 2, `${receiver.bytesSaid} bytes were taken`)
    })

  test('is not sent over a connection that nobody vouches for', async () => {
    await using receiver = await startWebhookReceiver({ isTls: true })
    assert.equal((await postTo(receiver.url)).problem, 'it was not reached (DEPTH_ZERO_SELF_SIGNED_CERT)')
    assert.equal(receiver.heard.length, 0)
  })

  test('is not sent, nor signed, with a secret that protects nothing', async () => {
    await using receiver = await startWebhookReceiver()
    const posted = await postWebhook({ url: receiver.url, secrets: ['short'], guard: open }, envelope)
    assert.equal(posted.problem, 'its secret must have at least 16 characters')
    assert.equal(receiver.heard.length, 0)
  })

  test('is ended by whoever sends it', async () => {
    await using receiver = await startWebhookReceiver()
    receiver.always('silence')
    const stop = new AbortController()
    const posting = postTo(receiver.url, { timeoutMs: 10_000, signal: stop.signal })
    await receiver.until(1)
    stop.abort()
    assert.equal((await posting).problem, 'the gateway stopped')
  })
})

describe('a machine that must not be reached', () => {
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '0', '[::1]', '[::ffff:127.0.0.1]'])
    test(`is not dialled as ${host}`, async () => {
      await using receiver = await startWebhookReceiver()
      const { problem } = await postTo(`http://${host}:${receiver.port}/`, {}, shut)
      assert.match(problem ?? '', /public internet/)
      assert.equal(receiver.heard.length, 0)
    })

  for (const [name, addresses] of [
    ['a name that stands for it', ['127.0.0.1']],
    ['a name that stands for it among others', ['93.184.215.14', '127.0.0.1']],
    ['a name that stands for it in IPv6', ['::1']],
    ['a name that stands for it, mapped', ['::ffff:127.0.0.1']],
    ['a name that stands for nothing', []],
  ] as const)
    test(`is not dialled by ${name}`, async () => {
      await using receiver = await startWebhookReceiver()
      const limits = { resolve: answers(...addresses) }
      const { problem } = await postTo(`http://hooks.example:${receiver.port}/`, limits, shut)
      assert.equal(problem, 'its address is not on the public internet')
      assert.equal(receiver.heard.length, 0)
    })

  test('is not dialled by a name that turns to it between looking and dialling', async () => {
    await using receiver = await startWebhookReceiver()
    let asked = 0
    const guard: Guard = { ...open, addresses: createAddressRule(['127.0.0.2']) }
    const resolve: Resolve = (hostname, found) => answers(asked++ === 0 ? '127.0.0.2' : '127.0.0.1')(hostname, found)
    const url = `http://hooks.example:${receiver.port}/`
    assert.match((await postTo(url, { resolve }, guard)).problem ?? '', /ECONNREFUSED/)
    assert.equal(asked, 1, 'the name is looked up once, and what was checked is dialled')
    assert.match((await postTo(url, { resolve }, guard)).problem ?? '', /public internet/)
    assert.equal(receiver.heard.length, 0)
  })

  test('is told of as one whose name is not known, where that is so', async () => {
    const resolve: Resolve = (_hostname, found) => found(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])
    assert.equal((await postTo('http://hooks.example/', { resolve })).problem, 'it was not reached (ENOTFOUND)')
  })

  test('is reached by a name where its network is allowed', async () => {
    await using receiver = await startWebhookReceiver()
    const limits = { resolve: answers('127.0.0.1') }
    assert.equal((await postTo(`http://hooks.example:${receiver.port}/`, limits)).status, 204)
    assert.equal(receiver.heard[0]?.headers.host, `hooks.example:${receiver.port}`)
  })
})
