import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Completion } from '../core/completion.ts'
import type { Delta } from '../core/delta.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Request } from '../core/request.ts'
import type { Quirks } from '../core/target.ts'
import { readAwsEvents, writeAwsEvent, writeAwsException } from '../wire/aws-events.ts'
import { readEvents } from '../wire/sse.ts'
import type { Door, Wire } from '../wire/wire.ts'
import { meaningOf } from './meaning.ts'
import { mutantsOf } from './mutants.ts'
import { plainRequest, plainTarget } from './plain-request.ts'
import type { RequestSample, Sample } from './samples.ts'

export { plainRequest, plainTarget } from './plain-request.ts'

/** What a wire is tested with. A stream and a whole body of one name must mean the same. */
export interface WireSamples {
  readonly wire: Wire
  /** Streams that are complete, as an upstream sends them. */
  readonly streams: readonly Sample[]
  /** Whole bodies of successful answers. */
  readonly wholes: readonly Sample[]
  readonly requests: readonly RequestSample[]
  /** Streams in which the upstream says that it failed. */
  readonly failing?: readonly Sample[]
  /** What the target of the requests is told to be like; `endMark: false`: streams have none. Default: nothing special. */
  readonly quirks?: Quirks
  /** What the path of the requests says; default: nothing. */
  readonly door?: Omit<Door, 'operation'>
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const eventsOf = ({ framing }: Wire, bytes: Buffer): Buffer[] => {
  const splitter = framing.splitter()
  const piece = splitter.push(bytes)
  return piece ? splitter.split(piece) : []
}

/** The pieces of whole events that a splitter gives for bytes that come so. */
const pushed = ({ framing }: Wire, reads: readonly Buffer[]): Buffer[] => {
  const splitter = framing.splitter()
  return reads.flatMap((read) => splitter.push(read) ?? [])
}

/** What a wire wrote for a stream, as bytes. */
const bytesOf = ({ framing }: Wire, written: string): Buffer => Buffer.from(written, framing.encoding)

const readStream = (wire: Wire, pieces: readonly Buffer[]): Delta[] => {
  const reader = wire.reader('events')
  return pieces.flatMap((piece) => [...reader(piece)])
}

const rewrite = (wire: Wire, deltas: readonly Delta[], form: 'events' | 'whole'): Buffer => {
  const writer = wire.writer(form, plainRequest(wire.name, { stream: form === 'events' }))
  const written = deltas.map((delta) => writer.write(delta)).join('') + writer.end()
  return form === 'events' ? bytesOf(wire, written) : Buffer.from(written)
}

const missingIn = (deltas: readonly Delta[], hasEndMark = true): string | undefined => {
  const completion = new Completion()
  for (const delta of deltas) completion.see(delta)
  return completion.missing(hasEndMark)
}

const throwsOnly = (code: string, action: () => unknown): void => {
  try {
    action()
  } catch (thrown) {
    assert.ok(thrown instanceof GatewayError, `${thrown}\n${(thrown as Error).stack}`)
    assert.equal(thrown.code, code, thrown.message)
    if (code === 'upstream_garbled') assert.equal(thrown.details.outcome, 'malformed')
  }
}

const assertWellFormed = (deltas: readonly Delta[]): void => {
  assert.equal(deltas[0]?.kind, 'start')
  assert.equal(deltas.filter((delta) => delta.kind === 'start').length, 1)
  const newest = new Map<number, number>()
  const named = new Set<string>()
  for (const delta of deltas) {
    if (delta.kind === 'text') assert.notEqual(delta.text, '', 'a text delta is empty')
    if (!('block' in delta)) continue
    const highest = newest.get(delta.choice) ?? -1
    assert.ok(delta.block <= highest + 1, `block ${delta.block} comes after ${highest}`)
    newest.set(delta.choice, Math.max(highest, delta.block))
    const key = `${delta.choice}.${delta.block}`
    if (delta.kind === 'tool_call' && !named.has(key)) {
      assert.ok(delta.id, 'a tool call begins without an id')
      assert.ok(delta.name, 'a tool call begins without a name')
      named.add(key)
    }
  }
}

const mattering: ReadonlySet<Delta['kind']> = new Set(['usage', 'finish', 'tool_call', 'failure', 'end'])

const testStream = (wire: Wire, { bytes }: Sample, { endMark = true }: Quirks): void => {
  const events = eventsOf(wire, bytes)
  const deltas = readStream(wire, events)

  test('is a complete answer in which the end comes last', () => {
    assertWellFormed(deltas)
    assert.equal(missingIn(deltas, endMark), undefined)
    assert.equal(deltas.at(-1)?.kind, endMark ? 'end' : 'finish')
  })
  test('says the same read event by event or at once', () => {
    assert.deepEqual(meaningOf(readStream(wire, [bytes])), meaningOf(deltas))
  })
  test('is the same events wherever the network splits it, and when it splits it at every byte', () => {
    for (let at = 0; at < bytes.length; at++) {
      const pieces = pushed(wire, [bytes.subarray(0, at), bytes.subarray(at)])
      assert.ok(Buffer.concat(pieces).equals(Buffer.concat(events)), `split at byte ${at}`)
    }
    const single = pushed(
      wire,
      Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
    )
    assert.deepEqual(meaningOf(readStream(wire, single)), meaningOf(deltas))
  })
  test('is not complete when it is cut at any byte', () => {
    for (let cut = 0; cut < bytes.length; cut++) {
      const piece = wire.framing.splitter().push(bytes.subarray(0, cut))
      if (piece) assert.notEqual(missingIn(readStream(wire, [piece]), endMark), undefined, `cut at byte ${cut}`)
    }
  })
  test('has every event noticed that matters', () => {
    const reader = wire.reader('events')
    for (const event of events) {
      if (reader(event).some((delta) => mattering.has(delta.kind))) assert.ok(wire.matters(event), String(event))
    }
  })
  test('ends the same when only what matters is read', () => {
    const seen = readStream(wire, events.filter(wire.matters))
    assert.equal(missingIn(seen, endMark), undefined)
    assert.deepEqual(meaningOf(seen).usage, meaningOf(deltas).usage)
  })
  testRewriting(wire, deltas, { endMark })
  test('never breaks its reader in another way than malformed, whatever its events hold', () => {
    for (const event of events) breakEvent(wire, event)
  })
}

const breakEvent = (wire: Wire, event: Buffer): void => {
  const broken = wire.framing.encoding === 'utf8' ? brokenSse(event) : brokenAws(event)
  for (const bytes of broken) throwsOnly('upstream_garbled', () => wire.reader('events')(bytes))
}

function* brokenSse(event: Buffer): Generator<Buffer> {
  for (const { event: name, data } of readEvents(event)) {
    if (!data.startsWith('{')) continue
    for (const mutant of mutantsOf(JSON.parse(data) as JsonValue))
      yield Buffer.from(`${name === '' ? '' : `event: ${name}\n`}data: ${JSON.stringify(mutant)}\n\n`)
  }
}

function* brokenAws(event: Buffer): Generator<Buffer> {
  for (const { type, name, payload } of readAwsEvents(event)) {
    const write = type === 'event' ? writeAwsEvent : writeAwsException
    for (const mutant of mutantsOf(JSON.parse(String(payload)) as JsonValue))
      yield Buffer.from(write(name, mutant), 'latin1')
  }
}

const testRewriting = (wire: Wire, deltas: readonly Delta[], { endMark = true }: Quirks): void => {
  test('means the same after it was written as a stream', () => {
    const again = readStream(wire, [rewrite(wire, deltas, 'events')])
    assertWellFormed(again)
    assert.equal(missingIn(again, endMark), undefined)
    assert.deepEqual(plain(meaningOf(again)), plain(meaningOf(deltas)))
  })
  test('means the same after it was written as a whole body', () => {
    const again = wire.reader('whole')(rewrite(wire, deltas, 'whole'))
    assertWellFormed(again)
    assert.deepEqual(plain(meaningOf(again)), plain(meaningOf(deltas)))
  })
}

const testWhole = (wire: Wire, { bytes }: Sample, quirks: Quirks): void => {
  const deltas = wire.reader('whole')(bytes)
  test('is read with a finish for every choice', () => {
    assertWellFormed(deltas)
    for (const choice of meaningOf(deltas).choices) assert.notEqual(choice.finish, undefined)
  })
  testRewriting(wire, deltas, quirks)
  test('is malformed when it is cut at any byte', () => {
    const whole = bytes.subarray(0, bytes.toString('latin1').trimEnd().length)
    for (let cut = 0; cut < whole.length; cut++) {
      assert.throws(() => wire.reader('whole')(whole.subarray(0, cut)), { code: 'upstream_garbled' })
    }
  })
  test('never breaks its reader in another way than malformed, whatever its fields hold', () => {
    for (const mutant of mutantsOf(JSON.parse(bytes.toString('utf8')) as JsonValue)) {
      throwsOnly('upstream_garbled', () => wire.reader('whole')(Buffer.from(JSON.stringify(mutant))))
    }
  })
}

const testRequest = (
  wire: Wire,
  { body }: RequestSample,
  { quirks, door }: Pick<WireSamples, 'quirks' | 'door'>,
): void => {
  const asked: Door = { operation: 'chat', ...door }
  const target = plainTarget(quirks)
  const read = (text: string): Request => wire.readRequest(JSON.parse(text) as JsonObject, asked)
  const request = wire.readRequest(body, asked)

  test('is read as a request of its wire that remembers its body', () => {
    assert.equal(request.wire, wire.name)
    assert.equal(request.body, body)
    assert.ok(request.chat.messages.length > 0)
  })
  test('asks the same when its body is passed on', () => {
    const before = JSON.stringify(body)
    assert.deepEqual(plain(read(wire.writeRequest(request, target)).chat), plain(request.chat))
    assert.equal(JSON.stringify(body), before, 'the body was changed')
  })
  test('asks the same when it is written from neutral words, or is refused for what only its wire can say', () => {
    const write = (): string => wire.writeRequest({ ...request, body: undefined }, target)
    if (request.untranslatable.length > 0) return assert.throws(write, { code: 'invalid_request' })
    assert.deepEqual(plain(read(write()).chat), plain(request.chat))
  })
  test('with any one place changed is taken or refused as invalid, and what is taken can be written or is incapable', () => {
    for (const mutant of mutantsOf(body)) {
      throwsOnly('invalid_request', () => {
        const taken = wire.readRequest(mutant as JsonObject, asked)
        wire.writeRequest(taken, target)
        wire.writeRequest({ ...taken, body: undefined }, target)
      })
    }
  })
}

const strangeBodies = ['', '<html>Bad gateway</html>', '[]', 'null', '"no"', '{"error":"no"}', '{"error":null}']
const moreBodies = ['{"message":"no"}', '{"detail":"no"}', '{"detail":[{"loc":["body"],"msg":"no"}]}', '{"error":{}}']
const statuses = [301, 400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 425, 429, 500, 502, 503, 504, 520, 529]

const testErrors = (wire: Wire): void => {
  test('gives every error answer of an upstream an outcome, whatever its body', () => {
    for (const status of statuses) {
      for (const body of [...strangeBodies, ...moreBodies]) {
        const error = wire.readError(status, body)
        assert.ok(error.details.outcome, `${status} ${body}`)
        assert.ok(error.message.length > 0 && error.message.length <= 2_000)
      }
    }
  })
  test('never repeats what an upstream said of our credential', () => {
    for (const status of [401, 402, 403]) {
      const error = wire.readError(status, '{"error":{"message":"bad key sk-secret","type":"x","code":"sk-secret"}}')
      assert.equal(error.code, 'upstream_auth')
      const told = wire.writeError(error, 'whole') + wire.writeError(error, 'events')
      assert.ok(!told.includes('sk-secret'))
    }
  })
  test('cuts long messages of an upstream', () => {
    const error = wire.readError(400, JSON.stringify({ error: { message: 'x'.repeat(9_000) } }))
    assert.ok(error.message.length <= 2_000)
    assert.ok((error.details.upstream?.message.length ?? 0) <= 2_000)
  })
  test('tells an error inside a stream so that its own reader sees a failure and no end', () => {
    const error = new GatewayError('upstream_overloaded', 'line one\nline two', { facts: { target: 'a/b' } })
    const deltas = readStream(wire, [bytesOf(wire, wire.writeError(error, 'events'))])
    assert.deepEqual(
      deltas.map((delta) => delta.kind),
      ['failure'],
    )
  })
  test('tells an error as a JSON body that names its code', () => {
    const body = wire.writeError(new GatewayError('unknown_model', 'No such model.'), 'whole')
    assert.equal(typeof JSON.parse(body), 'object')
    assert.match(body, /unknown_model/)
  })
}

const testWire = (wire: Wire): void => {
  test('has a keep-alive that means nothing', () => {
    const bytes = bytesOf(wire, wire.keepAlive)
    assert.deepEqual(eventsOf(wire, bytes), [bytes], 'it is one event')
    assert.ok(wire.framing.isKeepAlive(bytes))
    assert.deepEqual(readStream(wire, [bytes]), [])
    assert.equal(wire.matters(bytes), false)
  })
  test('calls a stream or a body that is not JSON malformed', () => {
    for (const [form, text] of [
      ['events', 'data: {not json\n\n'],
      ['whole', '<html>'],
      ['whole', '{}'],
      ['whole', '[]'],
    ] as const) {
      assert.throws(
        () => wire.reader(form)(Buffer.from(text)),
        (thrown) => asGatewayError(thrown).details.outcome === 'malformed',
      )
    }
  })
  test('refuses an empty request as invalid', () => {
    assert.throws(() => wire.readRequest({}, { operation: 'chat' }), { code: 'invalid_request' })
  })
}

/** Registers the tests that every wire must pass, with its samples. */
export const wireSuite = ({ wire, streams, wholes, requests, failing = [], quirks = {}, door }: WireSamples): void => {
  describe(wire.name, () => {
    testWire(wire)
    testErrors(wire)
    for (const sample of streams) describe(`the stream ${sample.name}`, () => testStream(wire, sample, quirks))
    for (const sample of wholes) describe(`the whole answer ${sample.name}`, () => testWhole(wire, sample, quirks))
    for (const sample of requests)
      describe(`the request ${sample.name}`, () => testRequest(wire, sample, { quirks, door }))
    for (const { name, bytes } of failing) {
      test(`the stream ${name} tells its failure and has no end`, () => {
        const deltas = readStream(wire, eventsOf(wire, bytes))
        assert.equal(deltas.at(-1)?.kind, 'failure')
        assert.notEqual(missingIn(deltas), undefined)
        for (const event of eventsOf(wire, bytes)) breakEvent(wire, event)
      })
    }
    for (const stream of streams) {
      const whole = wholes.find((sample) => sample.name === stream.name)
      if (!whole) continue
      test(`${stream.name} means the same as a stream and as a whole answer`, () => {
        const { id: _one, ...streamed } = meaningOf(readStream(wire, eventsOf(wire, stream.bytes)))
        const { id: _other, ...answered } = meaningOf(wire.reader('whole')(whole.bytes))
        assert.deepEqual(plain(streamed), plain(answered))
      })
    }
  })
}
