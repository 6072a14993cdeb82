import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { awsEvents, awsKeepAlive, readAwsEvents, writeAwsEvent, writeAwsException } from './aws-events.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

const bytesOf = (written: string): Buffer => Buffer.from(written, 'latin1')

const encoded = (headers: MessageHeaders, payload: string): Buffer =>
  Buffer.from(codec.encode({ headers, body: Buffer.from(payload) }))

const event = (name: string, payload: string): Buffer =>
  encoded(
    { ':event-type': { type: 'string', value: name }, ':message-type': { type: 'string', value: 'event' } },
    payload,
  )

const stream = Buffer.concat([
  event('messageStart', '{"role":"assistant"}'),
  event('é', ''),
  event('x', 'y'.repeat(300)),
])

/** All pieces that a splitter gives for bytes that come so. */
const pushed = (pieces: readonly Buffer[]): Buffer => {
  const splitter = awsEvents.splitter()
  return Buffer.concat(pieces.map((piece) => splitter.push(piece) ?? Buffer.alloc(0)))
}

const isGarbled = { code: 'upstream_garbled' }

describe('messages of Amazon’s event stream', () => {
  test('are written as Amazon’s own decoder reads them', () => {
    const { headers, body } = codec.decode(
      bytesOf(writeAwsEvent('contentBlockDelta', { delta: { text: 'größer 日本' } })),
    )
    assert.deepEqual(Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value])), {
      ':event-type': 'contentBlockDelta',
      ':content-type': 'application/json',
      ':message-type': 'event',
    })
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), { delta: { text: 'größer 日本' } })
    const exception = codec.decode(bytesOf(writeAwsException('throttlingException', { message: 'no' })))
    assert.equal(exception.headers[':exception-type']?.value, 'throttlingException')
    assert.equal(exception.headers[':message-type']?.value, 'exception')
  })

  test('are read as Amazon’s own encoder writes them, whatever other headers they have', () => {
    const bytes = encoded(
      {
        yes: { type: 'boolean', value: true },
        no: { type: 'boolean', value: false },
        one: { type: 'byte', value: 1 },
        two: { type: 'short', value: 2 },
        four: { type: 'integer', value: 4 },
        bytes: { type: 'binary', value: Buffer.from(':event-type') },
        when: { type: 'timestamp', value: new Date(0) },
        id: { type: 'uuid', value: '00000000-0000-4000-8000-000000000000' },
        ':error-code': { type: 'string', value: 'Broken' },
        ':error-message': { type: 'string', value: 'It is.' },
        ':message-type': { type: 'string', value: 'error' },
      },
      '{}',
    )
    const [read, ...more] = readAwsEvents(bytes)
    assert.deepEqual(
      [read?.type, read?.name, read?.message, String(read?.payload)],
      ['error', 'Broken', 'It is.', '{}'],
    )
    assert.equal(more.length, 0)
  })

  test('of any payload come through both ways', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { body } = codec.decode(bytesOf(writeAwsEvent('metadata', { text: text.toWellFormed() })))
        assert.deepEqual(JSON.parse(Buffer.from(body).toString()), { text: text.toWellFormed() })
        assert.equal(String(readAwsEvents(event('a', text.toWellFormed()))[0]?.payload), text.toWellFormed())
      }),
    )
  })

  test('that are remarks are known by their type, and mean nothing', () => {
    const comment = bytesOf(awsEvents.comment('tollgate cost_usd=0.1'))
    assert.ok(awsEvents.isKeepAlive(comment) && awsEvents.isKeepAlive(bytesOf(awsKeepAlive)))
    assert.equal(awsEvents.isKeepAlive(Buffer.concat([comment, event('messageStop', '{}')])), false)
    assert.equal(awsEvents.isKeepAlive(event('messageStop', '{}')), false)
    assert.equal(codec.decode(comment).headers[':message-type']?.value, 'event')
  })

  test('whose parts do not fit are garbled, without checksums too', () => {
    const broken = [
      Buffer.alloc(5),
      Buffer.alloc(16),
      stream.subarray(0, -1),
      Buffer.from('data: {not json\n\n'.repeat(4)),
    ]
    const long = Buffer.from(event('a', 'b'))
    long.writeUInt32BE(1_000, 4)
    for (const bytes of [...broken, long]) assert.throws(() => readAwsEvents(bytes), isGarbled)
  })

  test('never break their reader in another way than garbled', () => {
    fc.assert(
      fc.property(fc.nat(stream.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(stream)
        changed[at] = byte
        try {
          readAwsEvents(changed)
        } catch (thrown) {
          assert.equal((thrown as { code?: unknown }).code, 'upstream_garbled')
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a stream of messages', () => {
  test('comes out as it is, split at any byte or at every byte', () => {
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(pushed([stream.subarray(0, at), stream.subarray(at)]), stream, `split at ${at}`)
    }
    assert.deepEqual(pushed(Array.from(stream, (_, at) => stream.subarray(at, at + 1))), stream)
  })

  test('that is cut at any byte gives the messages before it, and says how much waits', () => {
    const ends = [
      0,
      ...awsEvents
        .splitter()
        .split(stream)
        .map((_, index, all) => Buffer.concat(all.slice(0, index + 1)).length),
    ]
    for (let at = 0; at <= stream.length; at++) {
      const splitter = awsEvents.splitter()
      const given = splitter.push(stream.subarray(0, at))?.length ?? 0
      assert.equal(given, ends.filter((end) => end <= at).at(-1))
      assert.equal(splitter.waiting, at - given)
      assert.equal(splitter.flush(), undefined)
    }
  })

  test('is cut into its messages', () => {
    const messages = awsEvents.splitter().split(stream)
    assert.deepEqual(
      messages.map((bytes) => readAwsEvents(bytes).map(({ name }) => name)),
      [['messageStart'], ['é'], ['x']],
    )
  })

  test('is garbled as soon as any one bit of it is wrong', () => {
    const once = event('contentBlockDelta', '{"delta":{"text":"a"}}')
    for (let at = 0; at < once.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(once)
        changed[at] = (changed[at] as number) ^ (1 << bit)
        assert.throws(() => pushed([changed]), isGarbled, `bit ${bit} of byte ${at}`)
        assert.throws(() => pushed(Array.from(changed, (_, from) => changed.subarray(from, from + 1))), isGarbled)
      }
    }
  })

  test('that announces more than any message may have is refused before it comes', () => {
    const { crc32 } = process.getBuiltinModule('node:zlib')
    const prelude = (length: number, headers: number): Buffer => {
      const bytes = Buffer.alloc(12)
      bytes.writeUInt32BE(length, 0)
      bytes.writeUInt32BE(headers, 4)
      bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
      return bytes
    }
    for (const [length, headers] of [
      [0xffff_ffff, 0],
      [17 * 1024 * 1024, 0],
      [1_000_000, 200_000],
      [15, 0],
      [100, 90],
    ] as const) {
      assert.throws(() => pushed([prelude(length, headers)]), isGarbled, `${length} ${headers}`)
    }
    assert.equal(awsEvents.splitter().push(prelude(16, 0)), undefined)
  })
})
