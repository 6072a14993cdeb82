import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createTextMask } from './mask-text.ts'
import { createMask, mask } from './redact.ts'

const secrets = ['S3cr3t-Value', 'a "quoted" secret', `-----BEGIN ${'k'.repeat(2_000)} END-----`]

describe('a mask for texts of any length', () => {
  test('does what the other one does where there is room', () => {
    const own = createTextMask(secrets)
    const other = createMask(secrets)
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...secrets.slice(0, 2), 'sk-abcdefghijklmnop', 'Bearer ', '"', ' ', '\n', 'x'.repeat(300)),
    )
    const text = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('').slice(0, 3_900))
    fc.assert(
      fc.property(text, (given) => assert.equal(own(given), other(given))),
      { numRuns: 300 },
    )
  })

  test('finds a secret wherever it stands', () => {
    const own = createTextMask(secrets)
    for (const secret of [...secrets, JSON.stringify(secrets[1]).slice(1, -1), `sk-${'a'.repeat(5_000)}`])
      for (const before of [0, 1, 487, 988, 995, 999, 1_000, 1_001, 1_995, 30_001]) {
        const text = `${'.'.repeat(before)}${secret} and so on ${secret}`
        assert.equal(own(text), `${'.'.repeat(before)}${mask} and so on ${mask}`, `${secret.length} after ${before}`)
      }
    assert.equal(own(`${'x'.repeat(1_000)}sk-${'a'.repeat(20)}`).includes(mask), false, 'within a word')
  })

  test('takes no long time, whatever is in a text, and tells nothing of what it did not look at', () => {
    const own = createTextMask(['aaaaaaaaaaaaaaaaaaaaaaaab', 'Bearer ', ...secrets])
    for (const piece of ['a', 'sk-', '-eyJ', 'eyJaaaaaaaaaa.', '-AIza', ' \t', 'sk-aaaaaaa ', '.ghp_', 'Bearer ']) {
      const started = performance.now()
      const said = own(piece.repeat(Math.ceil(4_000_000 / piece.length)) + secrets[0])
      assert.ok(performance.now() - started < 500, `${piece}: ${performance.now() - started} ms`)
      assert.ok(said.endsWith(mask), piece)
    }
  })
})
