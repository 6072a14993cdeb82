import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createKeySecret, digestOf, parseKeySecret, shownKey } from './key-format.ts'

describe('a made key', () => {
  test('has a beginning of its own, an id, and letters and digits only', () => {
    const { secret, id } = createKeySecret()
    assert.match(secret, /^sk-tg-[0-9A-Za-z]{59}$/)
    assert.equal(secret.slice(6, 16), id)
    assert.deepEqual(parseKeySecret(secret), { id })
  })

  test('is never made twice', () => {
    const made = new Set(Array.from({ length: 1_000 }, () => createKeySecret().secret))
    assert.equal(made.size, 1_000)
  })

  test('with any one character changed is not taken for a key', () => {
    const { secret } = createKeySecret()
    fc.assert(
      fc.property(fc.nat(secret.length - 1), fc.constantFrom(...'0aZ-_x9'), (at, other) => {
        fc.pre(secret[at] !== other)
        assert.equal(parseKeySecret(secret.slice(0, at) + other + secret.slice(at + 1)), undefined)
      }),
    )
  })

  test('is shown by its beginning and its last four characters, which say nothing of the secret', () => {
    const { secret, id } = createKeySecret()
    assert.equal(shownKey(secret), `sk-tg-${id}…${secret.slice(-4)}`)
    assert.equal(shownKey('a key of another form'), '…')
  })
})

describe('a digest', () => {
  test('differs for other keys and for other stores, and is the same each time', () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
    const digest = digestOf('sk-a', one)
    assert.match(digest, /^[\da-f]{64}$/)
    assert.equal(digestOf('sk-a', one), digest)
    assert.notEqual(digestOf('sk-b', one), digest)
    assert.notEqual(digestOf('sk-a', other), digest)
  })
})

test('any text can be asked whether it is a key', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.equal(parseKeySecret(text), undefined)))
})
