import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Answer } from './answer.ts'
import type { Reader } from './chunk.ts'
import { systemClock } from './clock.ts'
import { GatewayError } from './errors.ts'
import { type KeptAnswer, type KeptChunk, neutralWire } from './kept-answer.ts'
import { replay } from './replay.ts'

const chunk = (text: string, afterMs = 0): KeptChunk => ({ bytes: Buffer.from(text), matters: true, afterMs })

const keptOf = (chunks: readonly KeptChunk[], more: Partial<KeptAnswer> = {}): KeptAnswer => ({
  wire: 'plain',
  form: 'events',
  target: 'open/a/b',
  headers: { 'x-upstream-request-id': 'r' },
  chunks,
  finishes: ['stop'],
  usage: undefined,
  costNanos: undefined,
  firstTokenMs: 1,
  durationMs: 2,
  ...more,
})

/** Each chunk is a text; the last one is the finish as well. */
const reader = (): Reader => (bytes) =>
  Buffer.from(bytes).toString() === 'end'
    ? [{ kind: 'finish', choice: 0, reason: 'stop' }]
    : [{ kind: 'text', choice: 0, block: 0, text: Buffer.from(bytes).toString() }]

const known = (wire: string): Reader | undefined => (wire === 'plain' ? reader() : undefined)

const drain = async (answer: Answer): Promise<string[]> => {
  const said: string[] = []
  for (let next = await answer.pull(); next !== undefined; next = await answer.pull())
    said.push(Buffer.from(next.bytes).toString())
  return said
}

const chunks = [chunk('a'), chunk('b', 40), chunk('c', 40), chunk('end', 40)]

describe('a kept answer', () => {
  test('comes in the chunks in which it came, at once, and is whole without an end mark', async () => {
    const answer = replay(keptOf(chunks), { reader: known })
    let isDone = false
    answer?.watch({
      done: () => {
        isDone = true
      },
    })
    assert.ok(answer && !(answer.pull() instanceof Promise), 'nothing is waited for')
    assert.deepEqual(await drain(answer), ['b', 'c', 'end'])
    assert.equal(isDone, true)
    assert.deepEqual([answer.head.target.id, answer.head.target.provider], ['open/a/b', 'open'])
    assert.equal(answer.head.target.model, 'a/b')
  })

  test('is none in a language that is not known', () => {
    assert.equal(replay(keptOf(chunks, { wire: 'gone' }), { reader: known }), undefined)
  })

  test('comes in one piece where pieces lie side by side and none of them matters', async () => {
    const bytes = Buffer.from('one two three end')
    const piece = (from: number, to: number, matters = false): KeptChunk => ({
      bytes: bytes.subarray(from, to),
      matters,
      afterMs: 0,
    })
    const parts = [piece(0, 4), piece(4, 8), piece(8, 14), piece(14, 17, true)]
    assert.deepEqual(await drain(replay(keptOf(parts), { reader: known }) as Answer), ['one two three ', 'end'])
    const apart = [piece(0, 4), piece(8, 14), piece(4, 8, true), piece(14, 17, true)]
    const said = await drain(replay(keptOf(apart), { reader: known }) as Answer)
    assert.deepEqual(said, ['one ', 'three ', 'two ', 'end'])
  })

  test('in words of no language is read as what it means', async () => {
    const deltas = [
      { kind: 'text', choice: 0, block: 0, text: 'Hi' },
      { kind: 'finish', choice: 0, reason: 'stop' },
    ]
    const kept = keptOf([chunk(JSON.stringify(deltas))], { wire: neutralWire, form: 'whole' })
    const answer = replay(kept, { reader: known })
    assert.deepEqual((await answer?.pull())?.deltas, deltas)
  })

  test('comes as slowly as the first time where that is wished for', async () => {
    const begun = performance.now()
    const pace = { clock: systemClock, deadline: begun + 60_000 }
    const answer = replay(keptOf(chunks), { reader: known, pace })
    assert.ok(answer && !(answer.pull() instanceof Promise), 'the first words come at once')
    assert.deepEqual(await drain(answer), ['b', 'c', 'end'])
    assert.ok(performance.now() - begun >= 115)
  })

  test('comes at once where its pauses would not end in time', async () => {
    const slow = [chunk('a'), chunk('b', 3_600_000), chunk('end', 3_600_000)]
    const pace = { clock: systemClock, deadline: performance.now() + 10_000 }
    assert.deepEqual(await drain(replay(keptOf(slow), { reader: known, pace }) as Answer), ['a', 'b', 'end'])
  })

  test('stops in the middle of a pause when it is cancelled', async () => {
    const slow = [chunk('a'), chunk('b', 60_000), chunk('end')]
    const pace = { clock: systemClock, deadline: performance.now() + 3_600_000 }
    const answer = replay(keptOf(slow), { reader: known, pace }) as Answer
    await answer.pull()
    const waiting = answer.pull() as Promise<unknown>
    const reason = new GatewayError('cancelled', 'Gone.', { outcome: 'cancelled' })
    answer.cancel(reason)
    await assert.rejects(waiting, reason)
  })
})
