import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import { type GatewayUnderTest, startGateway } from '../faults/harness.ts'

const list = (usage?: object): string =>
  JSON.stringify({ data: [{ index: 0, embedding: [1, 0] }], model: 'one', usage })

describe('what vectors cost', () => {
  let upstream: FakeUpstream
  let gateway: GatewayUnderTest
  before(async () => {
    upstream = await startFakeUpstream()
    upstream.always({ body: list({ prompt_tokens: 1_000, total_tokens: 1_000 }) })
    gateway = await startGateway({
      providers: { up: { kind: 'openai-compatible', apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
      retry: { attempts: 1 },
      prices: { 'up/priced': { input: 1, output: 5 } },
      budgets: [{ scope: 'session:tight', usd: 0.0045, hard: true }],
      limits: [{ scope: 'session:limited', tokens: '2k/h' }],
    })
  })
  after(async () => {
    await gateway[Symbol.asyncDispose]()
    await upstream.close()
  })

  const ask = (input: string, { session = 'free', model = 'up/priced' } = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.port}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tollgate-session': session },
      body: JSON.stringify({ model, input }),
    })
  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { error: { code: string } }).error.code

  test('is told in a header, and stands in the record with the tokens that were read', async () => {
    const response = await ask('a fox')
    assert.equal(response.headers.get('x-tollgate-cost-usd'), '0.001')
    assert.equal(response.headers.get('x-tollgate-target'), 'up/priced')
    const record = await gateway.recordOf(response.headers.get('x-request-id') ?? '')
    assert.equal(record.operation, 'embed')
    assert.equal(record.wire, 'openai-embeddings')
    assert.deepEqual([record.usage?.input, record.usage?.output, record.costNanos], [1_000, 0, 1_000_000n])
  })

  test('is unknown where no usage is told, and never nothing', async () => {
    upstream.script({ body: list() })
    const response = await ask('a fox')
    assert.equal(response.headers.get('x-tollgate-cost-usd'), null)
    const record = await gateway.recordOf(response.headers.get('x-request-id') ?? '')
    assert.deepEqual([record.usage, record.costNanos], [undefined, undefined])
  })

  test('is held before and settled after, so that a hard budget is never overspent', async () => {
    const statuses: number[] = []
    for (let turn = 0; turn < 6; turn++) statuses.push((await ask('a fox', { session: 'tight' })).status)
    assert.deepEqual(statuses, [200, 200, 200, 200, 402, 402])
  })

  test('must have a bound where a hard budget binds', async () => {
    const response = await ask('a fox', { session: 'tight', model: 'up/unpriced' })
    assert.equal(response.status, 403)
    assert.equal(await codeOf(response), 'price_unknown')
  })

  test('counts for limits of tokens', async () => {
    const statuses: number[] = []
    for (let turn = 0; turn < 4; turn++) statuses.push((await ask('a fox '.repeat(500), { session: 'limited' })).status)
    assert.deepEqual(statuses, [200, 200, 429, 429])
  })
})
