import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGateway, GatewayError } from '../../index.ts'
import { openaiText, startFakeUpstream } from '../../testing/index.ts'
import { invoice } from './rig.ts'

const failure = async (coming: Promise<unknown>): Promise<GatewayError> => {
  const thrown = await coming.then(
    () => assert.fail('there was an answer'),
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof GatewayError)
  return thrown
}

describe('asking again for an answer in JSON', () => {
  test('goes no further than the budget, and says that this was why', async () => {
    await using upstream = await startFakeUpstream()
    // A dollar for a million tokens: the first time of asking leaves less than what the second may cost.
    upstream.always(openaiText('no', { usage: { input: 2_400, output: 50 } }))
    const gateway = await createGateway({
      discover: false,
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-up' } },
      models: { chat: { targets: ['up/m'], output: { attempts: 3 } } },
      prices: { 'up/*': { input: 1, output: 1 } },
      budgets: [{ scope: 'team:shop', usd: 0.003, per: 'month', onShort: 'reject' }],
      teams: { shop: {} },
    })
    const ask = gateway
      .asCaller({ team: 'shop' })
      .object({ model: 'chat', schema: invoice, prompt: '?', max_tokens: 100 })
    const error = await failure(ask)
    assert.equal(error.code, 'output_invalid', `${error.message} ${upstream.journal.length}`)
    assert.equal(error.details.facts?.error, 'budget_exhausted')
    assert.equal(upstream.journal.length, 1)
    await gateway.close()
  })

  test('goes no further than the deadline of the call', async () => {
    await using upstream = await startFakeUpstream()
    upstream.always(({ body }) => ({
      ...openaiText('no'),
      headDelayMs: JSON.parse(body).messages.length > 1 ? 'forever' : 0,
    }))
    const gateway = await createGateway({
      discover: false,
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-up' } },
      models: { chat: 'up/m' },
    })
    const began = performance.now()
    const error = await failure(gateway.object({ model: 'chat', schema: invoice, prompt: '?' }, { timeoutMs: 700 }))
    assert.equal(error.code, 'deadline_exceeded')
    assert.ok(performance.now() - began < 5_000)
    assert.equal(upstream.journal.length, 2)
    await gateway.close()
  })
})
