import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { openaiError, openaiText, type ReceivedRequest, type ScriptStep } from '../../testing/index.ts'
import { question, startProviderRig } from './rig.ts'

const secrets = ['sk-several-aaaa', 'sk-several-bbbb', 'sk-several-cccc']

const keyOf = ({ headers }: ReceivedRequest): number => secrets.indexOf((headers.authorization ?? '').slice(7)) + 1

const start = (weights: readonly number[] = [1, 1, 1], retry = { attempts: 4, sameTarget: 0 }) =>
  startProviderRig((url) => ({
    providers: {
      many: {
        kind: 'openai-compatible',
        baseUrl: `${url}/v1`,
        apiKeys: weights.map((weight, index) => ({ key: secrets[index] as string, weight })),
      },
      spare: { kind: 'openai-compatible', baseUrl: `${url}/v1`, apiKey: 'sk-spare' },
    },
    models: { chat: { targets: ['many/m', 'spare/m'], policies: ['order'] }, alone: 'many/m' },
    retry,
  }))

/** An upstream that refuses some keys. */
const refusing =
  (refusals: ReadonlyMap<number, ScriptStep>): ScriptStep =>
  (received) => {
    const step = refusals.get(keyOf(received)) ?? openaiText('Yes.')
    return typeof step === 'function' ? step(received) : step
  }

describe('several keys of a provider', () => {
  test('keep each caller to one of them, and are chosen by weight', async () => {
    await using rig = await start([3, 1])
    rig.upstream.always(openaiText('Yes.'))
    const used = new Map<string, Set<number>>()
    for (let round = 0; round < 2; round++) {
      for (let user = 0; user < 80; user++) {
        const before = rig.upstream.journal.length
        await rig.gateway.asCaller({ user: `user-${user}` }).chat(question('alone'))
        const key = keyOf(rig.upstream.journal[before] as ReceivedRequest)
        used.set(`user-${user}`, (used.get(`user-${user}`) ?? new Set()).add(key))
      }
    }
    assert.ok([...used.values()].every((keys) => keys.size === 1))
    const first = [...used.values()].filter((keys) => keys.has(1)).length
    assert.ok(first > 45 && first < 75, `${first} of 80 have the key with three quarters of the weight`)
  })

  for (const [status, type, reason] of [
    [429, 'rate_limit_exceeded', 'throttled'],
    [401, 'invalid_api_key', 'auth'],
    [403, 'permission_denied', 'auth'],
    [402, 'insufficient_quota', 'quota'],
  ] as const) {
    test(`are asked one after another, before another target, when one answers ${status}`, async () => {
      await using rig = await start()
      rig.upstream.script(openaiError(status, 'no', type))
      rig.upstream.always(openaiText('Yes.'))
      const answer = await rig.gateway.chat(question('chat'))
      assert.equal(answer.target, 'many/m')
      assert.equal(rig.upstream.journal.length, 2)
      const [refused, taken] = rig.upstream.journal.map(keyOf)
      assert.ok(refused && taken && refused !== taken)
      // The refused one rests: the next call goes to its stand-in at once.
      await rig.gateway.chat(question('chat'))
      assert.deepEqual(rig.upstream.journal.map(keyOf), [refused, taken, taken])
      assert.equal(rig.warnings.length, 1)
      assert.deepEqual(
        [rig.warnings[0]?.provider, rig.warnings[0]?.ordinal, rig.warnings[0]?.outcome],
        ['many', refused, reason],
      )
      const line = `tollgate_provider_keys_rested_total{provider="many",key="${refused}",reason="${reason}"} 1`
      const metrics = await rig.metrics()
      assert.ok(
        metrics.includes(line),
        metrics
          .split('\n')
          .filter((each) => each.includes('keys_rested'))
          .join('\n'),
      )
      for (const secret of secrets) assert.ok(!(metrics + JSON.stringify(rig.warnings)).includes(secret))
    })
  }

  test('get a caller back when its key has rested', async () => {
    await using rig = await start()
    rig.upstream.script({
      ...openaiError(429, 'slow down', 'rate_limit_exceeded'),
      headers: { 'retry-after-ms': '60' },
    })
    rig.upstream.always(openaiText('Yes.'))
    await rig.gateway.chat(question('chat'))
    await new Promise((resolve) => setTimeout(resolve, 90))
    await rig.gateway.chat(question('chat'))
    const [first, , third] = rig.upstream.journal.map(keyOf)
    assert.equal(third, first)
  })

  test('leave the call to the next target when none of them is taken', async () => {
    await using rig = await start()
    rig.upstream.always(refusing(new Map([1, 2, 3].map((key) => [key, openaiError(401, 'no', 'invalid_api_key')]))))
    const answer = await rig.gateway.chat(question('chat'))
    assert.equal(answer.target, 'spare/m')
    assert.equal(rig.upstream.journal.length, 4)
    await rig.gateway.chat(question('chat'))
    assert.equal(rig.upstream.journal.length, 5)
  })

  test('say when the first of them comes back, when all are limited', async () => {
    await using rig = await start()
    const limited = (seconds: number): ScriptStep => ({
      ...openaiError(429, 'slow down', 'rate_limit_exceeded'),
      headers: { 'retry-after': String(seconds) },
    })
    rig.upstream.always(refusing(new Map([1, 2, 3].map((key) => [key, limited(key * 40)]))))
    for (const time of ['when asked', 'and without being asked']) {
      const error = await rig.gateway.chat(question('alone')).catch((thrown: unknown) => thrown)
      assert.ok(error instanceof GatewayError, time)
      assert.equal(error.code, 'upstream_throttled')
      const { retryAfterMs = 0 } = error.details
      assert.ok(retryAfterMs > 30_000 && retryAfterMs <= 40_000, `${retryAfterMs}`)
    }
    assert.equal(rig.upstream.journal.length, 3)
  })

  test('are not gone through for what is not about the key', async () => {
    for (const [step, calls] of [
      [openaiError(400, 'bad', 'invalid_request_error'), 1],
      [openaiError(403, 'flagged by content policy', 'content_filter'), 1],
      [{ ...openaiError(503, 'overloaded', 'server_error'), headers: { 'retry-after': '60' } }, 1],
      [openaiError(500, 'broken', 'server_error'), 1],
    ] as const) {
      await using rig = await start([1, 1, 1], { attempts: 1, sameTarget: 0 })
      rig.upstream.always(step)
      await assert.rejects(rig.gateway.chat(question('alone')), GatewayError)
      assert.equal(rig.upstream.journal.length, calls)
      assert.deepEqual(rig.warnings, [])
    }
  })

  test('begin a stream under the one that is taken', async () => {
    await using rig = await start()
    rig.upstream.script(openaiError(429, 'no', 'rate_limit_exceeded'))
    rig.upstream.always(openaiText('Yes, it is.', { stream: true }))
    let text = ''
    for await (const delta of rig.gateway.stream(question('chat'))) if (delta.kind === 'text') text += delta.text
    assert.equal(text, 'Yes, it is.')
    assert.equal(rig.upstream.journal.length, 2)
  })
})
