import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anthropicText, openaiError, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { startRig } from './rig.ts'

const canary = 'sk-canary-of-the-caller'
const key = 'key-of-the-shop'

/** Two providers that are one fake upstream: the first takes keys of callers. */
const setUp = async (budgetUsd = 1) => {
  const upstream = await startFakeUpstream()
  const baseUrl = `${upstream.url}/v1`
  const rig = await startRig({
    providers: {
      one: {
        kind: 'openai-compatible',
        baseUrl,
        apiKey: 'sk-own-of-one',
        headers: { 'x-api-key': 'own', 'x-team': 'a' },
        clientKeys: true,
      },
      two: { kind: 'anthropic', baseUrl, apiKey: 'sk-own-of-two', clientKeys: true },
      three: { kind: 'openai-compatible', baseUrl, apiKey: 'sk-own-of-three' },
    },
    models: { chat: { targets: ['one/m', 'three/m'], policies: ['order'] }, claude: 'two/m' },
    prices: { 'one/*': { input: 0, output: 0, perCall: 0.01 }, 'three/*': { input: 0, output: 0, perCall: 0.01 } },
    keys: [{ name: 'web', key, budget: { usd: budgetUsd } }],
    retry: { attempts: 2, sameTarget: 0 },
  })
  return {
    rig,
    upstream,
    ask: (provider: string) => rig.ask(key, { 'x-tollgate-provider-key': `${provider}=${canary}` }),
    [Symbol.asyncDispose]: async () => {
      await rig[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}

describe('a key of the caller', () => {
  test('goes to its provider in place of every secret that the gateway has there', async () => {
    await using set = await setUp()
    set.upstream.always(openaiText('Yes.'))
    assert.equal(await set.ask('one'), 200)
    assert.equal(await set.rig.ask(key), 200)
    const [theirs, ours] = set.upstream.journal.map(({ headers }) => headers)
    assert.equal(theirs?.authorization, `Bearer ${canary}`)
    assert.deepEqual([theirs?.['x-api-key'], theirs?.['x-team']], [undefined, 'a'])
    assert.equal(theirs?.['x-tollgate-provider-key'], undefined)
    assert.deepEqual([ours?.authorization, ours?.['x-api-key']], ['Bearer sk-own-of-one', 'own'])
  })

  test('goes nowhere else: the next provider is asked with the key of the gateway', async () => {
    await using set = await setUp()
    set.upstream.script(openaiError(500, 'no', 'server_error'), openaiText('Yes.'))
    assert.equal(await set.ask('one'), 200)
    assert.deepEqual(
      set.upstream.journal.map(({ headers }) => headers.authorization),
      [`Bearer ${canary}`, 'Bearer sk-own-of-three'],
    )
  })

  test('for another provider than the one that answers is not used', async () => {
    await using set = await setUp()
    set.upstream.always(openaiText('Yes.'))
    assert.equal(await set.ask('two'), 200)
    assert.equal(set.upstream.journal[0]?.headers.authorization, 'Bearer sk-own-of-one')
  })

  test('is refused where no keys of callers are taken, and where its provider is not said', async () => {
    await using set = await setUp()
    assert.equal(await set.ask('three'), 403)
    assert.equal(await set.ask('nobody'), 403)
    assert.equal(await set.rig.ask(key, { 'x-tollgate-provider-key': canary }), 400)
    assert.equal(set.upstream.journal.length, 0)
  })

  test('charges no budget of money, not even one that is used up', async () => {
    await using set = await setUp(0.01)
    set.upstream.always(openaiText('Yes.'))
    assert.deepEqual([await set.rig.ask(key), await set.rig.ask(key)], [200, 402])
    assert.deepEqual([await set.ask('one'), await set.ask('one')], [200, 200])
  })

  test('that its provider refuses is the mistake of the caller, and harms nobody else', async () => {
    await using set = await setUp()
    set.upstream.always(openaiError(401, `Incorrect API key: ${canary}`, 'invalid_request_error'))
    assert.deepEqual([await set.ask('one'), await set.ask('one'), await set.ask('one')], [401, 401, 401])
    assert.equal(set.upstream.journal.length, 3)
    set.upstream.always(openaiText('Yes.'))
    assert.equal(await set.rig.ask(key), 200)
    assert.equal(set.upstream.journal.at(-1)?.headers.authorization, 'Bearer sk-own-of-one')
  })

  test('is shown as its provider wants it, and needs no price', async () => {
    await using set = await setUp()
    set.upstream.always(anthropicText('Yes.'))
    const response = await fetch(`${set.rig.running.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-tollgate-provider-key': `two=${canary}` },
      body: JSON.stringify({ model: 'two/m', max_tokens: 8, messages: [{ role: 'user', content: 'Hello.' }] }),
    })
    await response.arrayBuffer()
    assert.equal(response.status, 200)
    const { headers } = set.upstream.journal[0] ?? assert.fail('nobody was asked')
    assert.deepEqual([headers['x-api-key'], headers.authorization], [canary, undefined])
  })
})
