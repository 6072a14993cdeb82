import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { secretOf, secretProblem, signaturesOf } from './webhook-signature.ts'

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)

describe('a signature', () => {
  test('is what receivers verify, whatever bytes are sent and with whichever secret in force', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
        fc.array(fc.uint8Array({ minLength: 24, maxLength: 64 }), { minLength: 1, maxLength: 3 }),
        (text, keys) => {
          const body = JSON.stringify({ text: text.toWellFormed() })
          const secrets = keys.map((key) => secretOf(key))
          const timestamp = nowSeconds()
          const headers = {
            'webhook-id': 'evt_1',
            'webhook-timestamp': String(timestamp),
            'webhook-signature': signaturesOf({ id: 'evt_1', timestamp, body }, secrets),
          }
          for (const secret of secrets)
            assert.deepEqual(new Webhook(secret).verify(body, headers), { text: text.toWellFormed() })
          assert.throws(() => new Webhook(secretOf(randomBytes(32))).verify(body, headers))
          assert.throws(() => new Webhook(secrets[0] ?? '').verify(`${body} `, headers))
          assert.throws(() => new Webhook(secrets[0] ?? '').verify(body, { ...headers, 'webhook-id': 'evt_2' }))
          const later = { ...headers, 'webhook-timestamp': String(timestamp + 1) }
          assert.throws(() => new Webhook(secrets[0] ?? '').verify(body, later))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('is not made without a good secret, nor of an id that could be read in two ways', () => {
    const signed = { id: 'evt_1', timestamp: 1, body: '{}' }
    for (const secrets of [[], [''], ['short'], ['whsec_'], ['whsec_AAAA'], [secretOf(randomBytes(32)), '']])
      assert.throws(() => signaturesOf(signed, secrets), /secret/)
    assert.throws(() => signaturesOf({ ...signed, id: 'evt.1' }, [secretOf(randomBytes(32))]), /dot/)
  })
})

describe('a secret', () => {
  test('is base64 of 24 to 64 bytes, or a text of at least 16 characters', () => {
    for (const size of [24, 32, 64]) assert.equal(secretProblem(secretOf(randomBytes(size))), undefined)
    assert.equal(secretProblem('sixteen letters!'), undefined)
    assert.match(secretProblem('fifteen letters') ?? '', /at least 16 characters/)
    for (const size of [0, 23, 65]) assert.match(secretProblem(secretOf(randomBytes(size))) ?? '', /24 to 64 bytes/)
    assert.match(secretProblem('whsec_this is no base64 at all, is it?') ?? '', /base64/)
  })
})
