import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sampleRecord } from '../testing/sample-records.ts'
import { createCallSink } from './call-sink.ts'

const words = { known: (text: string) => text, fresh: (text: string) => text }

/** A store that answers only when it is told to. */
const setUp = (mostWaiting?: number) => {
  const kept: string[] = []
  const answers: ((isGood: boolean) => void)[] = []
  const store = {
    append: (texts: readonly string[]) =>
      new Promise<void>((resolve, reject) => {
        answers.push((isGood) => {
          if (isGood) kept.push(...texts)
          if (isGood) resolve()
          else reject(new Error('The disk is full.'))
        })
      }),
    retain: async () => false,
  }
  const calls = createCallSink({ store, words, now: () => 0, mostWaiting })
  const tell = (count: number): void => {
    for (let index = 0; index < count; index++) calls.sink(sampleRecord({ id: `call-${index}` }))
  }
  return { kept, answers, calls, tell }
}

describe('a sink of calls', () => {
  test('hands many over at a time, and is flushed when the store has them', async () => {
    const { kept, answers, calls, tell } = setUp()
    tell(600)
    assert.equal(answers.length, 2)
    const flushed = calls.flush()
    assert.equal(answers.length, 3)
    for (const answer of answers) answer(true)
    await flushed
    assert.deepEqual([kept.length, calls.dropped()], [600, 0])
    await calls.close()
  })

  test('drops and counts what a store that is too slow leaves no room for', async () => {
    const { kept, answers, calls, tell } = setUp(256)
    tell(1_000)
    assert.equal(calls.dropped(), 744)
    for (const answer of answers) answer(true)
    await calls.flush()
    tell(1)
    const closed = calls.close()
    await new Promise((resolve) => setImmediate(resolve))
    answers.at(-1)?.(true)
    await closed
    assert.equal(kept.length, 257)
  })

  test('counts what a store failed to keep, and goes on', async () => {
    const { kept, answers, calls, tell } = setUp()
    tell(256)
    answers[0]?.(false)
    await calls.flush()
    assert.equal(calls.dropped(), 256)
    tell(256)
    answers[1]?.(true)
    await calls.close()
    assert.equal(kept.length, 256)
  })

  test('counts a record that cannot be written, and keeps those beside it', async () => {
    const { kept, answers, calls, tell } = setUp()
    tell(1)
    calls.sink({ ...sampleRecord(), attempts: undefined as never })
    tell(1)
    const closed = calls.close()
    await new Promise((resolve) => setImmediate(resolve))
    answers[0]?.(true)
    await closed
    assert.deepEqual([kept.length, calls.dropped()], [2, 1])
  })
})
