import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { KeptAnswer } from './kept-answer.ts'
import { decodeKept, encodeKept } from './kept-bytes.ts'
import { seal, unseal } from './sealed-bytes.ts'
import { noUsage } from './usage.ts'

const kept: KeptAnswer = {
  wire: 'openai-chat',
  form: 'events',
  target: 'open/m',
  headers: { 'x-upstream-request-id': 'r' },
  chunks: [
    { bytes: Buffer.from('data: Grüße\n\n'), matters: false, afterMs: 0 },
    { bytes: Buffer.alloc(0), matters: true, afterMs: 12.345 },
  ],
  finishes: ['stop'],
  usage: { ...noUsage, input: 3, output: 4 },
  costNanos: 12_345_678_901_234_567_890n,
  firstTokenMs: 250.5,
  durationMs: 900,
}

const plain = ({ chunks, ...rest }: KeptAnswer) => ({
  ...rest,
  chunks: chunks.map((chunk) => ({ ...chunk, bytes: Buffer.from(chunk.bytes).toString('hex') })),
})

const chunk = fc.record({
  bytes: fc.uint8Array({ maxLength: 300 }),
  matters: fc.boolean(),
  afterMs: fc.integer({ min: 0, max: 4_000_000 }),
})

describe('a kept answer in bytes', () => {
  test('is what it was', () => {
    assert.deepEqual(plain(decodeKept(encodeKept(kept)) as KeptAnswer), plain(kept))
    const unknown = { ...kept, usage: undefined, costNanos: undefined }
    assert.deepEqual(plain(decodeKept(encodeKept(unknown)) as KeptAnswer), plain(unknown))
  })

  test('is what it was, whatever its chunks are', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 40 }), (chunks) => {
        assert.deepEqual(plain(decodeKept(encodeKept({ ...kept, chunks })) as KeptAnswer), plain({ ...kept, chunks }))
      }),
    )
  })

  test('is none when a byte of its description is another one, when one is missing, and when there are more', () => {
    const bytes = encodeKept(kept)
    const words = kept.chunks.reduce((all, each) => all + each.bytes.byteLength, 0)
    for (let at = 0; at < bytes.length; at++) {
      const broken = Buffer.from(bytes)
      broken[at] = (broken[at] as number) ^ 0x10
      if (at < bytes.length - words) assert.equal(decodeKept(broken), undefined, `byte ${at}`)
      assert.equal(decodeKept(bytes.subarray(0, at)), undefined, `the first ${at}`)
    }
    assert.equal(decodeKept(Buffer.concat([bytes, Buffer.from('x')])), undefined)
  })

  test('is none when it was written in another way', () => {
    assert.equal(decodeKept(seal(250, {}, [])), undefined)
    assert.equal(unseal(250, seal(251, {}, [])), undefined)
  })
})
