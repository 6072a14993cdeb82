import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGateway } from '../../index.ts'
import { invoice } from './rig.ts'

describe('a careless simulated model', () => {
  test('is understood nearly always, and seldom asked again', async () => {
    const gateway = await createGateway({
      discover: false,
      providers: {
        sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1e6, faultyJsonRate: 0.1 },
      },
      models: { chat: { targets: ['sim/small'], output: { attempts: 2 } } },
    })
    const questions = 1_000
    let valid = 0
    let asks = 0
    for (let index = 0; index < questions; index++) {
      const prompt = `What does item ${index} cost?`
      const result = await gateway.tryObject({ model: 'chat', schema: invoice, prompt })
      asks += result.attempts ?? 0
      if (result.success) valid++
    }
    await gateway.close()
    assert.ok(valid / questions >= 0.997, `${valid} of ${questions}`)
    assert.ok(asks / questions <= 1.3 && asks > questions, `${asks}`)
  })
})
