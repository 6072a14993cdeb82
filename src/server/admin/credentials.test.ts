import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCredentials, createToken } from './credentials.ts'

describe('admin tokens', () => {
  const identify = createCredentials({ token: 'everything', readToken: 'looking' })

  test('each is known for what it may do', () => {
    assert.deepEqual(identify('everything'), { actor: 'admin', permissions: ['read', 'write'] })
    assert.deepEqual(identify('looking'), { actor: 'reader', permissions: ['read'] })
  })

  test('whatever is no token is nobody', () => {
    for (const given of ['', 'everythin', 'everything ', 'EVERYTHING', 'everythinglooking']) {
      assert.equal(identify(given), undefined, given)
    }
  })

  test('a token that goes on after the longest is not cut to one that is known', () => {
    const long = 'x'.repeat(1_024)
    const known = createCredentials({ token: long })
    assert.equal(known(long)?.actor, 'admin')
    assert.equal(known(`${long}y`), undefined)
  })

  test('without a token to read nobody reads by an absent one', () => {
    assert.equal(createCredentials({ token: 'everything' })('undefined'), undefined)
  })

  test('made ones are new each time and hold 256 bits', () => {
    const tokens = new Set(Array.from({ length: 100 }, createToken))
    assert.equal(tokens.size, 100)
    for (const token of tokens) assert.match(token, /^tg-admin-[\w-]{43}$/)
  })
})
