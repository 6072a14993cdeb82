import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Chunk } from '../core/chunk.ts'
import { GatewayError } from '../core/errors.ts'
import type { KeptChunk } from '../core/kept-answer.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { packed, replayed, unpacked } from './keyed-answer.ts'
import { mostAnswerBytes, Recording } from './recording.ts'

const head = {
  wire: 'openai-chat',
  form: 'events' as const,
  target: { id: 'up/a/b', provider: 'up', model: 'a/b', weight: 3, quirks: {}, facts: undefined },
  headers: { 'x-upstream-request-id': 'r1' },
}

describe('an answer in bytes', () => {
  it('comes back with the same chunks, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 })),
        fc.option(fc.string(), { nil: undefined }),
        (chunks, model) => {
          const kept = chunks.map((bytes) => ({ bytes, matters: bytes.length % 2 === 0, afterMs: 0 }))
          const back = unpacked(packed({ call: 'c1', model, head, chunks: kept }))
          assert.deepEqual(
            back?.chunks.map((each) => ({ ...each, bytes: new Uint8Array(each.bytes) })),
            kept,
          )
          assert.equal(back?.model, model)
          assert.equal(back?.call, 'c1')
          const { id, provider, model: name } = back?.head.target ?? {}
          assert.deepEqual([id, provider, name], ['up/a/b', 'up', 'a/b'])
          assert.deepEqual(back?.head.headers, head.headers)
        },
      ),
    )
  })

  it('that was changed is not read', () => {
    const bytes = Buffer.from(packed({ call: 'c1', model: 'm', head, chunks: [] }))
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
    assert.equal(unpacked(bytes), undefined)
  })

  it('is given again chunk by chunk, and no more once it was cancelled', async () => {
    const texts = ['data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n', 'data: [DONE]\n\n']
    const chunks = texts.map((text) => ({ bytes: Buffer.from(text), matters: true, afterMs: 0 }))
    const answer = replayed({ call: 'c1', model: 'm', head, chunks }, openaiChat)
    const first = await answer?.pull()
    assert.deepEqual(
      first?.deltas.filter(({ kind }) => kind === 'text').map((delta) => 'text' in delta && delta.text),
      ['Hi'],
    )
    const reason = new GatewayError('cancelled', 'Enough.')
    answer?.cancel(reason)
    assert.throws(() => answer?.pull(), reason)
  })
})

describe('a recording', () => {
  const chunkOf = (bytes: number): Chunk => new Chunk(new Uint8Array(bytes), false, () => [])

  const record = (sizes: readonly number[], room = { used: 0 }) => {
    let ended: readonly KeptChunk[] | 'broken' | undefined
    const recording = new Recording(room, {
      whole: async (chunks) => {
        ended = chunks
      },
      broken: () => {
        ended = 'broken'
      },
    })
    for (const size of sizes) recording.chunk(chunkOf(size))
    return { recording, room, ended: () => ended }
  }

  it('has everything of an answer that is not too long', () => {
    const { recording, room, ended } = record([10, mostAnswerBytes - 10])
    assert.equal(room.used, mostAnswerBytes)
    recording.done()
    assert.equal((ended() as KeptChunk[]).length, 2)
    assert.equal(room.used, 0)
  })

  it('has nothing of one that is too long, or for which there is no room', () => {
    for (const { recording, room, ended } of [
      record([10, mostAnswerBytes]),
      record([10], { used: 256 * 1024 * 1024 }),
    ]) {
      recording.chunk(chunkOf(1))
      recording.done()
      assert.equal(ended(), undefined)
      assert.ok(room.used === 0 || room.used === 256 * 1024 * 1024)
    }
  })

  it('gives its room back when the answer breaks', () => {
    const { recording, room, ended } = record([10, 20])
    recording.fail()
    assert.deepEqual([room.used, ended()], [0, 'broken'])
  })
})
