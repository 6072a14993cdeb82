import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { EventSplitter, endOfEvent, isKeepAlive, readEvents, type SseEvent, writeEvent } from './sse.ts'

const lineBreak = fc.constantFrom('\n', '\r\n', '\r')
const word = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n\uFEFF]/g, ''))
const line = fc.oneof(
  word.map((text) => `data: ${text}`),
  word.map((text) => `data:${text}`),
  word.map((text) => `: ${text}`),
  word.map((text) => `id: ${text}`),
  fc.constantFrom('data', 'event: message_start', 'retry: 10', 'unknown: x'),
)
/** A stream of whole events whose lines end as `breaks` says. */
const streamWith = (breaks: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.tuple(fc.array(fc.tuple(line, breaks), { maxLength: 4 }), breaks), { maxLength: 6 })
    .map((events) =>
      events.map(([lines, end]) => `${lines.map(([text, after]) => text + after).join('')}${end}`).join(''),
    )
    .map((text) => Buffer.from(text))

const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 })

const split = (stream: Buffer, places: readonly number[]): SseEvent[] => {
  const splitter = new EventSplitter()
  const events: SseEvent[] = []
  let from = 0
  for (const to of [...places, stream.length].sort((one, other) => one - other)) {
    const piece = splitter.push(stream.subarray(from, to))
    if (piece) for (const event of splitter.split(piece)) events.push(...readEvents(event))
    from = Math.max(from, Math.min(to, stream.length))
  }
  return events
}

/** The standard's algorithm, line by line over the whole text: what the quick one is compared with. */
const slowly = (stream: Buffer): SseEvent[] => {
  const lines = stream.toString('utf8').replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
  const events: SseEvent[] = []
  let data: string[] = []
  let event = ''
  for (const text of lines.slice(0, -1)) {
    const colon = text.indexOf(':')
    const field = colon === -1 ? text : text.slice(0, colon)
    const value = colon === -1 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (text === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') })
      data = []
      event = ''
    } else if (field === 'data') data.push(value)
    else if (field === 'event') event = value
  }
  return events
}

describe('EventSplitter', () => {
  for (const [name, breaks] of [
    ['line feeds', fc.constant('\n')],
    ['pairs of return and line feed', fc.constant('\r\n')],
    ['returns', fc.constant('\r')],
    ['any mixture of line ends', lineBreak],
  ] as const) {
    test(`gives the same events however a stream with ${name} is split into reads`, () => {
      fc.assert(
        fc.property(streamWith(breaks), cuts, (stream, places) => {
          // A comment in front and behind shows line ends of every kind to all reads, and lets a last return end.
          const whole = Buffer.concat([Buffer.from(': one\n\n'), stream, Buffer.from('\n\n: two\n\n')])
          assert.deepEqual(split(whole, places), slowly(whole))
        }),
        { numRuns: 500 },
      )
    })
  }

  test('holds back an event until its empty line has come', () => {
    const splitter = new EventSplitter()
    assert.equal(splitter.push(Buffer.from('data: a')), undefined)
    assert.equal(splitter.push(Buffer.from('\n')), undefined)
    assert.equal(splitter.waiting, 8)
    assert.equal(splitter.push(Buffer.from('\n'))?.toString(), 'data: a\n\n')
    assert.equal(splitter.waiting, 0)
  })

  test('passes a read of whole events on as the same bytes, without copying', () => {
    const read = Buffer.from('data: a\n\ndata: b\n\n')
    assert.equal(new EventSplitter().push(read), read)
  })

  test('keeps characters of several bytes whole when a read ends inside one', () => {
    const stream = Buffer.from('data: Grüße 🦔 日本\n\n')
    for (let place = 0; place <= stream.length; place++) {
      assert.deepEqual(split(stream, [place]), [{ event: '', data: 'Grüße 🦔 日本' }])
    }
  })

  test('waits after a return at the end of a read, which may be half of a pair', () => {
    const splitter = new EventSplitter()
    assert.equal(splitter.push(Buffer.from('data: a\r\n\r')), undefined)
    assert.equal(splitter.push(Buffer.from('\ndata: b'))?.toString(), 'data: a\r\n\r\n')
  })

  test('gives the event that a lone return ends when nothing follows, and nothing that is cut', () => {
    for (const [stream, rest] of [
      ['data: a\r\r', 'data: a\r\r'],
      ['data: a\r\n\r', undefined],
      ['data: a\r\rdata: b\r', undefined],
      ['data: a\r', undefined],
      ['data: a\n', undefined],
      ['data: a\r\r\n', undefined],
    ] as const) {
      const splitter = new EventSplitter()
      splitter.push(Buffer.from(stream))
      const waiting = splitter.waiting
      assert.equal(splitter.flush()?.toString(), rest, JSON.stringify(stream))
      assert.equal(splitter.waiting, rest === undefined ? waiting : 0)
    }
  })

  test('cuts a piece into single events', () => {
    const splitter = new EventSplitter()
    const piece = splitter.push(Buffer.from('data: a\r\rdata: b\n\n: c\r\n\r\n')) as Buffer
    assert.deepEqual(
      splitter.split(piece).map((event) => event.toString()),
      ['data: a\r\r', 'data: b\n\n', ': c\r\n\r\n'],
    )
  })
})

describe('endOfEvent', () => {
  test('gives -1 while an event is not whole', () => {
    assert.equal(endOfEvent(Buffer.from('data: a\n'), 0, false), -1)
    assert.equal(endOfEvent(Buffer.from('data: a\r'), 0, true), -1)
  })
})

describe('readEvents', () => {
  test('passes over a byte order mark in front of the first event', () => {
    assert.deepEqual(readEvents(Buffer.from('\uFEFFdata: a\n\n')), [{ event: '', data: 'a' }])
  })

  test('passes over comments, ids, unknown fields and events without data', () => {
    const text = ': OPENROUTER PROCESSING\n\nid: 7\nretry: 1\nfoo: bar\ndata: a\n\nevent: ping\n\n'
    assert.deepEqual(readEvents(Buffer.from(text)), [{ event: '', data: 'a' }])
  })

  test('reads the name of an event and joins its lines of data', () => {
    const text = 'event: error\ndata: {\ndata:  "a": 1\ndata: }\n\n'
    assert.deepEqual(readEvents(Buffer.from(text)), [{ event: 'error', data: '{\n "a": 1\n}' }])
  })

  test('does not let the name of one event reach the next', () => {
    assert.deepEqual(readEvents(Buffer.from('event: error\n\ndata: a\n\n')), [{ event: '', data: 'a' }])
  })

  test('reads only its own part of a larger memory', () => {
    const memory = Buffer.from('data: a\n\ndata: b\n\n')
    assert.deepEqual(readEvents(memory.subarray(9)), [{ event: '', data: 'b' }])
  })
})

describe('writeEvent', () => {
  test('writes one event whatever the value holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = Buffer.from(writeEvent('', { text }))
        assert.deepEqual(
          readEvents(written).map(({ data }) => (JSON.parse(data) as { text: string }).text),
          [text.toWellFormed() === text ? text : JSON.parse(JSON.stringify(text))],
        )
      }),
    )
  })

  test('names the event when it has a name', () => {
    assert.equal(writeEvent('error', 1), 'event: error\ndata: 1\n\n')
  })
})

describe('isKeepAlive', () => {
  const isQuiet = (text: string): boolean => isKeepAlive(Buffer.from(text))

  test('comments and pings keep a connection alive and say nothing', () => {
    assert.ok(isQuiet(': keep-alive\n\n') && isQuiet(': one\n\n: two\n\n'))
    assert.ok(isQuiet('event: ping\ndata: {"type": "ping"}\n\n'))
  })

  test('an event behind a comment says something', () => {
    assert.ok(!isQuiet(': PROCESSING\n\ndata: {}\n\n'))
    assert.ok(!isQuiet('data: {"text":": event"}\n\n'))
  })
})
