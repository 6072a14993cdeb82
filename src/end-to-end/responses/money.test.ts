import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type FakeUpstream, openaiError, openaiText, responsesText, startFakeUpstream } from '../../testing/index.ts'
import { forgetful, type GatewayUnderTest, openaiAt, startGateway } from '../faults/harness.ts'
import { post } from '../hostile/post.ts'

const path = '/v1/responses'
const key = 'sk-tollgate-responses-test'

describe('the money and the limits of Responses', () => {
  let first: FakeUpstream
  let second: FakeUpstream
  let gateway: GatewayUnderTest

  before(async () => {
    first = await startFakeUpstream()
    second = await startFakeUpstream()
    gateway = await startGateway(
      {
        providers: {
          first: { kind: 'openai-responses', baseUrl: `${first.url}/v1`, apiKey: 'sk-up' },
          second: openaiAt(second.url),
        },
        models: { chat: { targets: ['first/m', 'second/m'], policies: ['order'], retry: { sameTarget: 0 } } },
        prices: {
          'first/m': { input: 1, output: 10, cacheRead: 0.5 },
          'second/m': { input: 2, output: 20 },
        },
        keys: [
          { name: 'rich', key, limits: { requests: '100/h' } },
          { name: 'elsewhere', key: `${key}-2`, doors: ['/v1/messages'] },
          { name: 'poor', key: `${key}-3`, budget: { usd: 0.000001, per: 'total' } },
        ],
      },
      forgetful,
    )
  })
  after(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await Promise.all([first.close(), second.close()])
  })

  const ask = (more: object = {}, by = key) =>
    post({
      port: gateway.port,
      path,
      body: JSON.stringify({ model: 'chat', input: 'Hi', ...more }),
      headers: { authorization: `Bearer ${by}` },
    })

  const usage = { input: 100, output: 50, cached: 40, reasoning: 30 }

  for (const stream of [false, true]) {
    test(`count every part of usage once, ${stream ? 'in a stream' : 'in a whole answer'}`, async () => {
      first.always(responsesText('Well.', { stream, usage }))
      const { status, headers } = await ask({ stream })
      assert.equal(status, 200)
      const record = gateway.records.at(-1)
      // 60 at 1, 40 at 0.5 and 50 at 10 dollars a million.
      assert.equal(record?.attempts[0]?.costNanos, 580_000n)
      if (!stream) assert.equal(headers['x-tollgate-cost-usd'], '0.00058')
      assert.ok(Number(headers['x-ratelimit-remaining-requests']) <= 99)
    })
  }

  test('go to another target that speaks another language, where the first fails', async () => {
    first.always(openaiError(500, null, 'no'))
    second.always(openaiText('From elsewhere.', { usage: { input: 10, output: 5 } }))
    const { status, text, headers } = await ask()
    assert.equal(status, 200)
    assert.equal(headers['x-tollgate-target'], 'second/m')
    const { output, object, usage: told } = JSON.parse(text)
    assert.deepEqual([object, output[0].content[0].text], ['response', 'From elsewhere.'])
    assert.deepEqual([told.input_tokens, told.output_tokens], [10, 5])
  })

  test('name what another language cannot say, where only that one is left', async () => {
    first.always(openaiError(500, null, 'no'))
    const { status, text } = await ask({ previous_response_id: 'resp_1' })
    const { error } = JSON.parse(text)
    assert.ok(status >= 400, text)
    const outcomes = error.tollgate.attempts.map(({ target, outcome }: Record<string, string>) => [target, outcome])
    assert.deepEqual(outcomes, [
      ['first/m', 'server'],
      ['second/m', 'incapable'],
    ])
  })

  test('are refused to a key that is good for another door, and to one without money', async () => {
    assert.equal((await ask({}, `${key}-2`)).status, 403)
    const { status, text } = await ask({}, `${key}-3`)
    assert.equal(status, 402, text)
    assert.equal(JSON.parse(text).error.tollgate.code, 'budget_exhausted')
  })
})
