import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Answer, type Form, type Source } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import { Chunk } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import { GatewayError } from '../core/errors.ts'
import { type KeptAnswer, neutralWire } from '../core/kept-answer.ts'
import { replay } from '../core/replay.ts'
import { createFakeClock } from '../testing/index.ts'
import { callOf } from '../testing/sample-calls.ts'
import { readAwsStreams, readStreams, type Sample } from '../testing/samples.ts'
import type { Wire } from '../wire/wire.ts'
import { wireNamed } from '../wire/wires.ts'
import { mostKeptBytes, watchToKeep } from './keeper.ts'

const names = ['openai-chat', 'anthropic-messages', 'gemini', 'openai-responses', 'bedrock-converse'] as const

const named = (name: string): Wire => {
  const wire = wireNamed(name)
  assert.ok(wire)
  return wire
}

const reader = (name: string, form: Form) => wireNamed(name)?.reader(form)

const samplesOf = (name: string): Sample[] => {
  const folder = new URL(`../wire/${name}/fixtures/streams/`, import.meta.url)
  return name === 'bedrock-converse' ? readAwsStreams(folder) : readStreams(folder)
}

/** A call that an attempt has answered well. */
const answeredCall = (): Call => ({
  ...callOf(),
  account: { attempts: [{ target: 'p/m', ordinal: 1, started: 0, outcome: 'ok', status: 200, costNanos: 5n }] },
})

const sourceOf = (chunks: readonly Chunk[], error?: GatewayError): Source => {
  const rest = [...chunks]
  return {
    pull: () => {
      const next = rest.shift()
      if (next === undefined && error) throw error
      return next
    },
    cancel: () => undefined,
  }
}

interface Given {
  readonly wire: string
  readonly form?: Form
  readonly call?: Call
  readonly toolCalls?: boolean
  readonly headers?: Record<string, string>
}

/** Reads an answer to where it ends, and gives what is kept of it. */
const keptOf = async (source: Source, given: Given): Promise<KeptAnswer | undefined> => {
  const { wire, form = 'events', call = answeredCall(), toolCalls = true, headers = {} } = given
  const quirks = wire === 'gemini' ? { endMark: false } : {}
  const target = { id: 'p/m', provider: 'p', model: 'm', weight: 1, quirks, facts: undefined }
  const clock = createFakeClock()
  let kept: KeptAnswer | undefined
  const answer = watchToKeep(new Answer({ wire, form, target, headers }, source), {
    call,
    toolCalls,
    clock,
    reader,
    kept: (whole) => {
      kept = whole
    },
  })
  try {
    while ((await answer.pull()) !== undefined) clock.advance(10)
  } catch (thrown) {
    assert.ok(thrown instanceof GatewayError)
  }
  return kept
}

/** The events in the first bytes of a stream, as the transport would hand them on, and whether the rest is missing. */
const cutAt = (wire: Wire, bytes: Buffer): Source => {
  const splitter = wire.framing.splitter()
  const read = wire.reader('events')
  const cut = (): GatewayError => new GatewayError('upstream_garbled', 'It was cut.', { outcome: 'ambiguous' })
  const pieces = [splitter.push(bytes), splitter.flush()].filter((piece) => piece !== undefined)
  const events = pieces.flatMap((piece) => splitter.split(piece))
  const chunks = events.map((event) => new Chunk(event, wire.matters(event), read))
  return sourceOf(chunks, splitter.waiting > 0 ? cut() : undefined)
}

/** What an answer says in the end. */
const saidBy = (deltas: readonly Delta[]): string =>
  JSON.stringify(
    deltas.flatMap((delta) => {
      if (delta.kind === 'text') return [`${delta.choice} ${delta.text}`]
      if (delta.kind === 'tool_call') return [`${delta.name} ${delta.arguments}`]
      return delta.kind === 'finish' ? [delta.reason] : []
    }),
  )

const deltasIn = (wire: Wire, bytes: Buffer): Delta[] => {
  const read = wire.reader('events')
  const splitter = wire.framing.splitter()
  return splitter.split(bytes).flatMap((event) => [...read(event)])
}

const saidByKept = async (kept: KeptAnswer): Promise<string> => {
  const deltas: Delta[] = []
  const answer = replay(kept, { reader }) as Answer
  for (let next = await answer.pull(); next !== undefined; next = await answer.pull()) deltas.push(...next.deltas)
  return saidBy(deltas)
}

const good: ReadonlySet<string> = new Set(['stop', 'stop_sequence', 'tool_calls'])

const isGood = (deltas: readonly Delta[]): boolean =>
  deltas.every(({ kind }) => kind !== 'refusal' && kind !== 'failure') &&
  deltas.every((delta) => delta.kind !== 'finish' || good.has(delta.reason))

for (const name of names) {
  describe(`recorded streams of ${name}`, () => {
    const wire = named(name)
    for (const { name: file, bytes } of samplesOf(name)) {
      test(`${file}: kept when it is whole and good, and then says the same; never when it is cut`, async () => {
        const whole = deltasIn(wire, bytes)
        const kept = await keptOf(cutAt(wire, bytes), { wire: name })
        assert.equal(kept !== undefined, isGood(whole))
        if (kept) assert.equal(await saidByKept(kept), saidBy(whole))
        // Every byte of what is short; of what is long so many that all kinds of places are met.
        const step = Math.max(1, Math.floor(bytes.length / 1_000))
        for (let at = 0; at < bytes.length; at += step) {
          const cut = await keptOf(cutAt(wire, bytes.subarray(0, at)), { wire: name })
          if (cut) assert.equal(await saidByKept(cut), saidBy(whole), `cut at ${at}`)
        }
      })
    }
  })
}

const text: Delta = { kind: 'text', choice: 0, block: 0, text: 'Hi' }
const ended = (
  reason: 'stop' | 'length' | 'tool_calls' | 'refusal' | 'content_filter' | 'pause' | 'other',
): Delta[] => [{ kind: 'finish', choice: 0, reason }, { kind: 'end' }]
const chunkOf = (...deltas: Delta[]): Chunk => new Chunk(Buffer.from('x'), true, () => deltas)
const call: Delta = { kind: 'tool_call', choice: 0, block: 0, id: 'c', name: 'f', arguments: '{}' }

describe('what is kept', () => {
  const neutral = { wire: 'of no language' }
  const says = (...deltas: Delta[]) => sourceOf([chunkOf(...deltas)])

  test('has its text and how long it took', async () => {
    const source = sourceOf([chunkOf(text), chunkOf(text), chunkOf(...ended('stop'))])
    const kept = await keptOf(source, { ...neutral, headers: { 'x-upstream-ratelimit-limit': '1', 'x-other': '2' } })
    assert.equal(kept?.wire, neutralWire)
    assert.deepEqual(kept?.headers, { 'x-other': '2' })
    assert.deepEqual([kept?.costNanos, kept?.finishes, kept?.target], [5n, ['stop'], 'p/m'])
    assert.deepEqual(
      kept?.chunks.map(({ afterMs }) => afterMs),
      [0, 10, 10],
    )
    assert.equal(await saidByKept(kept as KeptAnswer), saidBy([text, text, ...ended('stop')]))
  })

  test('has ended by itself, not by a limit, a filter, a refusal or a pause', async () => {
    for (const reason of ['length', 'refusal', 'content_filter', 'pause', 'other'] as const)
      assert.equal(await keptOf(says(text, ...ended(reason)), neutral), undefined, reason)
    assert.ok(await keptOf(says(text, ...ended('stop')), neutral))
  })

  test('calls tools only where that is allowed, whatever its end is called', async () => {
    for (const reason of ['tool_calls', 'stop'] as const) {
      assert.ok(await keptOf(says(call, ...ended(reason)), { ...neutral, toolCalls: true }))
      assert.equal(await keptOf(says(call, ...ended(reason)), { ...neutral, toolCalls: false }), undefined)
    }
  })

  test('has no failure of its upstream in it, and did not break off', async () => {
    const error = new GatewayError('upstream_failed', 'No.', { outcome: 'server' })
    assert.equal(await keptOf(says(text, { kind: 'failure', error }), neutral), undefined)
    assert.equal(await keptOf(sourceOf([chunkOf(text)], error), neutral), undefined)
    assert.equal(await keptOf(sourceOf([chunkOf(text)]), neutral), undefined)
  })

  test('is no larger than what is kept', async () => {
    const large = { ...text, text: 'x'.repeat(mostKeptBytes / 4) }
    assert.ok(await keptOf(says(large, large, large, ...ended('stop')), neutral))
    const chunks = [large, large, large, large].map((delta) => chunkOf(delta))
    assert.equal(await keptOf(sourceOf([...chunks, chunkOf(...ended('stop'))]), neutral), undefined)
  })

  test('was answered by an attempt that went well', async () => {
    const whole = () => says(text, ...ended('stop'))
    const having = (more: object): Call => {
      const [line] = answeredCall().account.attempts
      return { ...answeredCall(), account: { attempts: [{ ...(line as NonNullable<typeof line>), ...more }] } }
    }
    assert.equal(await keptOf(whole(), { ...neutral, call: callOf() }), undefined)
    assert.equal(await keptOf(whole(), { ...neutral, call: having({ status: 304 }) }), undefined)
    assert.equal(await keptOf(whole(), { ...neutral, call: having({ outcome: 'server' }) }), undefined)
    assert.ok(await keptOf(whole(), { ...neutral, call: having({ status: undefined }) }))
  })

  test('is not what stands in for an answer that could not be put right', async () => {
    const output = { isFirstTry: false, firstAttempts: 1, asks: 2, schema: 's', rung: 'default' as const }
    const standIn = { ...answeredCall(), notes: { output } }
    assert.equal(await keptOf(says(text, ...ended('stop')), { ...neutral, call: standIn }), undefined)
  })

  test('a refusal that passes unread is found all the same', async () => {
    const event = (delta: object, reason: string | null) =>
      `data: ${JSON.stringify({ id: 'i', model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
    const stream = (...events: string[]) =>
      cutAt(named('openai-chat'), Buffer.from([...events, 'data: [DONE]\n\n'].join('')))
    const refused = stream(event({ role: 'assistant', refusal: 'I must not.' }, null), event({}, 'stop'))
    assert.equal(await keptOf(refused, { wire: 'openai-chat' }), undefined)
    const spoken = stream(event({ content: 'My "refusal": "no"', refusal: null }, null), event({}, 'stop'))
    assert.ok(await keptOf(spoken, { wire: 'openai-chat' }))
  })
})
