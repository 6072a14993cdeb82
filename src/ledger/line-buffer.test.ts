import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LineBuffer } from './line-buffer.ts'

describe('lines that wait', () => {
  it('are given back as they were, each with its line feed, and once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 50 })), (rounds) => {
        const buffer = new LineBuffer()
        for (const lines of rounds) {
          const texts = lines.map((line) => JSON.stringify(line))
          for (const text of texts) buffer.add(text)
          assert.equal(buffer.count, texts.length)
          assert.equal(buffer.take(), texts.map((text) => `${text}\n`).join(''))
          assert.equal(buffer.count, 0)
        }
      }),
    )
  })

  it('may be more than there was room for', () => {
    const buffer = new LineBuffer()
    const line = 'ß'.repeat(50_000)
    for (let each = 0; each < 10; each++) buffer.add(line)
    assert.equal(buffer.take(), `${line}\n`.repeat(10))
  })
})
