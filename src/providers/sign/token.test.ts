import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { createTokenSource, type Token } from './token.ts'

const setUp = () => {
  let now = 1_000_000
  const asked: { give(life: number): void; refuse(): void }[] = []
  const source = createTokenSource({
    now: () => now,
    fetch: () =>
      new Promise<Token>((resolve, reject) => {
        const value = `token-${asked.length + 1}`
        asked.push({
          give: (life) => resolve({ value, expiresAt: now + life }),
          refuse: () => reject(new GatewayError('upstream_auth', 'no', { outcome: 'auth' })),
        })
      }),
  })
  return {
    source,
    asked,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a source of tokens', () => {
  test('asks once for all who wait, and gives what it has without a promise', async () => {
    const { source, asked } = setUp()
    const waiting = [source(), source(), source()]
    asked[0]?.give(3_600_000)
    assert.deepEqual(await Promise.all(waiting), ['token-1', 'token-1', 'token-1'])
    assert.equal(source(), 'token-1')
    assert.equal(asked.length, 1)
  })

  test('renews before the end, while calls go on with the old one', async () => {
    const { source, asked, pass } = setUp()
    const first = source()
    asked[0]?.give(3_600_000)
    await first
    pass(3_600_000 - 299_000)
    assert.equal(source(), 'token-1')
    assert.equal(source(), 'token-1')
    assert.equal(asked.length, 2)
    asked[1]?.give(3_600_000)
    await settle()
    assert.equal(source(), 'token-2')
  })

  test('goes on with the old one when renewing fails, and tries again later', async () => {
    const { source, asked, pass } = setUp()
    const first = source()
    asked[0]?.give(300_000)
    await first
    pass(1_000)
    assert.equal(source(), 'token-1')
    asked[1]?.refuse()
    await settle()
    assert.equal(source(), 'token-1')
    assert.equal(asked.length, 2)
    pass(10_000)
    assert.equal(source(), 'token-1')
    assert.equal(asked.length, 3)
  })

  test('never gives one that would run out on its way', async () => {
    const { source, asked, pass } = setUp()
    const first = source()
    asked[0]?.give(60_000)
    await first
    pass(50_001)
    const next = source()
    asked[1]?.give(3_600_000)
    assert.equal(await next, 'token-2')
  })

  test('tells why there is none, and asks anew for the next call', async () => {
    const { source, asked } = setUp()
    const first = source()
    asked[0]?.refuse()
    await assert.rejects(Promise.resolve(first), { code: 'upstream_auth' })
    const next = source()
    asked[1]?.give(3_600_000)
    assert.equal(await next, 'token-2')
  })
})
