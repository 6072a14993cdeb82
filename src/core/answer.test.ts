import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Answer, type Form, type Source, type Summary } from './answer.ts'
import { Chunk } from './chunk.ts'
import type { Delta } from './delta.ts'
import { GatewayError } from './errors.ts'
import type { Target } from './target.ts'
import { noUsage } from './usage.ts'

const target: Target = { id: 'p/m', provider: 'p', model: 'm', weight: 1, quirks: {}, facts: undefined }
const finish: Delta = { kind: 'finish', choice: 0, reason: 'stop' }
const end: Delta = { kind: 'end' }
const text: Delta = { kind: 'text', choice: 0, block: 0, text: 'x' }

const chunk = (...deltas: Delta[]): Chunk => new Chunk(Buffer.from('x'), true, () => deltas)

interface Watched {
  readonly answer: Answer
  readonly ends: string[]
  readonly cancelled: GatewayError[]
}

const watched = (pieces: (Chunk | GatewayError)[], form: Form = 'events'): Watched => {
  const ends: string[] = []
  const cancelled: GatewayError[] = []
  const source: Source = {
    pull: () => {
      const piece = pieces.shift()
      if (piece instanceof GatewayError) throw piece
      return piece
    },
    cancel: (reason) => cancelled.push(reason),
  }
  const answer = new Answer({ wire: 'w', form, target, headers: {} }, source)
  answer.watch({ done: () => ends.push('inner done'), fail: (error) => ends.push(`inner ${error.code}`) })
  answer.watch({ done: () => ends.push('outer done'), fail: (error) => ends.push(`outer ${error.code}`) })
  return { answer, ends, cancelled }
}

const drain = async (answer: Answer): Promise<number> => {
  let count = 0
  while ((await answer.pull()) !== undefined) count++
  return count
}

describe('answer', () => {
  test('is done before its last chunk is handed out, and tells the inner observer first', async () => {
    const { answer, ends } = watched([chunk(text), chunk(finish), chunk(end)])
    await answer.pull()
    await answer.pull()
    assert.deepEqual(ends, [])
    await answer.pull()
    assert.deepEqual(ends, ['inner done', 'outer done'])
  })

  test('that was cancelled never looks as if it were over', async () => {
    const { answer } = watched([chunk(text), chunk(finish), chunk(end)])
    await answer.peek()
    answer.cancel(new GatewayError('cancelled', 'Nobody wants it.', { outcome: 'cancelled' }))
    assert.throws(() => answer.pull(), /Nobody wants it/)
  })

  test('that was looked at and thrown away tells what it used', async () => {
    const usage = { ...noUsage, input: 7, output: 3 }
    const { answer } = watched([chunk(text, finish, { kind: 'usage', usage })], 'whole')
    let told: Summary | undefined
    answer.watch({ fail: (_error, summary) => (told = summary) })
    await answer.peek()
    answer.cancel(new GatewayError('cancelled', 'Nobody wants it.', { outcome: 'cancelled' }))
    assert.equal(told?.usage, usage)
  })

  test('fails when its bytes end without an end mark, and nothing calls it done', async () => {
    const { answer, ends } = watched([chunk(text), chunk(finish)])
    await assert.rejects(drain(answer), /cut/)
    assert.deepEqual(ends, ['inner upstream_garbled', 'outer upstream_garbled'])
  })

  test('fails once when its source breaks, however often it is pulled after', async () => {
    const { answer, ends } = watched([chunk(text), new GatewayError('upstream_unreachable', 'gone')])
    await assert.rejects(drain(answer), /gone/)
    answer.cancel(new GatewayError('cancelled', 'late'))
    assert.equal(await answer.pull(), undefined)
    assert.deepEqual(ends, ['inner upstream_unreachable', 'outer upstream_unreachable'])
  })

  test('fails when the upstream says inside the stream that it failed, and stops the source', async () => {
    const failure: Delta = { kind: 'failure', error: new GatewayError('upstream_overloaded', 'busy') }
    const { answer, ends, cancelled } = watched([chunk(text), chunk(failure), chunk(end)])
    await assert.rejects(drain(answer), /busy/)
    assert.deepEqual(ends, ['inner upstream_overloaded', 'outer upstream_overloaded'])
    assert.equal(cancelled.length, 1)
  })

  test('cancelling it fails it once and stops the source', async () => {
    const { answer, ends, cancelled } = watched([chunk(text), chunk(finish), chunk(end)])
    await answer.pull()
    answer.cancel(new GatewayError('cancelled', 'left'))
    answer.cancel(new GatewayError('cancelled', 'left again'))
    assert.deepEqual(ends, ['inner cancelled', 'outer cancelled'])
    assert.equal(cancelled.length, 1)
  })

  test('what was peeked at comes again, and observers hear of it only then', async () => {
    const seen: Chunk[] = []
    const { answer } = watched([chunk(text), chunk(finish), chunk(end)])
    answer.watch({ chunk: (each) => seen.push(each) })
    const first = await answer.peek()
    assert.equal(seen.length, 0)
    assert.equal(await answer.pull(), first)
    assert.equal(seen.length, 1)
    assert.equal(await drain(answer), 2)
  })

  test('a whole body is done with its only chunk', async () => {
    const { answer, ends } = watched([chunk(text, finish)], 'whole')
    await answer.pull()
    assert.deepEqual(ends, ['inner done', 'outer done'])
  })

  test('leaving a for-await loop early cancels it', async () => {
    const { answer, ends } = watched([chunk(text), chunk(text), chunk(finish), chunk(end)])
    for await (const _ of answer) break
    assert.deepEqual(ends, ['inner cancelled', 'outer cancelled'])
  })
})
