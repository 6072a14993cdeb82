import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { idempotencyStoreSuite } from '../../testing/idempotency-store-suite.ts'
import { MemoryIdempotency } from './idempotency.ts'
import { createMemoryBank } from './index.ts'

idempotencyStoreSuite('A memory', async () => {
  let skewMs = 0
  const bank = createMemoryBank({ now: () => Date.now() + skewMs })
  const [one, other] = [bank.open(), bank.open()]
  return {
    one: one.idempotency,
    other: other.idempotency,
    pass: (ms) => {
      skewMs += ms
    },
    die: async () => one.fence(),
    close: async () => {
      await one.close()
      await other.close()
    },
  }
})

describe('room for answers in memory', () => {
  const answer = Buffer.alloc(100)

  const fill = async (limits: { mostBytes?: number; mostAnswers?: number }) => {
    const { store } = new MemoryIdempotency({ now: Date.now, ...limits }).open()
    const call = (name: string) => ({ name, asked: '', owner: name.slice(0, 1), leaseMs: 1_000 })
    const put = async (name: string): Promise<void> => {
      const given = await store.claim(call(name))
      assert.ok(given.kind === 'mine')
      await store.finish(given.fence, answer, 1_000_000)
    }
    await put('a0')
    for (let index = 0; index < 20; index++) await put(`b${index}`)
    return async (name: string) => (await store.claim(call(name))).kind
  }

  for (const limits of [{ mostBytes: 1_000 }, { mostAnswers: 10 }])
    it(`who has the most loses the oldest, at ${JSON.stringify(limits)}`, async () => {
      const kindOf = await fill(limits)
      assert.equal(await kindOf('a0'), 'done')
      assert.equal(await kindOf('b19'), 'done')
      assert.equal(await kindOf('b11'), 'done')
      assert.equal(await kindOf('b10'), 'mine')
    })
})
