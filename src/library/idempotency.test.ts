import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import { openaiText, startFakeUpstream } from '../testing/index.ts'
import { createGateway } from './create-gateway.ts'

const messages = [{ role: 'user', content: 'Hello' }]

const withGateway = async (
  work: (gateway: Awaited<ReturnType<typeof createGateway>>, calls: () => number) => Promise<void>,
) => {
  await using upstream = await startFakeUpstream()
  upstream.always(({ body }) =>
    openaiText(`answer ${upstream.journal.length}`, { stream: JSON.parse(body).stream === true }),
  )
  const gateway = await createGateway({
    discover: false,
    providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'k' } },
    models: { chat: 'up/m' },
  })
  try {
    await work(gateway, () => upstream.journal.length)
  } finally {
    await gateway.close()
  }
}

const isMismatch = (thrown: unknown): boolean =>
  thrown instanceof GatewayError && thrown.code === 'idempotency_mismatch'

describe('a key of a program', () => {
  test('gets the same answer, whole and streamed, and asks once', () =>
    withGateway(async (gateway, calls) => {
      const first = await gateway.chat({ model: 'chat', messages }, { idempotencyKey: 'a key' })
      const again = await gateway.chat({ model: 'chat', messages }, { idempotencyKey: 'a key' })
      assert.deepEqual([first.text, again.text, again.costUsd], ['answer 1', 'answer 1', '0'])
      assert.deepEqual([again.attempts, again.target], [0, 'up/m'])
      const texts: string[] = []
      for (let index = 0; index < 2; index++) {
        const stream = gateway.stream({ model: 'chat', messages }, { idempotencyKey: 'a stream' })
        for await (const _ of stream);
        texts.push(stream.answer?.text ?? '')
      }
      assert.deepEqual(texts, ['answer 2', 'answer 2'])
      assert.equal(calls(), 2)
    }))

  test('is refused for something else, and for somebody else', () =>
    withGateway(async (gateway, calls) => {
      const options = { idempotencyKey: 'a key' }
      await gateway.asCaller({ endUser: 'ada' }).chat({ model: 'chat', messages }, options)
      await assert.rejects(gateway.asCaller({ endUser: 'bob' }).chat({ model: 'chat', messages }, options), isMismatch)
      await assert.rejects(
        gateway.asCaller({ endUser: 'ada' }).chat({ model: 'chat', messages, temperature: 1 }, options),
        isMismatch,
      )
      const other = await gateway.asCaller({ team: 'shop' }).chat({ model: 'chat', messages }, options)
      assert.equal(other.text, 'answer 2')
      assert.equal(calls(), 2)
    }))

  test('that was left in the middle of a stream is free again', () =>
    withGateway(async (gateway, calls) => {
      for (let index = 0; index < 2; index++)
        for await (const _ of gateway.stream({ model: 'chat', messages }, { idempotencyKey: 'a key' })) break
      assert.equal(calls(), 2)
    }))

  test('of a form that is none is refused', () =>
    withGateway(async (gateway, calls) => {
      for (const idempotencyKey of ['', 'x'.repeat(256), 'a\nb', 5 as never])
        await assert.rejects(gateway.chat({ model: 'chat', messages }, { idempotencyKey }), { code: 'invalid_request' })
      assert.equal(calls(), 0)
    }))
})
