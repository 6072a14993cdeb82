import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { assert as check, property, string, uint8Array } from 'fast-check'
import { keyedHash } from './keyed-hash.ts'

const expected = (secret: Uint8Array, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url')

test('is HMAC-SHA256 for secrets shorter and longer than a block, and any text', () => {
  check(
    property(uint8Array({ maxLength: 200 }), string({ unit: 'binary', maxLength: 300 }), (secret, text) => {
      assert.equal(keyedHash(secret, text), expected(secret, text))
    }),
  )
})

test('is the same on both sides of the length at which another way is quicker', () => {
  const secret = Buffer.from('a secret of thirty-two bytes long')
  for (const length of [0, 1, 5_461, 5_462, 16_384, 100_000])
    for (const letter of ['x', 'é', '語', '😀']) {
      const text = letter.repeat(length)
      assert.equal(keyedHash(secret, text), expected(secret, text))
    }
})

test('what one text leaves behind is no part of the next', () => {
  const secret = Buffer.alloc(32, 1)
  keyedHash(secret, 'a long text that was hashed before')
  assert.equal(keyedHash(secret, 'short'), expected(secret, 'short'))
})
