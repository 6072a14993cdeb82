import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../core/errors.ts'
import { formFields } from './multipart.ts'
import { formParts } from './multipart-stream.ts'

const boundary = 'edge'

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

type Read = readonly (readonly [name: string, isFile: boolean, value: string])[]

const streamed = async (bytes: Buffer, length: number): Promise<Read | 'refused'> => {
  const read: (readonly [string, boolean, string])[] = []
  try {
    for await (const part of formParts(inPieces(bytes, length), boundary)) {
      const pieces: Buffer[] = []
      for await (const piece of part.bytes) pieces.push(piece)
      read.push([part.name, part.fileName !== undefined, Buffer.concat(pieces).toString('latin1')])
    }
    return read
  } catch (thrown) {
    assert.ok(thrown instanceof GatewayError && thrown.code === 'invalid_request', String(thrown))
    return 'refused'
  }
}

const whole = (bytes: Buffer): Read | 'refused' => {
  try {
    return formFields(bytes, boundary).map(({ name, isFile, from, to }) => [
      name,
      isFile,
      bytes.toString('latin1', from, to),
    ])
  } catch {
    return 'refused'
  }
}

const words = [
  '--edge',
  '\r\n',
  '\r\n--edge\r\n',
  '\r\n--edge--',
  '--',
  '-',
  '\r',
  '\n',
  'content-disposition: form-data; name="a"\r\n\r\n',
  'content-disposition: form-data; name="f"; filename="x"\r\ncontent-type: text/plain\r\n\r\n',
  'edge',
  'value',
] as const

describe('a form that is read as it comes', () => {
  it('is read as one that is there whole, in whatever pieces it comes', async () => {
    const body = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 })), { maxLength: 14 })
    const property = fc.asyncProperty(body, fc.integer({ min: 1, max: 40 }), async (parts, length) => {
      const bytes = Buffer.from(`--edge\r\n${words[8]}${parts.join('')}`)
      assert.deepEqual(await streamed(bytes, length), whole(bytes))
    })
    await fc.assert(property, { numRuns: 1_500 })
  })

  it('gives files larger than any piece, with what is said of them', async () => {
    const content = Buffer.alloc(1_000_000, '\r\n--edg')
    const bytes = Buffer.concat([
      Buffer.from(
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="ä.bin"\r\nContent-Type: a/b\r\n\r\n',
      ),
      content,
      Buffer.from('\r\n--edge--\r\n'),
    ])
    for await (const { fileName, contentType, bytes: pieces } of formParts(inPieces(bytes, 65_536), boundary)) {
      assert.deepEqual([fileName, contentType], ['ä.bin', 'a/b'])
      let at = 0
      for await (const piece of pieces) {
        assert.ok(piece.length <= 65_536 + 8)
        assert.ok(piece.equals(content.subarray(at, at + piece.length)))
        at += piece.length
      }
      assert.equal(at, content.length)
    }
  })

  it('ends with its end: what follows, and what is cut off, is refused', async () => {
    const form = `--edge\r\n${words[8]}value\r\n--edge--`
    assert.deepEqual(await streamed(Buffer.from(form), 7), [['a', false, 'value']])
    assert.deepEqual(await streamed(Buffer.from(`${form}\r\n`), 7), [['a', false, 'value']])
    assert.equal(await streamed(Buffer.from(form + ' '.repeat(2_000)), 70), 'refused')
    for (let length = 0; length < form.length; length++)
      assert.equal(await streamed(Buffer.from(form.slice(0, length)), 9), 'refused')
  })

  it('lets go of its source when nobody reads on', async () => {
    let ended = false
    const source = async function* () {
      try {
        yield* inPieces(Buffer.from(`--edge\r\n${words[8]}value\r\n--edge--`), 5)
      } finally {
        ended = true
      }
    }
    for await (const _ of formParts(source(), boundary)) break
    assert.ok(ended)
  })
})
