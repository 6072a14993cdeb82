import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { targetNamed } from '../core/replay.ts'
import { base64Of } from '../core/vector.ts'
import { joined } from './joined-vectors.ts'
import { decodeVector, encodeVector, type KeptVector } from './kept-vector.ts'
import { sharesOf } from './shares.ts'

const kept: KeptVector = {
  vector: [0.1, -2, 1e-300],
  target: 'open/m',
  model: 'm-1',
  tokens: 3,
  isMeasured: true,
  costNanos: 60n,
  durationMs: 12.5,
}

describe('a kept vector in bytes', () => {
  test('is what it was, whatever its numbers are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
        const vector = numbers.map((number) => number + 0)
        assert.deepEqual(decodeVector(encodeVector({ ...kept, vector })), { ...kept, vector })
      }),
    )
  })

  test('is what it was in base64, and where nothing is known of its cost', () => {
    const text = { ...kept, vector: base64Of([0.5, 1, -2]), tokens: undefined, costNanos: undefined }
    assert.deepEqual(decodeVector(encodeVector(text)), text)
  })

  test('is none when it is not whole', () => {
    const bytes = encodeVector(kept)
    for (let at = 0; at < bytes.length; at++) assert.equal(decodeVector(bytes.subarray(0, at)), undefined)
  })
})

describe('shares', () => {
  test('are together what was shared, and as large as their weights, up to one', () => {
    const weights = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), weights, (total, given) => {
        const shares = sharesOf(total, given)
        const sum = BigInt(given.reduce((all, weight) => all + weight, 0))
        assert.equal(
          shares.reduce((all, share) => all + share, 0n),
          total,
        )
        if (sum === 0n) return
        for (const [index, share] of shares.entries()) {
          const exact = (total * BigInt(given[index] ?? 0)) / sum
          assert.ok(share === exact || share === exact + 1n)
        }
      }),
    )
  })
})

describe('vectors that are given together', () => {
  const head = { target: targetNamed('open/m'), headers: {} }

  test('are one whole chunk with the tokens of all of them', async () => {
    const answer = joined([kept, { ...kept, vector: 'AAAAPw==', isMeasured: false }], head)
    const chunk = await answer.pull()
    const usage = chunk?.deltas.find((delta) => delta.kind === 'usage')
    assert.deepEqual([usage?.usage.input, usage?.usage.source], [6, 'estimated'])
    const vectors = chunk?.deltas.flatMap((delta) => (delta.kind === 'vector' ? [[delta.index, delta.vector]] : []))
    assert.deepEqual(vectors, [
      [0, kept.vector],
      [1, 'AAAAPw=='],
    ])
    assert.equal(await answer.pull(), undefined)
  })

  test('tell no tokens where those of one are not known', async () => {
    const chunk = await joined([kept, { ...kept, tokens: undefined }], head).pull()
    assert.equal(
      chunk?.deltas.some(({ kind }) => kind === 'usage'),
      false,
    )
  })
})
